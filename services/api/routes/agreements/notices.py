"""A notice as it is shown: what was given, when, and whether it was in time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.api.queries.agreements import Row
from services.api.routes.door import Answer


class NoticeAnswer(Answer):
    """A formal act on the agreement by one of its sides, as it stands.

    Days are counted from the day of service, excluded, to `last_day`, included.
    """

    notice_id: UUID
    kind: str = Field(description="termination, non-renewal, renewal, extension or variation")
    given_by: str = Field(description="buyer or provider")
    state: str = Field(description="drafted, served, acknowledged, withdrawn or expired")
    changes: list[str]
    acts_on: date | None = Field(
        description="The last day (termination), the first day of the change (variation), the new"
        " end (renewal, extension)"
    )
    served_on: date | None
    last_day: date | None
    days_given: int | None
    days_needed: int | None
    in_time: bool | None = Field(
        description="null: no period is asked for, or none is recorded; see rule"
    )
    last_safe_service: date | None
    rule: str | None
    exception: str | None = Field(
        description="Where it is shorter: mutual-agreement, breach or instruction"
    )
    recorded_at: datetime


def show_notices(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """An agreement's notices."""
    return [{name: row["content"][name] for name in NoticeAnswer.model_fields} for row in rows]
