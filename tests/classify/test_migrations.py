"""The schema: what the tables say, and refused when stale."""

import pytest
from sqlalchemy import text

from shared.database import check_schema
from shared.errors import Misconfigured
from tests.conftest import MakeEngine
from tests.support.compare_schema import compare_schema


async def test_migrations_make_what_the_tables_say(engine_for: MakeEngine, prefix: str) -> None:
    engine = await engine_for("classify")
    await check_schema(engine, "classify", f"{prefix}_classify")
    async with engine.connect() as connection:
        await connection.run_sync(lambda raw: compare_schema("classify", f"{prefix}_classify", raw))


async def test_a_stale_schema_is_refused(engine_for: MakeEngine, prefix: str) -> None:
    engine = await engine_for("classify")
    async with engine.begin() as tx:
        await tx.execute(text("delete from alembic_version"))
    with pytest.raises(Misconfigured, match=r"python -m services\.classify migrate"):
        await check_schema(engine, "classify", f"{prefix}_classify")
