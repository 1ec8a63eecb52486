"""An obligation as it is shown: its date, its state, and who knows of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.api.obligation import Happenings, State, state_of
from services.api.queries.agreements import Row
from services.api.routes.door import Answer


class UndeliveredAnswer(Answer):
    """A message about the obligation that is no longer tried."""

    channel: str
    attempts: int
    reason: str


class ObligationAnswer(Answer):
    """A date that an agreement brings, and how far it has come."""

    obligation_id: UUID
    kind: str = Field(description="renewal: a stage before the end; notice: last day to serve it")
    due_on: date
    stage: str | None = Field(
        description="How long before the end a renewal stage is, by ISO 8601 (P6M)"
    )
    rule: str | None = Field(description="How the date was worked out")
    state: State
    raised_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(description="Shown to the buyer's officers")
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    undelivered: list[UndeliveredAnswer]


def show_obligations(rows: Sequence[Row], *, officer: bool) -> list[dict[str, Any]]:
    """An agreement's obligations by date, without those that a newer plan replaced in silence."""
    last_stage = max(
        (row["due_on"] for row in rows if row["kind"] == "renewal" and row["raised_at"]),
        default=date.min,
    )
    shown = []
    for row in rows:
        state = state_of(
            Happenings(
                planned_at=row["planned_at"],
                raised_at=row["raised_at"],
                withdrawn_at=row["withdrawn_at"],
                acknowledged_at=row["acknowledged_at"],
                later_stage_raised=row["kind"] == "renewal" and row["due_on"] < last_stage,
            )
        )
        if state != "superseded":
            fields = {name: row[name] for name in ObligationAnswer.model_fields if name in row}
            shown.append(
                fields
                | {
                    "state": state,
                    "acknowledged_by": row["acknowledged_by"] if officer else None,
                    "undelivered": row["undelivered"] or [],
                }
            )
    return shown
