"""A service wired to a schema of its own, asked at its door without a server between."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.api.projections import PROJECTIONS
from services.api.projections.projection import apply_records
from services.classify.basis.basis_in_force import BasisInForce
from services.notify.calendars.keep_calendars import keep_shipped_calendars
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import load_plans
from services.notify.planning.plan_obligations import plan_obligations
from shared.access import SCOPES, issue_token
from shared.access.caller import PROVIDER
from shared.database import migrate, open_engine
from shared.events import AgreementRegistered, Fact, PaymentAccepted, SupplierClassified
from shared.service import Service
from tests.api.conftest import record
from tests.api.demonstration import demonstration_year
from tests.api.facts import LEEDS, NOW, mapped

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
_NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
_SETTINGS: dict[str, dict[str, Any]] = {
    "api": {
        "ocid_prefix": "ocds-abc123",
        "grant_prefix": "360G-example",
        "department_family": "Department of Health and Social Care",
    },
    "notify": {"allow_private_webhooks": True, "smtp_host": "127.0.0.1"},
}
"""What routes need that are not there without a setting; nothing is sent to where it leads."""


@dataclass(frozen=True)
class RunningDoor:
    """A door, its app, and the loop in which it lives."""

    name: str
    app: FastAPI
    runner: asyncio.Runner
    client: httpx.AsyncClient

    def send(self, request: httpx.Request) -> httpx.Response:
        """The answer."""
        return self.runner.run(self.client.send(request))


@asynccontextmanager
async def running(stack: Addresses, name: str) -> AsyncIterator[Service]:
    """The service, knowing the demonstration year as far as that comes from topics."""
    schema = f"t{secrets.token_hex(4)}_{name}"
    engine = open_engine(stack.database, schema)
    await migrate(engine, name, schema)
    given: dict[str, Any] = {
        "kafka": stack.kafka,
        "database": stack.database,
        "database_schema": schema,
        "topic_prefix": schema,
        "token_key": KEY.get_secret_value(),
        "requests_per_second": 1000,
        **_SETTINGS.get(name, {}),
    }
    bases: list[BasisInForce] = []
    of = BasisInForce.of

    def kept(*asked: Any) -> BasisInForce:
        bases.append(of(*asked))
        return bases[-1]

    main, told = (import_module(f"services.{name}.{part}") for part in ("main", "settings"))
    with patch.multiple(main, **_stopped(main)), patch.object(BasisInForce, "of", kept):
        service: Service = main.build(told.Settings.model_validate(given))
    for basis in bases:
        await basis.latest()  # as the service's loop does: decisions wait for it
    await _tell(name, engine)
    yield service
    for step in service.after:
        await step()
    async with engine.begin() as tx:
        await tx.execute(text(f'drop schema "{schema}" cascade'))
    await engine.dispose()


def _stopped(main: Any) -> dict[str, Any]:
    """The clocks that a service is wired to, standing: what examples say of days stays true."""
    clocks = {"now": lambda: _NOON, "clock": lambda: _NOON, "today": _NOON.date}
    return {name: clock for name, clock in clocks.items() if hasattr(main, name)}


def officer() -> dict[str, str]:
    """Who may everything that one caller may."""
    scopes = [scope for scope in SCOPES if scope != PROVIDER]
    token = issue_token(KEY, "officer", scopes, datetime.now(UTC), buyers=["*"])
    return {"authorization": f"Bearer {token}"}


def _facts() -> Iterator[Fact]:
    """The demonstration year, a payment of the year before, more of one provider, and a budget head
    of the council's map.
    """
    yield mapped(
        *("Public health", None),
        unit="Public Health",
        budget_head="Public Health Grant",
        buyer=LEEDS,
    )
    paid = known = False
    for fact in demonstration_year():
        yield fact
        if isinstance(fact, PaymentAccepted) and not paid:
            paid = True
            day = fact.payment_date.replace(year=fact.payment_date.year - 1)
            yield fact.model_copy(update={"payment_id": uuid4(), "payment_date": day})
        if isinstance(fact, SupplierClassified) and not known:
            known = True
            more = {"place": "Leeds", "income_band": "1m to 5m", "reach": "local"}
            yield fact.model_copy(update=more | {"revision": fact.revision + 1})


async def _tell(name: str, engine: AsyncEngine) -> None:
    facts = list(_facts())
    if name == "api":
        for projection in PROJECTIONS:
            records = [
                record(projection.topic.name, fact.model_dump_json().encode(), fact.TYPE, offset)
                for offset, fact in enumerate(facts)
                if fact.TYPE.encode() in projection.facts
            ]
            if records:
                await apply_records(engine, projection, records, NOW)
    if name == "notify":
        await keep_shipped_calendars(engine, NOW)
        await adopt_plans(engine, load_plans(), NOW)
        agreements = [fact for fact in facts if isinstance(fact, AgreementRegistered)]
        await plan_obligations(engine, agreements, [], NOW.date(), NOW)
