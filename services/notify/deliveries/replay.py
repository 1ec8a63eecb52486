"""What a subscriber asks to be sent again."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Rejected
from shared.fields import Instant

MOST_IDS = 1_000
MOST_AT_ONCE = 10_000


class ReplayWish(BaseModel):
    """Messages by `ids`, or those written from `since` on and before `until` (else up to now)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_IDS)] | None = Field(
        default=None, description="Notification ids, as `webhook-id` told them"
    )
    since: Instant | None = Field(default=None, examples=["2026-11-01T00:00:00Z"])
    until: Instant | None = None
    cursor: str | None = Field(
        default=None, description="`next_cursor` of the answer before, to go on with a long range"
    )
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = Field(
        default=MOST_AT_ONCE, description="How many messages of the range are looked at"
    )


def check_replay(wish: ReplayWish, now: datetime) -> tuple[datetime, datetime] | None:
    """The range that is meant, None where ids are; Rejected names the field at fault."""
    if (wish.ids is None) == (wish.since is None):
        raise Rejected("give ids, or since with until where it has an end", "ids")
    if wish.since is None:
        if wish.until is not None or wish.cursor is not None:
            raise Rejected("ids stand alone", "until" if wish.until else "cursor")
        return None
    until = wish.until or now + timedelta(microseconds=1)
    if until <= wish.since:
        raise Rejected("until must be after since", "until")
    return wish.since, until
