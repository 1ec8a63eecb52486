"""An obligation as it is shown: its date, its state, and who knows of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from services.api.obligation import Happenings, Position, State, state_of
from services.api.queries.agreements import Row
from services.api.routes.door import Answer

_UK = ZoneInfo("Europe/London")


class UndeliveredAnswer(Answer):
    """A message about the obligation that is no longer tried."""

    channel: str
    attempts: int
    reason: str


class AcknowledgementAnswer(Answer):
    """Somebody's word that what was told last was read."""

    recipient: str = Field(description="Whom the message was for: an org-id, or a supplier's id")
    capacity: str = Field(
        description="provider; or buyer, by its officer, who may acknowledge what is for others"
    )
    channel: str
    acknowledged_at: datetime


class SendByAnswer(Answer):
    """The last day to send a notice by a channel so that it counts as served in time."""

    channel: str
    day: date
    before: time | None = Field(description="Before which hour of it; null: at any")


class ObligationAnswer(Answer):
    """A date that an agreement brings, and how far it has come."""

    obligation_id: UUID
    kind: str = Field(
        description="renewal: a stage before the end; service: one before the last safe day to"
        " serve notice; decision: the buyer's deadline; lapse: nobody decided by it;"
        " paid-after-end: it ended, and payments go on; notice, provider-notice: the last safe"
        " day to serve it; commitment: the day that keeps a policy of longer notice;"
        " over: it had ended when it became known; option: to extend, by then; review,"
        " contacts, monitoring: they come back; notice-short: a notice"
        " that is too short since its dates moved; end-date: none is recorded, and it is asked for"
    )
    due_on: date
    stage: str | None = Field(description="How long before its day a stage is, by ISO 8601 (P6M)")
    rule: str | None = Field(description="How the date was worked out")
    send_by: list[SendByAnswer] = Field(
        description="For each channel for which the agreement says when a notice counts as served"
    )
    state: State = Field(
        description="acknowledged: by the provider, since it was last raised; closed: it was"
        " raised, and nothing is left to do"
    )
    raised_at: datetime | None
    acknowledged_by_provider_at: datetime | None
    acknowledged_by_buyer_at: datetime | None
    acknowledgements: list[AcknowledgementAnswer]
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    undelivered: list[UndeliveredAnswer]


def show_obligations(
    rows: Sequence[Row], acknowledgements: Mapping[str, Sequence[Row]]
) -> list[dict[str, Any]]:
    """An agreement's obligations by date, without those that a newer plan replaced in silence."""
    last_stage = {
        kind: max(
            (row["due_on"] for row in rows if row["kind"] == kind and row["raised_at"]),
            default=date.min,
        )
        for kind in ("renewal", "service")
    }
    # notify decides at once of everything of an agreement whose day has come, to tell it or not; a
    # last safe day is always told.
    decided_on = max(
        (row["raised_at"].astimezone(_UK).date() for row in rows if row["raised_at"]),
        default=date.min,
    )
    last_question = max((row["due_on"] for row in rows if row["kind"] == "end-date"), default=None)
    shown = []
    for row in rows:
        if row["kind"] == "end-date" and row["due_on"] != last_question:
            continue  # it is asked anew each quarter
        raised = _position(row, "raised_")
        said = [
            each
            for each in acknowledgements[row["obligation_id"]]
            if raised is None or (each["revision"], each["sequence"]) >= raised
        ]
        by_provider = [each for each in said if each["capacity"] == "provider"]
        state = state_of(
            Happenings(
                planned=_position(row, "newest_") if row["in_newest"] else None,
                raised=raised,
                withdrawn=_position(row, "withdrawn_"),
                acknowledged=max(
                    ((each["revision"], each["sequence"]) for each in by_provider), default=None
                ),
                left_out=row["due_on"] < last_stage.get(row["kind"], date.min)
                or (row["kind"] != "notice" and row["due_on"] <= decided_on),
                newest=_position(row, "newest_"),
            )
        )
        if state != "superseded":
            fields = {name: row[name] for name in ObligationAnswer.model_fields if name in row}
            shown.append(
                fields
                | {
                    "state": state,
                    "send_by": row["send_by"] or [],
                    "acknowledged_by_provider_at": _first(by_provider),
                    "acknowledged_by_buyer_at": _first(
                        [each for each in said if each["capacity"] == "buyer"]
                    ),
                    "acknowledgements": [
                        {name: each[name] for name in AcknowledgementAnswer.model_fields}
                        for each in said
                    ],
                    "undelivered": row["undelivered"] or [],
                }
            )
    return shown


def _position(row: Row, of: str) -> Position | None:
    revision, sequence = row[f"{of}revision"], row[f"{of}sequence"]
    return None if revision is None else (revision, sequence)


def _first(said: Sequence[Row]) -> datetime | None:
    return min((each["acknowledged_at"] for each in said), default=None)
