"""`python -m tests.bench.west_yorkshire --data DIR [--rows N]`: four councils' files, thrice.

Each file goes by its own `python -m services.ingest import` through the whole product, in a stack
of its own; in the end the totals that `api` shows are those that polars adds up from the files
alone. Then the same files again, and a part of one as a workbook of another name: neither adds a
payment, an event, or a penny. One JSON line a figure.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from deploy.local.addresses import Addresses
from deploy.local.keeping import ROOT
from deploy.local.services import Services, running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from tests.bench.figures import figure, say
from tests.bench.machine import cpu_seconds, peak_memory
from tests.bench.standing import OutboxWatch, read_standing
from tests.bench.throughput import payments_projected
from tests.support.control_totals import Totals
from tests.support.council_files import CouncilFile, council_files, differences, usable_totals
from tests.support.data import data_folder

_WORKBOOK_ROWS = 50_000
_STUCK_SECONDS = 60.0
_SAY_SECONDS = 15.0


@dataclass(frozen=True)
class Bench:
    """What every pass runs on."""

    addresses: Addresses
    services: Services
    environment: Mapping[str, str]

    @property
    def pids(self) -> dict[str, int]:
        """Servers and services, by name."""
        return {**self.services.pids, **self.addresses.pids}


def main() -> None:
    """Import thrice, compare, print, leave nothing behind; exit code 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of real data")
    parser.add_argument("--rows", type=int, help="the first of each file in its share, so many")
    given = parser.parse_args()
    if given.data is None:
        parser.error("there are no real data: name their folder by --data")
    with tempfile.TemporaryDirectory(prefix="localpound-") as folder, stack() as addresses:
        files = council_files(given.data, given.rows, Path(folder))
        expected = usable_totals(files)
        environment = asyncio.run(migrate_all(addresses.database))
        with running_services(addresses, environment) as services:
            bench = Bench(addresses, services, {**addresses.environment(), **environment})
            wrong = asyncio.run(_passes(bench, files, expected, Path(folder)))
    for each in wrong:
        say(each)
    sys.exit(1 if wrong else 0)


async def _passes(
    bench: Bench, files: Sequence[CouncilFile], expected: Totals, folder: Path
) -> list[str]:
    """The three passes; what is not as it should be, in words."""
    await _run(bench, "first", files, sum(lines for lines, _ in expected.values()))
    first = await read_standing(bench.addresses, bench.services.url("api"))
    wrong = [f"api after the first pass: {each}" for each in differences(expected, first.totals)]
    await _run(bench, "again", files, 0)
    again = await read_standing(bench.addresses, bench.services.url("api"))
    if again != first:
        wrong.append(f"the same files again: {again.less(first)}")
    smallest = min(files, key=lambda file: file.rows)
    # A part of a file lacks lines of the days that it reaches: it must be said that it only adds.
    await _run(bench, "workbook", [_as_workbook(smallest, folder)], 0, "--adds")
    other = await read_standing(bench.addresses, bench.services.url("api"))
    if other != first:
        wrong.append(f"a part of it as a workbook: {other.less(first)}")
    return wrong


def _as_workbook(file: CouncilFile, folder: Path) -> CouncilFile:
    """The first rows of a file, as another program would write them, under another name."""
    path = folder / "payments.xlsx"
    frame = pl.scan_parquet(file.path).head(_WORKBOOK_ROWS).collect()
    frame.drop("file").write_excel(path)
    return CouncilFile(path, file.buyer, frame.height)


async def _run(
    bench: Bench, name: str, files: Sequence[CouncilFile], more: int, *options: str
) -> None:
    """Import the files, one command after the other, until `api` has as many `more` payments."""
    rows = sum(file.rows for file in files)
    say(f"{name}: {rows:,} rows of {len(files)} files")
    async with httpx.AsyncClient(timeout=30) as client:
        url = bench.services.url("api")
        before = await payments_projected(client, url)
        spent = cpu_seconds(bench.pids)
        watched = dict(bench.pids)
        outbox = OutboxWatch()
        started = time.monotonic()
        with peak_memory(watched) as peaks:
            looking = asyncio.ensure_future(outbox.watch(bench.addresses.database))
            imports = [
                await asyncio.to_thread(_import, bench, file, options, watched) for file in files
            ]
            imported = time.monotonic() - started
            await _until(client, url, before + more)
            seconds = time.monotonic() - started
            looking.cancel()
        after = cpu_seconds(bench.pids)
    each = {key: after[key] - spent[key] for key in spent}
    each["import"] = sum(seconds for _, seconds in imports)
    totals = [total for total, _ in imports]
    settings: dict[str, Any] = {"rows": rows, "pass": name}
    figure("file_rows_per_second", rows / seconds, "rows/s", seconds=round(seconds, 1), **settings)
    figure("imported_per_second", rows / imported, "rows/s", **settings)
    micro = {key: round(value / rows * 1e6, 1) for key, value in each.items()}
    cpu = sum(each.values()) / rows * 1e6
    figure("cpu_microseconds_per_row", cpu, "us", by_process=micro, **settings)
    for key, peak in peaks.items():
        figure("peak_memory_mb", peak, "MB", process=key, **settings)
    figure("outbox_most_rows", outbox.rows, "rows", megabytes=outbox.megabytes, **settings)
    for key in ("read", "accepted", "already_known", "rejected", "skipped"):
        figure(f"rows_{key}", sum(total[key] for total in totals), "rows", **settings)


def _import(
    bench: Bench, file: CouncilFile, options: Sequence[str], watched: dict[str, int]
) -> tuple[dict[str, Any], float]:
    """One import by the command line: its total, and the CPU seconds that it spent in all."""
    command = [sys.executable, "-m", "services.ingest", "import", str(file.path)]
    process = subprocess.Popen(
        [*command, "--buyer", file.buyer, "--json", *options],
        env=os.environ | bench.environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None  # it is a pipe
    watched["import"] = process.pid
    summary = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the import of {file.path.name} ended with {process.returncode}")
    [done] = json.loads(summary)["files"]
    say(f"  {file.path.name}: {done['rows_per_second']:,} rows a second")
    return done, usage.ru_utime + usage.ru_stime


async def _until(client: httpx.AsyncClient, url: str, payments: float) -> None:
    """Return once `api` has projected so many; TimeoutError where it stands still for a minute."""
    done, moved, said = -1.0, time.monotonic(), time.monotonic()
    while done < payments:
        now = time.monotonic()
        found = await payments_projected(client, url)
        if found > done:
            done, moved = found, now
        elif now - moved > _STUCK_SECONDS:
            raise TimeoutError(f"api stands still at {done:,.0f} of {payments:,.0f} payments")
        if now - said > _SAY_SECONDS:
            said = now
            say(f"  api has {done:,.0f} of {payments:,.0f}")
        await asyncio.sleep(0.25)


if __name__ == "__main__":
    main()
