"""Which earlier files a file may state anew: each with those that it stated anew itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ingest.queries.imports import FINISHED
from services.ingest.republication.coverage import Span
from shared.errors import Conflict, Rejected


@dataclass(frozen=True)
class Earlier:
    """The import of an earlier file, and the files whose lines it states: its own and others'."""

    row: Row[Any]
    files: frozenset[str]
    months: Span
    """The calendar months, whole, of the payments of all these files."""


def earlier_files(
    begun: Sequence[Row[Any]], file_id: str, replaces: str | None
) -> tuple[list[Earlier], Earlier | None]:
    """The newest of a buyer's other files, and the one that is chosen by its import.

    A file that another one states anew is that one's. Rejected: there is no finished import that
    could be replaced by that name.
    """
    finished = [row for row in begun if row.state == FINISHED and row.first_date is not None]
    runs = _Runs(begun)
    superseded = {
        runs.by_id[each].file_id
        for row in finished
        for each in row.supersedes
        if each in runs.by_id
    }
    newest = {row.file_id: row for row in reversed(finished) if str(row.file_id) != file_id}
    every = [
        _earlier(row, runs)
        for row in sorted(newest.values(), key=lambda row: row.started_at, reverse=True)
        if row.file_id not in superseded
    ]
    if replaces is None:
        return every, None
    for row in finished:
        if str(row.import_id) == replaces and str(row.file_id) != file_id:
            held = [each for each in every if str(row.file_id) in each.files]
            chosen = held[0] if held else _earlier(row, runs)
            return (every if held else [chosen, *every]), chosen
    raise Rejected(
        f"the buyer has no finished import {replaces} of another file to replace", "replaces"
    )


class _Runs:
    """A buyer's imports by their ids, and those of each file: a buyer may have thousands."""

    def __init__(self, begun: Sequence[Row[Any]]) -> None:
        self.by_id = {row.import_id: row for row in begun}
        self.of_file: dict[UUID, list[Row[Any]]] = {}
        for row in self.by_id.values():
            self.of_file.setdefault(row.file_id, []).append(row)


def _earlier(row: Row[Any], runs: _Runs) -> Earlier:
    files = _files(row, runs)
    known = [each for file in files for each in runs.of_file[file] if each.first_date is not None]
    days = Span(min(each.first_date for each in known), max(each.last_date for each in known))
    return Earlier(row, frozenset(map(str, files)), days.months())


def _files(row: Row[Any], runs: _Runs) -> set[UUID]:
    """The file of an import and those that it states."""
    files: set[UUID] = set()
    following = [row.file_id]
    while following:
        file = following.pop()
        if file in files:
            continue
        files.add(file)
        following += [
            runs.by_id[name].file_id
            for run in runs.of_file[file]
            if run.state == FINISHED
            for name in run.supersedes
            if name in runs.by_id
        ]
    return files


def unfinished_others(begun: Sequence[Row[Any]], file_id: str) -> list[Row[Any]]:
    """The imports of other files that are not at their end."""
    return [row for row in begun if row.state != FINISHED and str(row.file_id) != file_id]


def check_finished(unfinished: Sequence[Row[Any]], months: Span | None) -> None:
    """Conflict: a file of these months, or of none yet, is not imported whole.

    By month: the rows that are left of it may be of any day. `months` None: not known yet.
    """
    for row in unfinished:
        known = row.first_date is not None
        if known and (months is None or not _meet(Span(row.first_date, row.last_date), months)):
            continue
        raise Conflict(
            f"the import of {row.name} is not finished: finish it first or take it back, since "
            "this file may state it anew"
        )


def of_months(every: Sequence[Earlier], months: Span) -> list[Earlier]:
    """Those that have payments of the same months."""
    return [each for each in every if _meet(each.months, months)]


def _meet(one: Span, other: Span) -> bool:
    one, other = one.months(), other.months()
    return one.first <= other.last and other.first <= one.last
