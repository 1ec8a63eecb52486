"""A schema that another test had is as new, or is not given."""

import pytest
from sqlalchemy import text

from deploy.local.addresses import Addresses
from shared.database import open_engine
from tests.support.schemas import Schemas

ACT = (
    "insert into audit (subject, issuer, act, route, about, outcome, at)"
    " values ('o', 'i', 'write', 'r', 'a', 'committed', now())"
)


async def two_tests(stack: Addresses, prefix: str, change: str) -> tuple[bool, int, int]:
    """One test changes a schema: whether the next has it, with how many acts, and its act's number.

    Nothing is left of either.
    """
    schemas, tables = Schemas({}), []
    for schema in (f"{prefix}_one", f"{prefix}_next"):
        engine = open_engine(stack.database, schema)
        await schemas.take(engine, "ingest", schema)
        async with engine.begin() as tx:
            tables.append(await tx.scalar(text("select 'audit'::regclass::oid::bigint")))
            acts = await tx.scalar(text("select count(*) from audit"))
            await tx.execute(text(ACT if schema.endswith("_next") else change))
            number = await tx.scalar(text("select max(seq) from audit"))
        await schemas.give_back(engine, "ingest", schema)
        await engine.dispose()
    engine = open_engine(stack.database, "public")
    await schemas.drop_all(engine)
    await engine.dispose()
    return tables[0] == tables[1], acts, number


async def test_rows_and_counters_of_the_test_before_are_gone(stack: Addresses, prefix: str) -> None:
    assert await two_tests(stack, prefix, ACT) == (True, 0, 1)


@pytest.mark.parametrize(
    "change",
    [
        "alter table audit add column more int",
        "alter table audit disable trigger user",
        "create or replace function keep_audit() returns trigger language plpgsql as 'begin end'",
        "update buyers set name = name || '.'",
    ],
)
async def test_what_else_was_changed_keeps_it_from_the_next(
    stack: Addresses, prefix: str, change: str
) -> None:
    assert await two_tests(stack, prefix, change) == (False, 0, 1)
