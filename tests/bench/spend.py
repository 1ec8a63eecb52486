"""`python -m tests.bench.spend`: point reads and GET /v1/spend among 4.67 million payments.

By the service itself, one worker, and what a payment costs to project.
"""

import argparse
import asyncio
import secrets
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.services import Services, running_services
from deploy.local.stack import stack
from services.api.projections.payments import project_payments
from shared.database import begin
from shared.events import PaymentAccepted
from shared.identity import identify
from shared.logs import configure_logs
from tests.bench.figures import figure, percentile
from tests.bench.read_model_at_size import COUNCIL, PAYMENTS, read_model_at_size
from tests.bench.reads import measure_point_reads

_ASKED = 40
_BATCH, _BATCHES = 5_000, 6
CUTS: tuple[dict[str, Any], ...] = (
    {},
    {"group_by": "financial_year"},
    {"group_by": "buyer,financial_year"},
    {"group_by": "quarter,legal_form,reach"},
    {"group_by": "month,income_band"},
    {"group_by": "financial_year,route,agreement_kind"},
    {"group_by": "place,tier", "recurrence": "recurrent"},
    {"group_by": "financial_year", "from": "2018-06-11", "to": "2024-02-29"},
    {"group_by": "programme,financial_year"},
    {"group_by": "financial_year", "budget_head": "Head 1"},
    {"group_by": "unit"},
    {"group_by": "organisation", "financial_year": "2023-24"},
    {"group_by": "financial_year", "min_amount": "25000"},
)


def main() -> None:
    """Fill a read model, or take one that was made before, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--schema", help="a read model of tests.bench.read_model_at_size; it stays")
    parser.add_argument("--asked", type=int, default=_ASKED, help="how often each cut is asked")
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_spend(addresses, arguments.payments, arguments.schema, arguments.asked))


async def measure_spend(
    addresses: Addresses,
    payments: int = PAYMENTS,
    schema: str | None = None,
    asked: int = _ASKED,
) -> None:
    """Each cut of one buyer and of all, point reads, and the projection of payments."""
    async with read_model_at_size(addresses, payments, schema=schema) as engine:
        async with engine.connect() as connection:
            name = await connection.scalar(text("select current_schema()"))
        environment = {
            "LOCALPOUND_API_DATABASE_SCHEMA": name,
            "LOCALPOUND_TOPIC_PREFIX": f"bench{secrets.token_hex(4)}",
            "LOCALPOUND_REQUESTS_PER_SECOND": "0",  # one client asks for all
        }
        with running_services(addresses, environment, names=("api",)) as services:
            await _measure_cuts(services, payments, asked)
            await measure_point_reads(addresses, services, name)
        await _measure_projection(engine, payments)


async def _measure_cuts(services: Services, payments: int, asked: int) -> None:
    async with httpx.AsyncClient(base_url=services.url("api"), timeout=300) as client:
        for whose in ({"buyer": COUNCIL}, {}):
            for cut in CUTS:
                times = []
                await client.get("/v1/spend", params=whose | cut)  # its plan, and pages at hand
                for _ in range(asked):
                    started = time.perf_counter()
                    answer = await client.get("/v1/spend", params=whose | cut)
                    times.append(1000 * (time.perf_counter() - started))
                    answer.raise_for_status()
                settings = {"payments": payments, "one_buyer": bool(whose), "cut": cut}
                figure("spend_p50_ms", percentile(times, 0.5), "ms", **settings)
                figure("spend_p99_ms", percentile(times, 0.99), "ms", **settings)


async def _measure_projection(engine: AsyncEngine, payments: int) -> None:
    """Payments of a month to the suppliers that are there, taken back again."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text(
                "select supplier_id::text, payee, unit, expense_type, programme, amount_pence"
                f" from payments where buyer = '{COUNCIL}' and payment_date >= '2024-04-01' limit"
                f" {_BATCH * _BATCHES}"
            )
        )
        known = list(found)
    times = []
    for start in range(0, len(known), _BATCH):
        facts = [
            PaymentAccepted(
                payment_id=UUID(identify("bench", str(number))),
                buyer=COUNCIL,
                supplier_id=UUID(row.supplier_id),
                payee=row.payee,
                payment_date=date(2025, 4, 1) + timedelta(days=number % 28),
                amount_pence=row.amount_pence,
                recorded_at=datetime(2025, 6, 1, tzinfo=UTC),
                unit=row.unit,
                expense_type=row.expense_type,
                programme=row.programme,
            )
            for number, row in enumerate(known[start : start + _BATCH], start)
        ]
        async with begin(engine, keep=False) as tx:
            started = time.perf_counter()
            await project_payments(tx, facts)
            times.append(time.perf_counter() - started)
    figure("projected_us_each", 1e6 * min(times) / _BATCH, "us", payments=payments, batch=_BATCH)


if __name__ == "__main__":
    main()
