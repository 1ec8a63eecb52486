"""Which buyer answers for another, shipped and said."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.announce_successions import announce_successions, record_succession
from services.ingest.buyers.succession import Succession
from shared.errors import Rejected
from tests.ingest.said import NOW, buyers_of, published_data

LEEDS_CCG, ICB = "GB-NHS-15F", "GB-NHS-QWO"


async def test_what_is_shipped_is_announced_once_and_what_is_said_at_once(
    engine: AsyncEngine,
) -> None:
    for _ in range(2):
        await announce_successions(engine, NOW)
    shipped = await published_data(engine, "buyers.v1")
    assert len(shipped) == len({(each["predecessor"], each["successor"]) for each in shipped}) == 13
    buyers = await buyers_of(engine)
    said = Succession(LEEDS_CCG, ICB, date(2022, 7, 2), "a corrected Order")
    await record_succession(engine, said, buyers, NOW)
    [told] = (await published_data(engine, "buyers.v1"))[13:]
    assert (told["since"], told["source"]) == ("2022-07-02", "a corrected Order")

    for wrong, field in (
        (said._replace(predecessor="GB-NHS-XXX"), "buyer"),
        (said._replace(predecessor=ICB, successor="GB-NHS-02V"), "since"),
        (said._replace(predecessor=LEEDS_CCG, since=date(2018, 4, 1)), "since"),
        (said._replace(predecessor=LEEDS_CCG, successor=LEEDS_CCG), "since"),
        (said._replace(predecessor=ICB, successor=ICB, since=date(2023, 1, 1)), "successor"),
        (said._replace(source=" "), "source"),
    ):
        with pytest.raises(Rejected) as refused:
            await record_succession(engine, wrong, buyers, NOW)
        assert refused.value.field == field
    assert len(await published_data(engine, "buyers.v1")) == 14
