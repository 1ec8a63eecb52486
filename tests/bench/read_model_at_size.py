"""A read model of West Yorkshire's size, made in SQL.

Four councils and an integrated care board, ten years of days, 4.67 million payments, near a million
rows of the roll-up, 16,000 agreements; the same rows each time. `read_model_at_size` is what a
measurement asks for. `python -m tests.bench.read_model_at_size NAME` makes one that stays, for
several to share, until `drop schema NAME cascade`.
"""

import argparse
import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.projections.agreed import work_out_of_agreements
from services.api.projections.kinds import change_kinds, restate_kinds
from services.api.projections.payees import add_payees
from services.api.ranking.refresh_ranking import refresh_all
from services.api.withheld.take_id_key import take_id_key
from shared.database import begin, migrate, open_engine
from shared.logs import configure_logs
from tests.bench.figures import say
from tests.bench.made_in_sql import (
    AGREED,
    ANALYSED,
    CODED,
    MEMBERS,
    PAID_IN_YEAR,
    PAYEES,
    ROLLED_UP,
    SUPPLIERS,
    TOTALLED,
)

PAYMENTS = 4_670_000
AGREEMENTS = 16_000
YEARS = range(2015, 2025)
LAST_DAY = date(2025, 3, 31)
COUNCIL = "GB-LAE-LDS"
"""A buyer with a fifth of the payments."""


def main() -> None:
    """Make one that stays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("schema")
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(_make(addresses, arguments.schema, arguments.payments))


async def _make(addresses: Addresses, schema: str, payments: int) -> None:
    engine = open_engine(addresses.database, schema, synchronous_commit=False)
    await migrate(engine, "api", schema)
    await fill(engine, payments)
    await engine.dispose()


@asynccontextmanager
async def read_model_at_size(
    addresses: Addresses, payments: int = PAYMENTS, *, schema: str | None = None
) -> AsyncIterator[AsyncEngine]:
    """A read model with so many payments, gone at the end; a `schema` made before stays."""
    name = schema or f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, name, synchronous_commit=False)
    try:
        if schema is None:
            await migrate(engine, "api", name)
            await fill(engine, payments)
        await take_id_key(engine)
        yield engine
    finally:
        if schema is None:
            async with engine.begin() as tx:
                await tx.execute(text(f"drop schema {name} cascade"))
        await engine.dispose()


async def fill(engine: AsyncEngine, payments: int = PAYMENTS, agreements: int = AGREEMENTS) -> None:
    """Fill an empty, migrated read model."""
    await take_id_key(engine)
    async with begin(engine) as tx:
        await change_kinds(tx)
        await tx.execute(text("select setseed(0.5)"))
        for statement in SUPPLIERS:
            await tx.execute(text(statement))
        indexes = await _drop_indexes(tx)
        for year in YEARS:
            say(f"{year}: {payments // len(YEARS):,} of {payments:,} payments are made")
            await tx.execute(
                text(PAID_IN_YEAR), {"first": date(year, 4, 1), "lines": payments // len(YEARS)}
            )
        for statement in indexes:
            await tx.execute(text(statement))
        say("they are rolled up, coded, classified and agreed")
        for statement in (*CODED, *MEMBERS):
            await tx.execute(text(statement))
        for statement in AGREED:
            await tx.execute(text(statement), {"agreements": agreements})
        everyone = await tx.scalars(text("select agreement_id::text from agreements"))
        await work_out_of_agreements(tx, list(everyone))
        await tx.execute(text(ROLLED_UP))
        await tx.execute(text(TOTALLED))
        pairs = await tx.execute(text(PAYEES))
        await add_payees(tx, [(supplier, buyer) for supplier, buyer in pairs])
        everyone = await tx.scalars(text("select supplier_id::text from suppliers"))
        await restate_kinds(tx, list(everyone))
    say("who is paid is ranked")
    await refresh_all(engine)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text(ANALYSED)
        )


async def _drop_indexes(tx: AsyncConnection) -> list[str]:
    """Leave the payments without indexes, which take most of the time; how to make them again."""
    found = await tx.execute(
        text(
            "select indexname, indexdef from pg_indexes"
            " where schemaname = current_schema and tablename = 'payments'"
        )
    )
    made = []
    for name, definition in list(found):
        if name == "payments_pkey":
            await tx.execute(text("alter table payments drop constraint payments_pkey"))
            definition = "alter table payments add primary key (payment_id)"  # noqa: PLW2901
        else:
            await tx.execute(text(f"drop index {name}"))
        made.append(definition)
    return made


if __name__ == "__main__":
    main()
