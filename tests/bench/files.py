"""`python -m tests.bench.files --data DIR`: published files, read dry; a table for the docs.

For each of the eleven bodies: files, rows, accepted, rejected by reason, and pounds against an
independent reading by other libraries. Then the rows a second of all of West Yorkshire.
"""

import argparse
import os
import sys
import time
from datetime import date
from pathlib import Path

from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.dry_run_files import dry_run_files
from services.ingest.dry_run.sheet_read import SheetRead
from tests.support.published_spend import BODIES, FOLDER, independent_pence

TODAY = date(2026, 11, 25)
_COLUMNS = "| body | files | rows | accepted | rejected | pounds accepted | independent | differ |"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("LOCALPOUND_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default))
    data: Path = parser.parse_args().data
    _say(_COLUMNS)
    _say("|---|--:|--:|--:|---|--:|--:|--:|")
    for body, spec in BODIES.items():
        files = sorted((data / FOLDER / body).iterdir())
        reads = [read for path in files for read in dry_run_file(path, {}, TODAY)]
        independent = [independent_pence(path, spec) for path in files]
        _say(_row(body, len(files), reads, sum(pence for _, pence in independent)))
    paths = sorted((data / "spend" / "west_yorkshire").glob("*.parquet"))
    started = time.perf_counter()
    reads = dry_run_files(paths, {}, TODAY, lambda *_: None)
    seconds = time.perf_counter() - started
    rows = sum(read.rows_read for read in reads)
    _say(f"\nWest Yorkshire: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} a second")
    for read in reads:
        _say(f"  {Path(read.path).name}: {read.accepted.rows:,} accepted, {_reasons([read])}")


def _row(body: str, files: int, reads: list[SheetRead], independent: int) -> str:
    rows = sum(read.rows_read for read in reads)
    accepted = sum(read.accepted.rows for read in reads)
    pence = sum(read.accepted.pence for read in reads)
    return (
        f"| {body} | {files} | {rows:,} | {accepted:,} | {_reasons(reads)} | {pence / 100:,.2f} "
        f"| {independent / 100:,.2f} | {(pence - independent) / 100:,.2f} |"
    )


def _reasons(reads: list[SheetRead]) -> str:
    reasons: dict[str, int] = {}
    for read in reads:
        for reason, count in read.rejected_by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + count.rows
    return "; ".join(f"{count:,} {reason}" for reason, count in reasons.items()) or "none"


if __name__ == "__main__":
    main()
