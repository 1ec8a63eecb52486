"""What an import says while it runs and when it is done."""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from services.ingest.agreement_files.agreement_report import say_agreements
from services.ingest.imports.answer_options import say_question
from services.ingest.imports.column_report import say_columns
from services.ingest.imports.import_rows import Told
from services.ingest.imports.open_run import Run
from services.ingest.imports.same_bytes import SameBytes
from services.ingest.imports.settled import Settled, settled_as, still_rejected
from services.ingest.imports.tally import Count, Tally, say_pounds
from services.ingest.imports.tally_table import tally_table
from services.ingest.queries.imports import WAITING
from services.ingest.republication.republication_report import (
    republication_as_json,
    say_republication,
)
from shared.money import format_pounds

_INDENT = "  "


@dataclass(frozen=True)
class Imported:
    """An import and the seconds that it took; `settled` are rejects of its file that are so since.

    A file that is run again finds some of its rows corrected already; `before` is what first
    brought its bytes.
    """

    run: Run
    seconds: float
    settled: Sequence[Settled] = ()
    before: SameBytes | None = None

    @property
    def tally(self) -> Tally:
        """What became of its rows: rejected are those that are so still."""
        left = still_rejected(self.run.tally.rejected_by_reason, self.settled)
        return replace(self.run.tally, rejected_by_reason=left)

    @property
    def since(self) -> dict[str, Count]:
        """Rows that were rejected and are no longer: `corrected` or `dismissed`."""
        used = (settled_as(outcome, self.settled) for outcome in ("accepted", "already_known"))
        counts = {
            "corrected": sum(used, Count()),
            "dismissed": settled_as("dismissed", self.settled),
        }
        return {name: count for name, count in counts.items() if count.rows}


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """A bar on standard error with rows, rows a second and pounds; none where it is no terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} rows"),
        TextColumn("{task.fields[speed]:,.0f}/s"),
        TextColumn("£{task.fields[pounds]}"),
        TimeRemainingColumn(compact=True),
        console=console,
        expand=True,
        disable=quiet or not console.is_terminal,
    ) as progress:
        yield progress


def told_to(progress: Progress, name: str, rows: int) -> Told:
    """What moves the bar of one file on; `rows` are about as many as it has."""
    task = progress.add_task(name, total=rows, speed=0.0, pounds="0")

    def told(done: int, tally: Tally) -> None:
        pence = tally.accepted.pence + tally.already_known.pence
        speed = progress.tasks[task].speed or 0.0
        progress.update(
            task,
            completed=done,
            total=max(rows, done),
            speed=speed,
            pounds=f"{pence // 100:,}",
        )

    return told


def as_json(imported: Sequence[Imported]) -> dict[str, Any]:
    """Every file and their total, as `--json` prints it; pounds are decimal strings."""
    total = _tally(sum((each.tally for each in imported), Tally()))
    read = sum(each.run.tally.read for each in imported)
    return {"files": [_file(each) for each in imported], "total": total | {"read": read}}


def _file(imported: Imported) -> dict[str, Any]:
    run, seconds = imported.run, imported.seconds
    return {
        "file": run.name,
        "buyer": run.buyer,
        "state": run.state,
        "import_id": run.import_id,
        "run": run.number,
        "same_bytes_as": imported.before and imported.before._asdict(),
        "resumed_after": run.resumed_after,
        "seconds": round(seconds, 3),
        "rows_per_second": round((run.tally.read - run.resumed_after) / max(seconds, 1e-9)),
        **_tally(imported.tally),
        "read": run.tally.read,
        "rejected_and_since": {
            name: {"rows": count.rows, "pounds": format_pounds(count.pence)}
            for name, count in imported.since.items()
        },
        "first_rejected_rows": {
            reason: count.first for reason, count in imported.tally.rejected_by_reason.items()
        },
        "sheets": run.sheets,
        "republication": run.republication and republication_as_json(run.republication),
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "read": tally.read,
        "accepted": tally.accepted.rows,
        "already_known": tally.already_known.rows,
        "changed": _by_rows({"changed": tally.changed})["changed"],
        "rejected": tally.rejected.rows,
        "skipped": tally.skipped.rows,
        "skipped_by_kind": {kind: count.rows for kind, count in tally.skipped_by_kind.items()},
        "pounds": {
            "accepted": format_pounds(tally.accepted.pence),
            "already_known": format_pounds(tally.already_known.pence),
            "rejected": format_pounds(tally.rejected.pence),
        },
        "rejected_by_reason": _by_rows(tally.rejected_by_reason),
        "reworded_by_field": _by_rows(tally.reworded_by_field),
        "repeated": _by_rows({"repeated": tally.repeated})["repeated"],
        "first_date": tally.first_date,
        "last_date": tally.last_date,
    }


def _by_rows(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {
        name: {"rows": count.rows, "pounds": format_pounds(count.pence)}
        for name, count in sorted(counts.items(), key=lambda item: -item[1].rows)
    }


def print_summary(imported: Sequence[Imported]) -> None:
    """The same for people, on standard output."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    for each in imported:
        run = each.run
        _print(console, ", ".join(_notes(each)), "")
        if each.before is not None:
            _print(console, f"the very bytes of it were imported {each.before.told}")
        for line in say_columns(run.sheets, console.width - len(_INDENT)):
            _print(console, line)
        for line in say_sheets(run.sheets):
            _print(console, line)
        for line in say_republication(run.republication) if run.republication else ():
            _print(console, line)
        if not waits(run):
            console.print(tally_table(each.tally, since=each.since))
        _print(console, f"import {run.import_id}, {run.state}")
        _print(console, f"GET /v1/imports/{run.import_id} keeps all of this")
    if len(imported) > 1:
        console.print(f"all {len(imported):,} files")
        console.print(tally_table(sum((each.tally for each in imported), Tally())))


def _print(console: Console, line: str, indent: str = _INDENT) -> None:
    """A line that goes on, where it is longer than the console, below its own beginning."""
    folded = textwrap.wrap(
        line,
        console.width,
        initial_indent=indent,
        subsequent_indent=indent + _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print("\n".join(folded), soft_wrap=True)


def _notes(imported: Imported) -> Iterator[str]:
    run = imported.run
    yield f"{run.name} for {run.buyer}"
    yield "it waits, no row is taken yet" if waits(run) else f"{run.tally.read:,} rows read"
    if run.resumed_after:
        yield f"resumed after row {run.resumed_after:,}"
    if run.tally.rejected.rows:
        yield "rows numbered as a spreadsheet shows them"
    if run.tally.first_date is not None:
        what = "agreements" if any("agreements" in each for each in run.sheets) else "payments"
        yield f"{what} of {run.tally.first_date} to {run.tally.last_date}"
    yield f"{imported.seconds:,.1f} s"


def waits(run: Run) -> bool:
    """Whether nothing is read before somebody answers."""
    return run.state in WAITING


def say_sheets(sheets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines on each sheet of a file, which begin with its name where there are several."""
    for sheet in sheets:
        name = f"[{sheet['sheet']}] " if len(sheets) > 1 else ""
        for line in _say_sheet(sheet):
            yield f"{name}{line}"


def _say_sheet(sheet: Mapping[str, Any]) -> Iterator[str]:
    yield from say_agreements(sheet)
    yield from say_decision(sheet)
    totals = sheet.get("totals", ())
    yield from say_totals(
        [(each["row"], each["stated_pence"], each["read_pence"]) for each in totals]
    )


def say_decision(sheet: Mapping[str, Any]) -> Iterator[str]:
    """Lines on what is asked of a sheet, what was decided by values, and what was passed over."""
    for question in sheet.get("questions", ()):
        yield f"waits: {say_question(question)}"
    for note in sheet.get("notes", ()):
        yield f"note: {note}"
    if not_taken := sheet.get("not_taken"):
        yield f"not taken: {', '.join(not_taken)}"


def say_totals(totals: Sequence[tuple[int, int, int]]) -> Iterator[str]:
    """Lines on totals rows (row, pence that it states, pence read): each that differs, and others.

    Those that agree are one line, since a ledger may have one for each of its days.
    """
    agree = [(row, stated) for row, stated, read in totals if stated == read]
    for row, stated, read in totals:
        if stated != read:
            yield (
                f"the total in row {row:,} says {say_pounds(stated)}, {say_pounds(read)} were read"
            )
    if len(agree) == 1:
        [(row, stated)] = agree
        yield f"the total in row {row:,} agrees with what was read: {say_pounds(stated)}"
    elif agree:
        yield f"{len(agree):,} rows of totals agree with what was read"
