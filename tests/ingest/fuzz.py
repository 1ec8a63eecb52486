"""`python -m tests.ingest.fuzz --files 100000 --kept FILE`: files nobody meant, and their fate.

Each is made, and most are spoilt, by the number that it has, so that `--first N --files 1` makes it
again. Half of those that are spoilt are so by rows and cells, half by bytes. Of every file: a
sentence or rows, never another error, in bounded time; rows read are those accepted, rejected,
skipped and waiting, and so are their pounds; of a file that is not spoilt no pound is misread.
One in thirty is as wide as no table should be, or wider than any may be.
With `--kept` it goes on where it was cut short.
"""

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rich.progress import track

from services.ingest.dry_run.dry_run import UNFORESEEN, dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead
from services.ingest.imports.tally import Count
from services.ingest.reading.limits import MEGABYTE, Limits
from services.ingest.reading.width import says_beyond
from services.ingest.shapes.table import State
from tests.bench.figures import say
from tests.bench.files import TODAY
from tests.ingest.made_files import FLAT, MAKERS, PACKED, TEXTS, WIDEST, make_csv, repack
from tests.ingest.made_tables import MadeTable, harm_rows, make_table, widened

LIMITS = Limits(
    file_bytes=20 * MEGABYTE,
    unpacked_bytes=50 * MEGABYTE,
    sheet_cells=2_000_000,
    reader_memory=1_000 * MEGABYTE,
    reader_seconds=30,
)
LONGEST_SECONDS = 10.0
_CLEAN, _BY_ROWS, _WIDE = 0.1, 0.5, 0.03
_BASES = 100
"""Workbooks that are made of a kind before they are spoilt: to make one takes longest of all."""
_KEPT_EVERY = 500
_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mixed")
_WORDS = (
    "Leeds",
    "é",
    "£1,234.56",
    "=1",
    '"',
    "\n",
    "(12.00)",
    "\x00",
    "🙂",
    ",;\t",
    "<td>",
    "&#0;",
)
_NUMBERS = (b"0", b"-1", b"65536", b"1048577", b"4294967295", b"99999999999999999999", b"XFE1")


class MadeFile(NamedTuple):
    """A file of some kind; `table` is what it holds, None where it was spoilt."""

    kind: str
    content: bytes
    table: MadeTable | None


def make_file(number: int) -> MadeFile:
    """The file of this number."""
    rng = random.Random(number)
    kind = rng.choice(list(MAKERS))
    fate = rng.random()
    width = random.Random(f"width of {number}")
    if width.random() < _WIDE:
        table, content = _make(kind, rng, harmed=False, width=width)
    else:
        table, content = _made(kind, rng, harmed=_CLEAN < fate < _BY_ROWS)
    if fate <= _CLEAN:
        return MadeFile(kind, content, table)
    if fate < _BY_ROWS:
        return MadeFile(kind, content, None)
    if kind in PACKED and rng.random() < 0.7:
        share = rng.random() / 2
        spoilt = repack(
            content, lambda _, part: _harm(part, rng) if rng.random() < 0.2 + share else part
        )
        return MadeFile(kind, spoilt, None)
    return MadeFile(kind, _harm(content, rng), None)


def _made(kind: str, rng: random.Random, *, harmed: bool) -> tuple[MadeTable, bytes]:
    """A table in a file; texts each anew, workbooks from those that were made before."""
    if kind not in TEXTS:
        return _base(kind, rng.randrange(_BASES), harmed=harmed)
    return _make(kind, rng, harmed=harmed)


@cache
def _base(kind: str, number: int, *, harmed: bool) -> tuple[MadeTable, bytes]:
    return _make(kind, random.Random(number), harmed=harmed)


def _make(
    kind: str, rng: random.Random, *, harmed: bool, width: random.Random | None = None
) -> tuple[MadeTable, bytes]:
    table = make_table(rng, flat=kind in FLAT)
    if width is not None:
        table = widened(width, table, WIDEST.get(kind, 3_000))
    rows = harm_rows(rng, table.rows) if harmed and kind not in FLAT else table.rows
    if kind != "csv":
        return table, MAKERS[kind](rows)
    encoding = rng.choice(_ENCODINGS)
    delimiter = rng.choice(",,,\t;|^~")
    if encoding != "mixed":
        return table, make_csv(rows, delimiter, encoding, errors="replace")
    lines = make_csv(rows, delimiter).decode().splitlines(keepends=True)
    return table, b"".join(
        line.encode("cp1252" if at % 2 else "utf-8", "replace") for at, line in enumerate(lines)
    )


def _harm(content: bytes, rng: random.Random) -> bytes:
    harmed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        size = len(harmed)
        if not size:
            break
        place = rng.randrange(size)
        other = rng.randrange(size)
        match rng.randrange(7):
            case 0:
                harmed[place] = rng.randrange(256)
            case 1:
                del harmed[place:]
            case 2:
                del harmed[place : place + rng.randrange(1, 64)]
            case 3:
                harmed[place:place] = harmed[other : other + rng.randrange(1, 4096)]
            case 4:
                harmed[place : place + 4] = rng.choice(_NUMBERS)
            case 5:
                harmed[place:place] = rng.choice(_WORDS).encode() * rng.choice((1, 1, 1, 5_000))
            case _:
                harmed[place : place + 4] = rng.randbytes(4)
    return bytes(harmed)


def read_file(path: Path, made: MadeFile) -> tuple[str, int]:
    """What became of a file, and how many rows were read. AssertionError: a fault of ours."""
    path.write_bytes(made.content)
    started = time.process_time()  # a busy machine is no fault of the readers
    reads = dry_run_file(path, {}, TODAY, limits=LIMITS)
    took = time.process_time() - started
    assert took < LONGEST_SECONDS, f"{took:.0f} seconds of the processor"
    assert reads, "nothing is said of it"
    for read in reads:
        assert not read.error.startswith(UNFORESEEN), read.error
        assert read.error or _adds_up(read), f"rows or pounds do not add up: {read}"
        said = read.error or read.reason or "rows"
        assert said.isprintable(), said
    if made.table is not None:
        _check_clean(reads, made.table)
    rows = sum(read.rows_read for read in reads)
    if any(read.error for read in reads):
        return "refused", rows
    return min(read.state for read in reads), rows  # of several sheets the one that holds most


def _adds_up(read: SheetRead) -> bool:
    if read.state != State.PAYMENTS.value:
        return not read.accepted.rows
    every = [read.accepted, *read.rejected_by_reason.values(), *read.skipped_by_kind.values()]
    total = sum(every, Count())
    return (total.rows, total.pence) == (read.rows_read, read.pence_read)


def _check_clean(reads: Sequence[SheetRead], table: MadeTable) -> None:
    """A table as published is read to the penny, or asked about, or rejected with its pounds."""
    read = next((each for each in reads if each.state == State.PAYMENTS.value), None)
    if read is None:
        assert not any(each.error for each in reads), reads[0].error
        return
    rejected = sum(read.rejected_by_reason.values(), Count())
    too_wide = any(says_beyond(tuple(row), LIMITS.columns) for row in table.rows)
    if too_wide and not read.accepted.rows:  # then a row of totals is rejected as the payments are
        assert rejected.rows >= table.payments, f"misread: {read}"
        return
    pence = read.accepted.pence + rejected.pence
    rows = read.accepted.rows + rejected.rows
    assert (rows, pence) == (table.payments, table.pence), f"misread: {rows} of {pence}: {read}"


class Ran:
    """What was found so far; kept in a file it goes on after an interruption."""

    def __init__(self, kept: Path | None, first: int) -> None:
        self._kept = kept
        self.following = first
        self.outcomes: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.escaped: list[tuple[int, str]] = []
        self.slowest = (0.0, 0)
        self.seconds = 0.0
        if kept is not None and kept.exists():
            self.__dict__.update(json.loads(kept.read_text()))
            self.outcomes, self.rows = Counter(self.outcomes), Counter(self.rows)
            self.slowest = (self.slowest[0], self.slowest[1])

    def keep(self) -> None:
        if self._kept is not None:
            said = {name: value for name, value in vars(self).items() if name != "_kept"}
            self._kept.write_text(json.dumps(said))

    def read(self, path: Path, number: int) -> None:
        made = make_file(number)
        began = time.monotonic()
        try:
            outcome, rows = read_file(path, made)
        except Exception as error:  # noqa: BLE001 - it is what is sought
            outcome, rows = "ESCAPED", 0
            self.escaped.append((number, f"{type(error).__name__}: {error}"))
        took = time.monotonic() - began
        self.slowest = max(self.slowest, (took, number))
        self.seconds += took
        self.outcomes[f"{made.kind} {outcome}"] += 1
        self.rows[made.kind] += rows
        self.following = number + 1
        if self.following % _KEPT_EVERY == 0:
            self.keep()


def main(arguments: Sequence[str] | None = None) -> None:
    """Make, read and count files; exit 1 and name those that a reader did not survive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--kept", type=Path, help="keep in this file how far it came, and go on")
    given = parser.parse_args(arguments)
    ran = Ran(given.kept, given.first)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.any"
        numbers = range(ran.following, given.first + given.files)
        for number in track(numbers, total=given.files, completed=ran.following - given.first):
            ran.read(path, number)
    ran.keep()
    for outcome, count in sorted(ran.outcomes.items()):
        say(f"{outcome:24} {count:8,}")
    say(f"{sum(ran.rows.values()):,} rows")
    say(
        f"{given.files:,} files, {ran.seconds:,.0f} s of reading; the slowest, number "
        f"{ran.slowest[1]}, took {ran.slowest[0]:.2f} s; {len(ran.escaped)} errors escaped"
    )
    for number, caught in ran.escaped[:20]:
        say(f"number {number}: {caught[:2_000]}")
    if ran.escaped:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
