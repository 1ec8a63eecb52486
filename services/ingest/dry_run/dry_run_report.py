"""What a dry run says of files: one JSON object, or lines for people."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.ingest.agreement_files.agreement_report import say_remark
from services.ingest.dry_run.dry_run_files import Told
from services.ingest.dry_run.sheet_read import SheetRead
from services.ingest.imports.bodies_of_file import MOST_TOLD
from services.ingest.imports.column_report import say_column, taken_columns
from services.ingest.imports.import_report import say_decision, say_totals
from services.ingest.imports.tally import Count, Tally, say_rows
from services.ingest.imports.tally_table import tally_table


@contextmanager
def dry_run_bar(files: int, *, quiet: bool) -> Iterator[Told]:
    """A bar on standard error with files and rows; none where it is no terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("reading"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
        console=console,
        expand=True,
        disable=quiet or not console.is_terminal,
    ) as progress:
        task = progress.add_task("reading", total=files, rows=0)

        def told(done: int, more: int) -> None:
            rows = progress.tasks[task].fields["rows"] + more
            progress.update(task, completed=done, rows=rows)

        yield told


def dry_run_json(reads: Sequence[SheetRead]) -> dict[str, Any]:
    """`files` has an object for each file and sheet, `total` sums them; the form of an import's."""
    states = Counter("error" if read.error else read.state for read in reads)
    return {
        "files": [_line(read) for read in reads],
        "total": {
            "rows_read": sum(read.rows_read for read in reads),
            "accepted": sum(read.accepted.rows for read in reads),
            "rejected": sum(_sum(read.rejected_by_reason).rows for read in reads),
            "skipped": sum(_sum(read.skipped_by_kind).rows for read in reads),
            "waiting": sum(read.waiting for read in reads),
            "amount_pence_accepted": sum(read.accepted.pence for read in reads),
            "amount_pence_rejected": sum(_sum(read.rejected_by_reason).pence for read in reads),
            "sheets_by_state": dict(sorted(states.items())),
        },
    }


def _line(read: SheetRead) -> dict[str, Any]:
    rejected, skipped = _sum(read.rejected_by_reason), _sum(read.skipped_by_kind)
    decided = read.table
    line: dict[str, Any] = {
        "path": read.path,
        "sheet": read.sheet,
        "state": "error" if read.error else read.state,
        "shape": read.shape,
        "rows_read": read.rows_read,
        "accepted": read.accepted.rows,
        "rejected": rejected.rows,
        "skipped": skipped.rows,
        "waiting": read.waiting,
        "amount_pence_accepted": read.accepted.pence,
        "amount_pence_rejected": rejected.pence,
        "amount_basis": read.amount_basis,
        "first_date": read.first_date,
        "last_date": read.last_date,
        "columns": {
            field: column["header"] for field, column in decided.get("columns", {}).items()
        },
        "rejected_by_reason": _counts(read.rejected_by_reason),
        "skipped_by_kind": {kind: count.rows for kind, count in read.skipped_by_kind.items()},
        "certainty": decided.get("certainty", 0.0),
        "questions": decided.get("questions", []),
        "totals": [
            {
                "row": total.row,
                "stated_pence": total.stated_pence,
                "read_pence": total.read_pence,
                "difference_pence": total.difference_pence,
            }
            for total in read.totals
        ],
        "rounded": read.rounded,
        "entities": {
            name: {"rows": count.rows, "pence": count.pence}
            for name, count in read.entities.items()
        },
        "remarks": read.remarks,
        "decision": decided,
        "notes": list(read.notes),
        "seconds": round(read.seconds, 3),
    }
    if read.reason:
        line["reason"] = read.reason
    if read.error:
        line["error"] = read.error
    return line


def _sum(counts: Mapping[str, Count]) -> Count:
    return sum(counts.values(), Count())


def _counts(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {
        reason: {"rows": count.rows, "pence": count.pence, "first_rows": list(count.first)}
        for reason, count in sorted(counts.items(), key=lambda item: -item[1].rows)
    }


def print_dry_run(reads: Sequence[SheetRead]) -> None:
    """The same for people, on standard output, in the table of an import's summary."""
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    for read in reads:
        name = f"{read.path} [{read.sheet}]" if read.sheet else read.path
        if read.error or read.reason:
            console.print(f"{name}: {read.error or f'skipped, {read.reason}'}")
            continue
        console.print(f"{name}: {', '.join(_outcome(read))}")
        for line in _details(read):
            console.print(f"  {line}")
        if not read.waiting:
            console.print(tally_table(_tally(read), dry=True))
    if len(reads) > 1:
        files = len({read.path for read in reads})
        console.print(f"all {files:,} files" if files > 1 else "the whole file")
        waiting = sum(read.waiting for read in reads)
        console.print(tally_table(sum(map(_tally, reads), Tally()), waiting, dry=True))


def _tally(read: SheetRead) -> Tally:
    return Tally(
        accepted=read.accepted,
        rejected_by_reason=read.rejected_by_reason,
        skipped_by_kind=read.skipped_by_kind,
    )


def _outcome(read: SheetRead) -> Iterator[str]:
    yield f"{read.rows_read:,} rows"
    if read.waiting:
        yield "waits for an answer"
    elif read.shape != "payments":
        yield f"taken for {read.shape}, the pounds {read.amount_basis or 'of none'}"
    elif read.first_date is not None:
        yield f"payments of {read.first_date} to {read.last_date}"


def _details(read: SheetRead) -> Iterator[str]:
    for field, column in taken_columns(read.table).items():
        yield say_column(field, column)
    for name, count in list(read.entities.items())[:MOST_TOLD]:
        yield f"of {name}: {say_rows(count)}"
    if (more := len(read.entities) - MOST_TOLD) > 0:
        yield f"of {more:,} more: --json lists them"
    yield from say_decision(read.table | {"notes": read.notes})
    for remark, agreements in read.remarks.items():
        yield say_remark(remark, agreements)
    yield from say_totals([(each.row, each.stated_pence, each.read_pence) for each in read.totals])
