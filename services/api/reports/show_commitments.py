"""The promises of a buyer's year as they are answered."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from services.api.asked.periods import Span
from services.api.commitments.measured import STATUSES
from services.api.commitments.measures import Judged, judge
from services.api.commitments.promise import read_promises
from services.api.kept.commitment_statements import Stated
from services.api.reports.read_commitments import AskedCommitments, Read
from services.api.withheld.personal import Shows

_MOST_EVIDENCE = 100
_OF_ITS_ADDRESS = ("buyer", "financial_year")


def show_commitments(
    asked: AskedCommitments, read: Read, stated: Sequence[Stated], shows: Shows
) -> dict[str, Any]:
    """Every promise by what was known, with what officers said of it."""
    promises = read_promises()
    judged = [judge(promise, read.known) for promise in promises.promises]
    said: dict[str, list[dict[str, Any]]] = {}
    for one in stated:
        said.setdefault(one.number, []).append(show_statement(one, shows))
    shown = [_promise(asked, read, one, said.get(one.promise.number, [])) for one in judged]
    counts = Counter(one.measured.status for one in judged)
    return {
        "buyer": asked.buyer,
        "financial_year": asked.year,
        "as_of": asked.as_of,
        "at": asked.at,
        "definition": asked.definition,
        "source": promises.source,
        "agreements": len(read.known.agreements),
        "other_agreements": read.others,
        "paid": _days(read.days),
        "paid_before": _days(read.days_before),
        "statuses": {status: counts[status] for status in STATUSES},
        "commitments": [one for one in shown if not one["number"].startswith("A")],
        "principles": [one for one in shown if one["number"].startswith("A")],
    }


def show_statement(one: Stated, shows: Shows) -> dict[str, Any]:
    """What an officer said, and who that is where the caller may see it."""
    said = {name: getattr(one, name) for name in Stated._fields if name not in _OF_ITS_ADDRESS}
    return said | {name: shows(said[name]) for name in ("who", "withdrawn_by")}


def _promise(
    asked: AskedCommitments, read: Read, one: Judged, said: Sequence[Any]
) -> dict[str, Any]:
    promise, measured = one
    evidence = [
        {"href": f"/v1/agreements/{row.agreement_id}", "says": f"{row.reference}: {row.says}"}
        for row in measured.evidence
    ]
    if measured.rests_on_payments:
        evidence += [
            {"href": _spend(asked, days), "says": f"payments from {days.since} to {days.until}"}
            for days in (read.days, read.days_before)
            if days is not None
        ]
    return {
        **{name: getattr(promise, name) for name in ("number", "section", "title")},
        "status": measured.status,
        "reason": measured.reason,
        "measured": promise.measured,
        "untold": promise.untold,
        "figures": measured.figures,
        "thresholds": promise.thresholds,
        "whose_thresholds": promise.whose,
        "evidence": evidence[:_MOST_EVIDENCE],
        "evidence_count": len(evidence),
        "statements": said,
    }


def _spend(asked: AskedCommitments, days: Span) -> str:
    """The question of /v1/spend whose answer the figures are of."""
    query = {
        "buyer": asked.buyer,
        "from": days.since,
        "to": days.until,
        "as_known_at": asked.as_of,
        **({} if asked.definition is None else {"definition": asked.definition}),
    }
    return f"/v1/spend?{urlencode(query)}"


def _days(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else span._asdict()
