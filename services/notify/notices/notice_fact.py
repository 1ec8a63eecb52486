"""A step of a notice as the fact that is published: without the names that stay here."""

from services.notify.publish import Published
from services.notify.queries.notices import Entry
from services.notify.telling.fact import Position
from shared.events import NoticeRecorded
from shared.identity import identify

_OF_THE_VERDICT = (
    "served_on",
    "last_day",
    "days_given",
    "days_needed",
    "in_time",
    "last_safe_service",
    "rule",
)


def notice_recorded(entry: Entry, position: Position) -> Published:
    """The fact of a step; the same step has the same event id."""
    notice, verdict = entry.notice, entry.notice.verdict
    worked_out = {name: getattr(verdict, name, None) for name in _OF_THE_VERDICT}
    fact = NoticeRecorded.model_validate(
        {
            "notice_id": notice.notice_id,
            "number": entry.number,
            "agreement_id": notice.agreement_id,
            "buyer": notice.buyer,
            "step": entry.step,
            "state": notice.state,
            "kind": notice.kind,
            "given_by": notice.given_by,
            "changes": notice.changes,
            "acts_on": notice.acts_on,
            **worked_out,
            "exception": notice.excuse.ground if notice.excuse else None,
            **position._asdict(),
            "recorded_at": entry.recorded_at,
        },
        strict=False,
    )
    event_id = identify(fact.TYPE, notice.notice_id, str(entry.number))
    return event_id, notice.agreement_id, fact
