"""Identity from content."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.identity import _NAMESPACE, agreement_id, identify, partition_key


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_an_id_is_the_uuid_version_5_of_its_natural_key(parts: list[str]) -> None:
    parts = [part.encode("utf-8", "replace").decode() for part in parts]
    assert identify(*parts) == str(uuid5(_NAMESPACE, "\x1f".join(parts)))


def test_a_buyer_s_reference_names_one_agreement() -> None:
    assert agreement_id("GB-NHS-QWO", "ref 1 ") == agreement_id("GB-NHS-QWO", "REF 1")
    assert agreement_id("GB-NHS-QWO", "1") != agreement_id("GB-LAE-LDS", "1")


def test_the_key_is_the_first_eight_bytes() -> None:
    assert partition_key(identify("x")) == UUID(identify("x")).bytes[:8]
