"""Ids of payees whose names are withheld: one for each buyer and key."""

from collections.abc import Iterator
from uuid import RFC_4122, UUID

import pytest
from sqlalchemy import delete

from services.api.kept.tables import id_key
from services.api.withheld.take_id_key import take_id_key
from services.api.withheld.withheld_ids import ID_KEY, use_key, withheld_id
from shared.errors import Misconfigured
from tests.conftest import MakeEngine

SUPPLIER = "0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11"
LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"


@pytest.fixture
def no_key() -> Iterator[None]:
    """A process that took no key yet."""
    before, ID_KEY.keyed = ID_KEY.keyed, None
    withheld_id.cache_clear()
    yield
    ID_KEY.keyed = before
    withheld_id.cache_clear()


def test_a_payee_has_one_id_for_each_buyer_and_key(no_key: None) -> None:
    made = []
    for key in (b"1" * 32, b"2" * 32, b"1" * 32):
        use_key(key)
        made += [withheld_id(SUPPLIER, LEEDS), withheld_id(SUPPLIER, BRADFORD)]
    assert made[:2] == made[4:]
    assert len({SUPPLIER, *made}) == 5
    assert {(UUID(each).version, UUID(each).variant) for each in made} == {(8, RFC_4122)}


def test_no_id_is_made_without_the_key(no_key: None) -> None:
    with pytest.raises(RuntimeError, match="key"):
        withheld_id(SUPPLIER, LEEDS)


async def test_a_schema_that_came_without_its_key_is_told_of(
    engine_for: MakeEngine, no_key: None
) -> None:
    engine = await engine_for("api")
    async with engine.begin() as tx:
        await tx.execute(delete(id_key))
    with pytest.raises(Misconfigured, match="backup"):
        await take_id_key(engine)
