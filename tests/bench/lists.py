"""`python -m tests.bench.lists`: pages of lists at 4.67 million payments, a million as a file.

Pages are asked for by every filter, in every order, at the beginning and in the middle of the list.
Imports, which another door keeps, are some 100,000 in a schema that is made for them and goes.
The read model is made and goes, or is one that stays: `--schema` of
`tests.bench.read_model_at_size`.
"""

import argparse
import asyncio
import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.main import now
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from services.ingest.routes.imports import imports_routes
from shared.access import OPEN
from shared.door.accepted import CSV_TYPE
from shared.door.web import open_door
from shared.lists.cursor import Cursors
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from shared.logs import configure_logs
from shared.memory import spare_the_collector
from tests.bench.figures import figure, percentile, say
from tests.bench.many_imports import many_imports
from tests.bench.read_model_at_size import COUNCIL, LAST_DAY, read_model_at_size

_PAGES = 100
_TARGET_MS = 50
_ROWS = 1_000_000
_MIDDLE = "2020-04-01"
_FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"buyer": COUNCIL},
    {"buyer": COUNCIL, "from": "2019-04-01", "to": "2019-04-30"},
    {"unit": "Unit 7"},
    {"unit": "There is none"},
    {"coverage": "redacted"},
    {"coverage": "awaiting"},
    {"without": "reference"},
    {"without": "programme", "buyer": COUNCIL},
    {"amount": "123.45"},
    {"whole_thousands": "true"},
    {"organisation": "GB-COH-00000007"},
)
_LARGE: tuple[dict[str, Any], ...] = (
    {"over_25000": "true"},
    {"over_25000": "true", "buyer": COUNCIL},
    {"over_25000": "true", "unit": "There is none"},
    {"organisation": "GB-COH-00000007"},
)
_SUPPLIERS: tuple[dict[str, Any], ...] = (
    {},
    {"buyer": COUNCIL},
    {"coverage": "awaiting"},
    {"coverage": "review", "buyer": COUNCIL},
    {"definition": "ncvo-general-charity"},
    {"legal_form": "there is none"},
    {"name": "supplier 77"},
    {"name": "supplier"},
)
_ORGANISATIONS: tuple[dict[str, Any], ...] = (
    {},
    {"buyer": COUNCIL},
    {"buyer": COUNCIL, "financial_year": "2024-25"},
    {"buyer": [COUNCIL, "GB-NHS-QWO"]},
    {"financial_year": "2024-25"},
    {"financial_year": ["2023-24", "2024-25"], "sort": "amount"},
    {"definition": "ncvo-general-charity"},
    {"name": "supplier 77"},
    {"sort": "organisation_name"},
)
_AGREEMENTS: tuple[dict[str, Any], ...] = (
    {},
    {"buyer": COUNCIL, "route": "council"},
    {"buyer": COUNCIL, "from": "2019-04-01", "to": "2020-03-31"},
    {"programme": "there is none"},
    {"to": "2000-01-01"},
)
_IMPORTS: tuple[dict[str, Any], ...] = (
    {},
    {"buyer": COUNCIL},
    {"state": "taken_back"},
    {"sort": "started_at"},
)
_ORDERS = ("-payment_date", "payment_date", "-amount", "amount")


def main() -> None:
    """Measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schema", help="of a read model that was made before, and stays")
    parser.add_argument("--pages", type=int, default=_PAGES)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses, _collector_watched():
        asyncio.run(measure_lists(addresses, arguments.schema, arguments.pages))


async def measure_lists(addresses: Addresses, schema: str | None, pages: int = _PAGES) -> None:
    """The files; then pages by filter, order and depth."""
    async with read_model_at_size(addresses, schema=schema) as engine:
        app = _door(engine)
        spare_the_collector()
        since = await _first_day(engine)
        for media_type in (CSV_TYPE, NDJSON_TYPE, PARQUET_TYPE):
            of_payments = f"/v1/payments?from={since}"
            await _measure_file(app, media_type, of_payments, {"payments": _ROWS})
        for path in ("/v1/suppliers", "/v1/suppliers?sort=-amount", "/v1/organisations"):
            await _measure_file(app, CSV_TYPE, path, {"path": path})
        async with _client(app) as client:
            await _measure_pages(client, pages)
            for query in _SUPPLIERS:
                await _measure_list(client, "suppliers", query, pages)
            for query in _ORGANISATIONS:
                await _measure_list(client, "organisations", query, pages)
            for query in _AGREEMENTS:
                await _measure_list(client, "agreements", query, pages)
    async with many_imports(addresses) as engine:
        app = _door_of_imports(engine)
        await _measure_file(app, CSV_TYPE, "/v1/imports", {"path": "/v1/imports"})
        async with _client(app) as client:
            for query in _IMPORTS:
                await _measure_list(client, "imports", query, pages)


@contextmanager
def _collector_watched() -> Iterator[None]:
    """How often the collector of cycles took longer than a page may, and how long: nobody is
    answered meanwhile.
    """
    started, looks = 0.0, [0.0]

    def note(phase: str, _: object) -> None:
        nonlocal started
        if phase == "start":
            started = time.perf_counter()
        else:
            looks.append(1000 * (time.perf_counter() - started))

    gc.callbacks.append(note)
    yield
    gc.callbacks.remove(note)
    figure("collector_long_looks", sum(look > _TARGET_MS for look in looks), "looks")
    figure("collector_longest_look_ms", max(looks), "ms")


def _client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench")


async def _measure_list(
    client: httpx.AsyncClient, name: str, query: dict[str, Any], pages: int
) -> None:
    """The first page often, then one page after another."""
    first = await _times(client, name, query, pages, follow=False)
    deep = await _times(client, name, query, pages, follow=True)
    settings = {"list": name, "filter": query}
    figure("list_first_page_p99_ms", percentile(first, 0.99), "ms", **settings)
    figure("list_deep_pages_p99_ms", percentile(deep, 0.99), "ms", **settings)


def _door_of_imports(engine: AsyncEngine) -> FastAPI:
    app = open_door("bench", "", _nothing_amiss)
    app.include_router(
        imports_routes(engine, Cursors(None), OPEN.require("ingest:write"), locked=False)
    )
    return app


def _door(engine: AsyncEngine) -> FastAPI:
    app = open_door("bench", "", _nothing_amiss)
    door = Door(engine, PointReads(engine, 1), Cursors(None), OPEN, lambda: LAST_DAY, now)
    open_routes(app, door)
    return app


async def _measure_pages(client: httpx.AsyncClient, pages: int) -> None:
    """The same page often, at the beginning; and pages one after another from the middle on."""
    asked = [("payments", query, order) for query in _FILTERS for order in _ORDERS[:2]]
    asked += [("payments", query, order) for query in _LARGE for order in _ORDERS[2:]]
    asked += [
        ("transactions", query, order)
        for query in ({}, {"buyer": COUNCIL}, {"over_25000": "true"})
        for order in _ORDERS[:2]
    ]
    for done, (name, query, order) in enumerate(asked, 1):
        first = await _times(client, name, query | {"sort": order}, pages, follow=False)
        middle = {"from": _MIDDLE} if order == "payment_date" else {"to": _MIDDLE}
        deep = await _times(client, name, middle | query | {"sort": order}, pages, follow=True)
        settings = {"list": name, "filter": query, "sort": order}
        figure("list_first_page_p99_ms", percentile(first, 0.99), "ms", **settings)
        figure("list_deep_pages_p99_ms", percentile(deep, 0.99), "ms", **settings)
        say(f"{done} of {len(asked)} lists are measured")


async def _times(
    client: httpx.AsyncClient, name: str, query: dict[str, Any], pages: int, *, follow: bool
) -> list[float]:
    """Milliseconds of each page, the first ones, which fill caches, left out."""
    times: list[float] = []
    cursor: dict[str, str] = {}
    for _ in range(pages + 3):
        started = time.perf_counter()
        answer = await client.get(f"/v1/{name}", params=query | cursor)
        times.append(1000 * (time.perf_counter() - started))
        following = answer.raise_for_status().json()["next"]
        cursor = {"cursor": following} if follow and following else {}
    return times[3:]


async def _first_day(engine: AsyncEngine) -> str:
    """The day from which on there are a million payments."""
    async with engine.connect() as connection:
        statement = text(
            "select payment_date from payments order by payment_date desc offset :rows limit 1"
        )
        return str(await connection.scalar(statement, {"rows": _ROWS}))


async def _measure_file(
    app: FastAPI, media_type: str, asked: str, settings: dict[str, Any]
) -> None:
    """As a server would send it, to a client that reads at once; the peak is of the process."""
    sent, first, cpu = 0, 0.0, time.process_time()
    started = time.perf_counter()

    told = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in told:
            return message
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        nonlocal sent, first
        sent += len(message.get("body", b""))
        first = first or time.perf_counter() - started

    path, _, query = asked.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"accept", media_type.encode())],
    }
    await app(scope, receive, send)
    settings = {"form": media_type} | settings
    figure("file_seconds", time.perf_counter() - started, "s", **settings)
    figure("file_cpu_seconds", time.process_time() - cpu, "s", **settings)
    figure("file_first_byte_seconds", first, "s", **settings)
    figure("file_megabytes", sent / 1e6, "MB", **settings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figure("file_peak_memory", peak, "MB", **settings)


async def _nothing_amiss() -> list[str]:
    return []


if __name__ == "__main__":
    main()
