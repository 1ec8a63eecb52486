"""The schema that migrations make is the schema of the tables."""

import pytest

from deploy.local.addresses import Addresses
from shared.database import check_schema, migrate, open_engine
from shared.errors import Misconfigured
from tests.conftest import MakeEngine
from tests.support.compare_schema import compare_schema


async def test_migrations_and_tables_agree(prefix: str, engine_for: MakeEngine) -> None:
    engine = await engine_for("notify")
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: compare_schema("notify", f"{prefix}_notify", sync))


async def test_a_stale_schema_is_refused(stack: Addresses, prefix: str) -> None:
    engine = open_engine(stack.database, prefix)
    with pytest.raises(Misconfigured, match=r"python -m services\.notify migrate"):
        await check_schema(engine, "notify", prefix)
    await migrate(engine, "notify", prefix)
    await check_schema(engine, "notify", prefix)
    await engine.dispose()
