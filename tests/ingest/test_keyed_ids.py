"""Ids that only who has the deployment's key can make."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.payment_rows import row_id
from services.ingest.keyed_ids import ID_KEY, keyed_id_on, supplier_id, use_key
from services.ingest.payments.payment import PostedRow
from services.ingest.tables import id_key
from services.ingest.take_id_key import take_id_key
from shared.errors import Misconfigured
from shared.identity import identify

_ROW = PostedRow("GB-LAE-LDS", "J Smith", date(2025, 3, 31), 12_500, reference="17")


@pytest.fixture
def no_key() -> Iterator[None]:
    """A process that took no key yet."""
    before, ID_KEY.keyed = ID_KEY.keyed, None
    supplier_id.cache_clear()
    yield
    ID_KEY.keyed = before
    supplier_id.cache_clear()


@given(st.dates(date(1970, 1, 1), date(2149, 6, 5)), st.text(), st.text())
def test_ids_of_later_days_sort_later(day: date, part: str, other: str) -> None:
    part, other = (each.encode("utf-8", "replace").decode() for each in (part, other))
    made = UUID(keyed_id_on(day, part))
    assert (made.version, made.variant) == (8, RFC_4122)
    assert made < UUID(keyed_id_on(day + timedelta(days=1), other))
    assert (str(made) == keyed_id_on(day, other)) == (part == other)


@given(st.dates())
def test_any_day_that_a_file_may_print_names_its_row(day: date) -> None:
    assert UUID(keyed_id_on(day, "x")).version == 8


def test_one_supplier_is_meant_whatever_the_case_and_spacing() -> None:
    assert supplier_id("Leeds  Mind ") == supplier_id("LEEDS MIND")
    assert supplier_id("Leeds Mind") != supplier_id("Leeds Mind", charity_number="1007625")
    assert UUID(supplier_id("Leeds Mind")).version == 8


def test_who_guesses_a_name_can_not_tell_so_by_an_id(no_key: None) -> None:
    made = set()
    for key in (b"1" * 32, b"2" * 32):
        use_key(key)
        made |= {supplier_id("J Smith"), row_id(_ROW, 12_500, 1)}
    assert len(made) == 4
    assert identify("supplier", "J SMITH", "", "") not in made


def test_no_id_is_made_without_the_key(no_key: None) -> None:
    with pytest.raises(RuntimeError, match="key"):
        supplier_id("J Smith")


async def test_a_ledger_that_came_without_its_key_is_told_of(
    engine: AsyncEngine, no_key: None
) -> None:
    await take_id_key(engine)
    assert UUID(supplier_id("J Smith")).version == 8
    async with engine.begin() as tx:
        await tx.execute(delete(id_key))
    with pytest.raises(Misconfigured, match="id_key is empty"):
        await take_id_key(engine)
