"""`python -m tests.bench.republishing`: a year of payments published anew with 1% changed.

One JSON line a step, each in a process of its own: rows a second, and its largest resident size.
"""

import argparse
import asyncio
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from deploy.local.stack import stack
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.take_id_key import take_id_key
from shared.database import migrate, open_engine
from tests.bench.figures import figure, say

_BUYER = "GB-LAE-LDS"
_SCHEMA = "bench_republishing"
_HEADER = "Payment Date,Amount,Directorate,Supplier,Invoice Number\n"
_MB = 1024 if sys.platform != "darwin" else 1024 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=1_500_000)
    parser.add_argument("--changed", type=float, default=0.01)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with stack() as addresses, tempfile.TemporaryDirectory(prefix="localpound-") as folder:
        say(f"a {addresses.kind} stack is up")
        asyncio.run(_prepare(addresses.database))
        first, anew = Path(folder) / "2023-24.csv", Path(folder) / "2023-24 revised.csv"
        for path, changed in ((first, 0.0), (anew, given.changed)):
            with path.open("w", encoding="utf-8") as file:
                file.write(_HEADER)
                file.writelines(_lines(given.payments, changed))
        for step, path in (("first", first), ("anew", anew), ("anew again", anew)):
            process = context.Process(
                target=_measure, args=(step, addresses.database, path, given.payments)
            )
            process.start()
            process.join()
        asyncio.run(_drop(addresses.database))


def _lines(count: int, changed: float) -> Iterator[str]:
    """A year of lines; of those changed half have another amount, the others are gone or new."""
    drawn, other = random.Random(1), random.Random(2)
    for number in range(count):
        day = date(2023, 4, 1) + timedelta(days=number * 366 // count)
        pence, unit = drawn.randrange(100, 900_000), drawn.randrange(20)
        payee = f"Supplier {drawn.randrange(30_000)} Ltd"
        what = other.random() if other.random() < changed else 1.0
        if what < 0.25:
            continue
        if what < 0.75:
            pence += 100
        yield f"{day:%d/%m/%Y},{pence / 100:.2f},Unit {unit},{payee},{1_000_000 + number}\n"
        if 0.75 <= what < 1:
            yield f"{day:%d/%m/%Y},1.00,Unit {unit},{payee},N{number}\n"


def _measure(step: str, database: str, path: Path, lines: int) -> None:
    started = time.perf_counter()
    run = asyncio.run(_import(database, path, replaces=step == "anew"))
    seconds = time.perf_counter() - started
    found = run.republication or {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB
    known = {name: found[name]["rows"] for name in ("corrected", "new", "gone") if found}
    figure("republishing_rows", lines / seconds, "rows/s", step=step, seconds=round(seconds, 1))
    figure("republishing_memory", peak, "MB", step=step, state=run.state, **known)


async def _import(database: str, path: Path, *, replaces: bool) -> Run:
    engine = open_engine(database, _SCHEMA)
    await take_id_key(engine)
    earlier = None
    if replaces:
        async with engine.connect() as connection:
            earlier = str(await connection.scalar(text("select import_id from imports")))
    # Nothing relays here: the outbox stands for the broker, and is emptied as it would be.
    emptied = asyncio.create_task(_empty_outbox(database))
    try:
        return await import_file(
            *(engine, path, _BUYER, lambda: datetime.now(UTC), lambda *_: None), replaces=earlier
        )
    finally:
        emptied.cancel()
        await engine.dispose()


async def _empty_outbox(database: str) -> None:
    engine = open_engine(database, _SCHEMA, connections=1)
    while True:
        async with engine.begin() as tx:
            await tx.execute(text("delete from outbox"))
        await asyncio.sleep(0.2)


async def _prepare(database: str) -> None:
    await _drop(database)
    engine = open_engine(database, _SCHEMA)
    await migrate(engine, "ingest", _SCHEMA)
    await engine.dispose()


async def _drop(database: str) -> None:
    engine = open_engine(database, _SCHEMA)
    async with engine.begin() as tx:
        await tx.execute(text(f'drop schema if exists "{_SCHEMA}" cascade'))
    await engine.dispose()


if __name__ == "__main__":
    main()
