"""`python -m tests.bench.index_in_force DIR`: what the index of register names costs the service.

The register files of DIR are loaded; then, in one process as the service is one: how long until the
kept index serves, its memory, a batch of new suppliers, and for how long the event loop, on which
door and consumers live, stands still meanwhile and while a newer index is made apart.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import Registers
from services.classify.classify_suppliers import classify_suppliers
from services.classify.definitions.definition import read_definitions
from services.classify.supplier import Supplier
from shared.database import migrate, open_engine, raw_connection
from tests.bench.figures import figure, say
from tests.support.suppliers import supplier_id

_SCHEMA = "bench_index"
_NEW = 500
_BATCHES = 4
_BEAT = 0.01
_MEGABYTE = 2**20
ResultT = TypeVar("ResultT")


def main() -> None:
    """Load, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("registers", type=Path)
    folder = parser.parse_args().registers
    with stack() as addresses, tempfile.TemporaryDirectory() as cache:
        asyncio.run(_fresh_schema(addresses))
        registers = Registers(addresses.database, _SCHEMA, cache)
        say(f"loading the registers of {folder}")
        environment = {
            "LOCALPOUND_KAFKA": addresses.kafka,
            "LOCALPOUND_CLASSIFY_DATABASE": registers.database,
            "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": registers.schema,
            "LOCALPOUND_CACHE": registers.cache,
        }
        subprocess.run(
            [sys.executable, "-m", "services.classify", "registers", "load", str(folder)],
            env=os.environ | environment,
            stdout=sys.stderr,
            check=True,
        )
        asyncio.run(_measure(registers))
        asyncio.run(_fresh_schema(addresses, ended=True))


async def _fresh_schema(addresses: Addresses, *, ended: bool = False) -> None:
    engine = open_engine(addresses.database, _SCHEMA)
    async with engine.begin() as tx:
        await tx.execute(text(f"drop schema if exists {_SCHEMA} cascade"))
    if not ended:
        await migrate(engine, "classify", _SCHEMA)
    await engine.dispose()


async def _measure(registers: Registers) -> None:
    engine = open_engine(registers.database, registers.schema)
    in_force = BasisInForce(engine, registers, read_definitions())
    bare = _resident()
    seconds, still, basis = await _timed(in_force.latest())
    names = basis.index.entries
    figure("index_ready_seconds", seconds, "s", names=names)
    figure("index_ready_loop_still_ms", still * 1000, "ms", names=names)
    figure("index_resident_mb", (_resident() - bare) / _MEGABYTE, "MB", names=names)
    figure("process_resident_mb", _resident() / _MEGABYTE, "MB", names=names)
    payees = await _payees(engine)
    now = datetime.now(UTC)
    for batch in range(_BATCHES):
        own = [
            Supplier(supplier_id(name), name) for name in payees[batch * _NEW : (batch + 1) * _NEW]
        ]
        spent = time.process_time()
        seconds, still, _ = await _timed(classify_suppliers(engine, basis, own, [], now))
        spent = time.process_time() - spent
        figure("new_supplier_cpu_ms", spent / len(own) * 1000, "ms", batch=batch)
        figure("new_supplier_ms", seconds / len(own) * 1000, "ms", batch=batch, suppliers=len(own))
        figure("new_suppliers_loop_still_ms", still * 1000, "ms", batch=batch)
    async with engine.begin() as tx:
        # As a register loaded anew would: another transaction put it in force.
        await tx.execute(text("update registers set loaded_at = loaded_at"))
    spent_before = _spent_by_others()
    seconds, still, _ = await _timed(in_force.latest())
    figure("index_made_apart_seconds", seconds, "s", names=names)
    figure("index_made_apart_cpu_seconds", _spent_by_others() - spent_before, "s", names=names)
    figure("index_made_apart_loop_still_ms", still * 1000, "ms", names=names)
    figure("process_peak_mb", _peak(resource.RUSAGE_SELF), "MB", names=names)
    figure("maker_peak_mb", _peak(resource.RUSAGE_CHILDREN), "MB", names=names)
    await engine.dispose()


async def _timed(work: Awaitable[ResultT]) -> tuple[float, float, ResultT]:
    """Seconds of the work, and the longest for which the loop did not turn."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_BEAT)
            longest = max(longest, time.perf_counter() - began - _BEAT)

    beating = asyncio.ensure_future(beat())
    started = time.perf_counter()
    result = await work
    seconds = time.perf_counter() - started
    beating.cancel()
    return seconds, longest, result


async def _payees(engine: AsyncEngine) -> list[str]:
    """Names as a ledger would print them: of the registers, every other with a word too many."""
    async with engine.connect() as one:
        connection = await raw_connection(one)
        rows = await connection.fetch(
            "select distinct name from organisation_names tablesample system (2) repeatable (7)"
            " limit $1",
            _NEW * _BATCHES,
        )
    return [f"{row[0]} {'Account' * (n % 2)}".strip() for n, row in enumerate(rows)]


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _spent_by_others() -> float:
    """Seconds of processor that processes of this one took, ended by now."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _peak(who: int) -> float:
    # Linux tells kilobytes, macOS bytes.
    told = resource.getrusage(who).ru_maxrss
    return told * (1 if sys.platform == "darwin" else 1024) / _MEGABYTE


if __name__ == "__main__":
    main()
