"""An import as its doors show it, from what is kept of it.

Told in plain values: the database holds what passed the same rules, and to hold each import of a
page against ImportShown took longer than to tell it, 33 us beside 24 (the tests do).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.ingest.imports.same_bytes import SameBytes
from services.ingest.imports.settled import Settled, settled_as, still_rejected
from services.ingest.imports.tally import Count
from services.ingest.queries.tally_columns import read_tally
from services.ingest.republication.republication_report import republication_as_json
from services.ingest.routes.sheet_answer import show_sheet
from shared.lists.columns import Item
from shared.money import format_pounds

_NOT_USED = "the last answer could not be used"


def show_import(
    row: Row[Any],
    request: Row[Any] | None,
    settled: Sequence[Settled],
    before: SameBytes | None,
    *,
    officer: bool,
) -> Item:
    """An import's row, with what was asked of the service, which rejects are settled since and what
    brought its bytes `before`: the fields of ImportShown.

    What of the file's values may be a name is shown to an `officer` of the buyer only.
    """
    tally = read_tally(row)
    sheets = [show_sheet(sheet, officer=officer) for sheet in row.sheets]
    failure = None if request is None else request.failure
    if failure is not None and any(each.question_withheld for each in sheets):
        failure = _NOT_USED
    left = still_rejected(tally.rejected_by_reason, settled)
    return {
        "import_id": str(row.import_id),
        "buyer": row.buyer,
        "file": row.name,
        "run": row.run,
        "same_bytes_as": before and _same_bytes(before),
        "state": row.state,
        "failure": failure,
        "rows_about": None if request is None else request.rows_about,
        "started_at": row.started_at.isoformat(),
        "moved_at": row.moved_at.isoformat(),
        "read": tally.read,
        "accepted": _count(tally.accepted),
        "already_known": _count(tally.already_known),
        "changed": _count(tally.changed),
        "rejected": _count(sum(left.values(), Count())),
        "corrected": {
            "accepted": _count(settled_as("accepted", settled)),
            "already_known": _count(settled_as("already_known", settled)),
        },
        "dismissed": _count(settled_as("dismissed", settled)),
        "skipped_by_kind": _counts(tally.skipped_by_kind),
        "rejected_by_reason": {reason: _numbered(count) for reason, count in left.items()},
        "reworded_by_field": _counts(tally.reworded_by_field),
        "repeated": _numbered(tally.repeated),
        "first_date": tally.first_date and tally.first_date.isoformat(),
        "last_date": tally.last_date and tally.last_date.isoformat(),
        "sheets": [each.sheet for each in sheets],
        "republication": row.republication and republication_as_json(row.republication),
        "taking_back": row.taking_back and _taking_back(row.taking_back),
        "withheld": any(each.withheld for each in sheets),
    }


def _same_bytes(before: SameBytes) -> Item:
    return {**before._asdict(), "started_at": before.started_at.isoformat()}


def _taking_back(kept: Mapping[str, Any]) -> Item:
    counts = {
        name: {"rows": kept[name]["rows"], "pounds": format_pounds(kept[name]["pence"])}
        for name in ("withdrawn", "restored", "kept")
    }
    return {"who": kept["who"], "reason": kept["reason"], "at": kept["at"], **counts}


def _count(count: Count) -> Item:
    return {"rows": count.rows, "pounds": format_pounds(count.pence)}


def _numbered(count: Count) -> Item:
    return {**_count(count), "first_rows": count.first}


def _counts(counts: Mapping[str, Count]) -> dict[str, Item]:
    return {name: _count(count) for name, count in counts.items()}
