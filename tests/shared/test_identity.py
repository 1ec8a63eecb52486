"""Identity from content."""

from datetime import date, timedelta
from uuid import RFC_4122, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.identity import (
    _NAMESPACE,
    agreement_id,
    identify,
    identify_on,
    partition_key,
    supplier_id,
)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_an_id_is_the_uuid_version_5_of_its_natural_key(parts: list[str]) -> None:
    parts = [part.encode("utf-8", "replace").decode() for part in parts]
    assert identify(*parts) == str(uuid5(_NAMESPACE, "\x1f".join(parts)))


@given(st.dates(date(1970, 1, 1), date(2149, 6, 5)), st.text(), st.text())
def test_ids_of_later_days_sort_later(day: date, part: str, other: str) -> None:
    part, other = (each.encode("utf-8", "replace").decode() for each in (part, other))
    made = UUID(identify_on(day, part))
    assert (made.version, made.variant) == (8, RFC_4122)
    assert made < UUID(identify_on(day + timedelta(days=1), other))
    assert (str(made) == identify_on(day, other)) == (part == other)


@given(st.dates())
def test_any_day_that_a_file_may_print_names_its_row(day: date) -> None:
    assert UUID(identify_on(day, "x")).version == 8


def test_one_supplier_is_meant_whatever_the_case_and_spacing() -> None:
    assert supplier_id("Leeds  Mind ") == supplier_id("LEEDS MIND")
    assert supplier_id("Leeds Mind") != supplier_id("Leeds Mind", charity_number="1007625")


def test_a_buyer_s_reference_names_one_agreement() -> None:
    assert agreement_id("GB-NHS-QWO", "ref 1 ") == agreement_id("GB-NHS-QWO", "REF 1")
    assert agreement_id("GB-NHS-QWO", "1") != agreement_id("GB-LAE-LDS", "1")


def test_the_key_is_the_first_eight_bytes() -> None:
    assert partition_key(identify("x")) == UUID(identify("x")).bytes[:8]
