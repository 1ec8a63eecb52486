"""The schema: migrations make what the tables say, and a stale one is refused."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from shared.database import check_schema, open_engine
from shared.errors import Misconfigured
from tests.ingest.said import buyers_of
from tests.support.compare_schema import compare_schema


async def test_migrations_make_what_the_tables_say(engine: AsyncEngine, prefix: str) -> None:
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: compare_schema("ingest", f"{prefix}_ingest", sync))
    await check_schema(engine, "ingest", f"{prefix}_ingest")


async def test_a_stale_schema_is_refused(stack: Addresses, prefix: str) -> None:
    engine = open_engine(stack.database, f"{prefix}_none")
    with pytest.raises(Misconfigured, match=r"python -m services\.ingest migrate"):
        await check_schema(engine, "ingest", f"{prefix}_none")
    await engine.dispose()


async def test_the_bodies_of_west_yorkshire_are_known_from_the_start(engine: AsyncEngine) -> None:
    buyers = await buyers_of(engine)
    assert buyers["GB-LAE-BRD"].place == "Bradford District and Craven"
    assert buyers["GB-NHS-QWO"].place is None
    standing = {name for name, buyer in buyers.items() if buyer.until is None}
    assert standing == {
        "GB-LAE-BRD",
        "GB-LAE-CLD",
        "GB-LAE-KIR",
        "GB-LAE-LDS",
        "GB-LAE-WKF",
        "GB-LAE-WYCA",
        "GB-NHS-QWO",
    }
    ended = {buyer.kind for name, buyer in buyers.items() if name not in standing}
    assert ended == {"clinical commissioning group"}
