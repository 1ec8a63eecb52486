"""The columns of an import's row that hold its tally."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from services.ingest.imports.tally import Count, Tally

_REPEATED = "repeated"


def tally_values(tally: Tally) -> dict[str, Any]:
    """The columns of a tally."""
    return {
        "read": tally.read,
        "accepted": tally.accepted.rows,
        "accepted_pence": tally.accepted.pence,
        "already_known": tally.already_known.rows,
        "already_known_pence": tally.already_known.pence,
        "changed": tally.changed.rows,
        "changed_pence": tally.changed.pence,
        "rejected": tally.rejected.rows,
        "rejected_pence": tally.rejected.pence,
        "rejected_by_reason": _stored(tally.rejected_by_reason),
        "reworded_by_field": _stored(tally.reworded_by_field),
        "repeated": _stored({_REPEATED: tally.repeated}),
        "first_date": tally.first_date,
        "last_date": tally.last_date,
        "skipped_by_kind": _stored(tally.skipped_by_kind),
    }


def read_tally(row: Row[Any]) -> Tally:
    """The tally of an import's row."""
    return Tally(
        Count(row.accepted, row.accepted_pence),
        Count(row.already_known, row.already_known_pence),
        _counts(row.rejected_by_reason),
        row.first_date,
        row.last_date,
        _counts(row.reworded_by_field),
        _counts(row.skipped_by_kind),
        _counts(row.repeated)[_REPEATED],
        Count(row.changed, row.changed_pence),
    )


def _stored(counts: Mapping[str, Count]) -> dict[str, dict[str, Any]]:
    return {
        name: {"rows": count.rows, "pence": count.pence, "first": count.first}
        for name, count in counts.items()
    }


def _counts(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Count]:
    return {
        name: Count(each["rows"], each["pence"], tuple(each["first"]))
        for name, each in stored.items()
    }
