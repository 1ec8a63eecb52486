"""What a newer edition of a published list says that is not known yet: the facts that follow."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from services.ingest.agreement_files.entry import Entry
from services.ingest.agreements.agreement import ENDED, REGISTERED, VARIED, Data, Said, Standing
from services.ingest.agreements.read_agreement import read_agreement
from services.ingest.buyers.buyer import Buyers
from shared.envelope import Envelope
from shared.errors import Rejected
from shared.identity import agreement_id, identify, normalise_payee
from shared.money import format_pounds

_SOURCE = "/files/agreements"
_OF_A_VARIATION = ("effective_on", "changes", "reason")


def id_of(entry: Entry, buyer: str) -> str:
    """The agreement that an entry is about."""
    return agreement_id(buyer, entry.said["reference"])


def facts_of(
    entry: Entry, buyer: str, standing: Standing, edition: date, buyers: Buyers, now: datetime
) -> list[Said]:
    """What an entry says that is not known: a registration, a variation, an end; nothing, if so.

    A change holds from the day that the record gives, else from that of the edition, at the latest
    from its own end. What the record does not give (notice terms, members) stays as it is known.
    Rejected: as at every other door.
    """
    fresh = {"buyer": buyer, **entry.said}
    facts: list[Said] = []
    if not standing.terms_are_known:
        facts.append(_said(REGISTERED, fresh, buyers, now))
    elif (varied := _variation(entry, fresh, standing, edition)) is not None:
        facts.append(_said(VARIED, varied, buyers, now))
    if entry.ended_on is not None and standing.ended_on != entry.ended_on.isoformat():
        end = {
            "buyer": buyer,
            "reference": entry.said["reference"],
            "ended_on": entry.ended_on.isoformat(),
        }
        facts.append(_said(ENDED, end, buyers, now))
    return facts


def _said(kind: str, data: Mapping[str, Any], buyers: Buyers, now: datetime) -> Said:
    """A fact named by its content, checked as one that is posted."""
    content = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    return read_agreement(
        Envelope(identify("file-agreement", kind, content.decode()), _SOURCE, kind, content),
        buyers,
        now,
    )


def _variation(
    entry: Entry, fresh: Mapping[str, Any], standing: Standing, edition: date
) -> dict[str, Any] | None:
    """The whole terms as varied; None where the record says what is known to hold on its day."""
    day = (entry.effective_on or edition).isoformat()
    known = standing.terms_on(day) or standing.variations[0]
    before = {name: value for name, value in known.items() if name not in _OF_A_VARIATION}
    after = {**before, **fresh, "lines": _lines(before["lines"], fresh["lines"])}
    if entry.ongoing:
        after.pop("end", None)
    if "end" not in after:
        after["extension_options"] = []
    if not _pays_the_same(before, after) and "total_amount_pence" not in fresh:
        after.pop("total_amount_pence", None)  # that of the terms as they were
    if _same(before, after):
        return None
    if end := after.get("end"):
        day = min(day, end)
    changes = _changes(before, after)
    reason = {"reason": " ".join(entry.reason.split())[:200]} if entry.reason else {}
    return {**after, "effective_on": day, "changes": changes, **reason}


def _lines(before: list[Data], after: list[Data]) -> list[Data]:
    """The lines that the record states; those that are known where they come to the same.

    Rejected: several lines are known and a list has one amount, which nobody can share out.
    """
    yearly = sum(line["annual_amount_pence"] for line in before)
    stated = after[0]["annual_amount_pence"]
    if stated in {0, yearly} and yearly:
        return before
    if len(before) == 1:
        return after
    raise Rejected(
        f"the agreement's {len(before)} lines come to £{format_pounds(yearly)} a year, the list "
        f"says £{format_pounds(stated)}: send a variation that gives each line",
        "lines",
    )


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the terms agree, whatever stands unsaid in one of them and empty in the other."""
    names = {*before, *after} - {"lines"}
    if any((before.get(name) or None) != (after.get(name) or None) for name in names):
        return False
    return _amounts(before["lines"]) == _amounts(after["lines"])


def _pays_the_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    same_term = all(before.get(name) == after.get(name) for name in ("start", "end"))
    return same_term and _amounts(before["lines"]) == _amounts(after["lines"])


def _amounts(lines: list[Data]) -> list[tuple[str, int]]:
    return [(line["programme"], line["annual_amount_pence"]) for line in lines]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    changes = []
    if (after.get("end") or "9") > (before.get("end") or "9"):
        changes.append("extension")
    if _amounts(before["lines"]) != _amounts(after["lines"]):
        changes.append("value")
    if normalise_payee(before["provider"]) != normalise_payee(after["provider"]):
        changes.append("novation")
    if before["start"] != after["start"]:
        changes.append("correction")
    return changes
