"""What buyers are called is announced: the shipped list once, and each that is added or renamed."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.announce_buyers import announce_buyers, register_buyer
from services.ingest.buyers.buyer import Buyer
from tests.ingest.said import NOW, buyers_of, published_data


async def test_the_shipped_list_is_announced_once_and_a_new_name_at_once(
    engine: AsyncEngine,
) -> None:
    for _ in range(2):
        await announce_buyers(engine, NOW)
    shipped = await published_data(engine, "buyers.v1")
    buyers = await buyers_of(engine)
    assert {one["buyer"]: one["name"] for one in shipped} == {
        key: one.name for key, one in buyers.items()
    }
    board = Buyer("GB-NHS-RJ6", "NHS South West London ICB", "integrated care board")
    assert not await register_buyer(engine, board, NOW)
    assert await register_buyer(engine, board._replace(name="South West London ICB"), NOW)
    said = (await published_data(engine, "buyers.v1"))[len(shipped) :]
    assert [one["name"] for one in said] == ["NHS South West London ICB", "South West London ICB"]
    assert {one["buyer"] for one in said} == {"GB-NHS-RJ6"}
