"""A notice as officers see it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.notify.queries.notices import Entry

_EXAMPLE: dict[str, JsonValue] = {
    "notice_id": "6f1d4b0e-94a3-5c8f-8a70-2f7f3a9b1c5d",
    "kind": "termination",
    "given_by": "buyer",
    "acts_on": "2027-03-31",
    "changes": [],
    "state": "served",
    "exception": None,
    "served_on": "2026-09-30",
    "in_time": True,
    "days_given": 182,
    "days_needed": 182,
    "last_day": "2027-03-31",
    "last_safe_service": "2026-09-30",
    "earliest_end": "2027-03-31",
    "rule": "6 months' notice by the buyer's policy must be served by 30 September 2026 to run out "
    "by 31 March 2027: corresponding date rule, in clear days too",
    "steps": [
        {
            "number": 1,
            "step": "served",
            "recorded_by": "officer@buyer.example",
            "recorded_at": "2026-09-30T10:12:00Z",
            "note": None,
            "served_on": "2026-09-30",
            "in_time": True,
            "days_given": 182,
            "days_needed": 182,
        }
    ],
}


class NoticeStepView(BaseModel):
    """One step, with what was worked out then."""

    number: int
    step: str
    recorded_by: str
    recorded_at: datetime
    note: str | None
    served_on: date | None = None
    in_time: bool | None = None
    days_given: int | None = None
    days_needed: int | None = None


class NoticeView(BaseModel):
    """A notice as it stands. Days are counted from the day of service, excluded, to `last_day`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    notice_id: UUID
    kind: str
    given_by: str
    acts_on: date | None = Field(
        description="The last day (termination), the first day of the change (variation), the new "
        "end (renewal, extension)"
    )
    changes: list[str]
    state: str = Field(description="drafted, served, acknowledged, withdrawn or expired")
    exception: dict[str, JsonValue] | None = Field(
        description="The ground and its evidence, where it gives less notice than is needed"
    )
    served_on: date | None = None
    in_time: bool | None = Field(
        default=None, description="null: no period is asked for, or none is recorded; see rule"
    )
    days_given: int | None = None
    days_needed: int | None = None
    last_day: date | None = None
    last_safe_service: date | None = None
    earliest_end: date | None = Field(
        default=None, description="The first last day that this service could reach"
    )
    rule: str | None = None
    steps: list[NoticeStepView]

    @classmethod
    def of(cls, steps: Sequence[Entry]) -> Self:
        """The notice after the last of these steps."""
        notice = steps[-1].notice
        told = {name: getattr(notice, name) for name in ("kind", "given_by", "acts_on", "state")}
        return cls(
            notice_id=UUID(notice.notice_id),
            changes=list(notice.changes),
            exception=notice.excuse.model_dump(mode="json") if notice.excuse else None,
            steps=[_step(one) for one in steps],
            **told,
            **(notice.verdict.model_dump() if notice.verdict else {}),
        )


class NoticeLedger(BaseModel):
    """Every notice of an agreement, in the order in which they were first recorded."""

    agreement_id: UUID
    notices: list[NoticeView]


def _step(entry: Entry) -> NoticeStepView:
    verdict = entry.notice.verdict.model_dump() if entry.notice.verdict else {}
    names = ("served_on", "in_time", "days_given", "days_needed")
    return NoticeStepView(
        number=entry.number,
        step=entry.step,
        recorded_by=entry.recorded_by,
        recorded_at=entry.recorded_at,
        note=entry.note,
        **{name: verdict.get(name) for name in names},
    )
