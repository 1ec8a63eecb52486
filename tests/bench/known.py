"""`python -m tests.bench.known`: what was known on a day, and the bridge, at 4.67 million payments.

Every supplier has two revisions, of which the first of one in ten counts under nothing. Asked of a
day by which all but the last month was recorded, of one by which half was, and of one by which
nothing was, which costs the most.
"""

import argparse
import asyncio
import resource
import time
from collections.abc import Iterator
from datetime import date

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.main import now
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from shared.access import OPEN
from shared.door.web import open_door
from shared.lists.cursor import Cursors
from shared.logs import configure_logs
from tests.bench.figures import figure, say
from tests.bench.read_model_at_size import COUNCIL, PAYMENTS, read_model_at_size

_ASKED = 3
_TODAY = date(2025, 6, 30)
_DAYS = {"none": "2025-06-30", "month": "2025-04-10", "half": "2020-05-10", "all": "2015-01-01"}
"""Days, by what of the payments was recorded since."""
_VERSIONS = (
    """
    insert into supplier_versions (supplier_id, revision, recorded_at, tier, organisation,
        organisation_name, legal_form, redacted, income_band, reach)
    select supplier_id, version, case when version = 1 then '2015-04-01' else recorded_at end,
        tier, organisation, organisation_name, legal_form, redacted, income_band, reach
    from suppliers, generate_series(1, 2) as version
    """,
    """
    insert into membership_versions (supplier_id, revision, definition, since, until)
    select supplier_id, version, definition, since, until
    from memberships, generate_series(1, 2) as version
    where version = 2 or get_byte(uuid_send(supplier_id), 0) % 10 > 0
    """,
    "vacuum analyze supplier_versions, membership_versions",
)


def main() -> None:
    """Fill a read model, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--schema", help="one that `tests.bench.read_model_at_size` made; it stays")
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_known(addresses, arguments.payments, arguments.schema))


async def measure_known(
    addresses: Addresses, payments: int = PAYMENTS, schema: str | None = None
) -> None:
    """The best of three of each question, and what the versions take on disk."""
    async with read_model_at_size(addresses, payments, schema=schema) as engine:
        await _keep_versions(engine)
        app = open_door("bench", "", _nothing_amiss)
        door = Door(engine, PointReads(engine, 1), Cursors(None), OPEN, lambda: _TODAY, now)
        open_routes(app, door)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            for name, path, query in _questions():
                seconds = [await _ask(client, path, query) for _ in range(_ASKED)]
                figure(f"{name}_seconds", round(min(seconds), 3), "s", payments=payments)
        figure("memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


async def _keep_versions(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        of_each = await connection.execution_options(isolation_level="AUTOCOMMIT")
        if await of_each.scalar(text("select exists (select from supplier_versions)")):
            return
        say("two revisions of each supplier are kept")
        for statement in _VERSIONS:
            await of_each.execute(text(statement))
        for table in ("supplier_versions", "membership_versions", "payments_by_recording"):
            size = await of_each.scalar(
                text("select pg_total_relation_size(cast(:name as regclass))"), {"name": table}
            )
            figure(f"{table}_mb", round((size or 0) / 2**20, 1), "MB")


def _questions() -> Iterator[tuple[str, str, dict[str, str]]]:
    of_one = {"buyer": COUNCIL}
    for buyers, of in (("one", of_one), ("all", {})):
        grouped = of | {"group_by": "financial_year"}
        yield f"spend_{buyers}", "/v1/spend", grouped
        for since, day in _DAYS.items():
            yield f"spend_{buyers}_less_{since}", "/v1/spend", grouped | {"as_known_at": day}
    years = {"from": "2022-23", "to": "2023-24"}
    charities = years | {"definition": "registered-charity"}
    known = {"from_known_at": "2023-05-31"}
    for name, asked in (
        ("one_charities", charities | of_one),
        ("one_charities_known", charities | of_one | known),
        ("one", years | of_one),
        ("one_known", years | of_one | known),
        ("all_charities", charities),
        ("all_charities_known", charities | known),
        ("all", years),
    ):
        yield f"bridge_{name}", "/v1/spend/bridge", asked


async def _ask(client: httpx.AsyncClient, path: str, query: dict[str, str]) -> float:
    started = time.perf_counter()
    answer = await client.get(path, params=query)
    seconds = time.perf_counter() - started
    answer.raise_for_status()
    return seconds


async def _nothing_amiss() -> list[str]:
    return []


if __name__ == "__main__":
    main()
