"""What state the facts of an obligation make together, whatever order they came in."""

from datetime import datetime
from typing import Literal, NamedTuple

State = Literal["planned", "raised", "acknowledged", "withdrawn", "skipped", "superseded"]


class Happenings(NamedTuple):
    """When each kind of fact was last recorded; None where it was not.

    `planned_at` is when the agreement's newest plan was made, where that plan lists the obligation;
    `later_stage_raised` whether a renewal stage of the same agreement that falls later was raised.
    """

    planned_at: datetime | None
    raised_at: datetime | None
    withdrawn_at: datetime | None
    acknowledged_at: datetime | None
    later_stage_raised: bool


def state_of(seen: Happenings) -> State:
    """The state; an obligation that was withdrawn lives again when a later plan or raising says so.

    `superseded`: neither raised nor in the newest plan. `skipped`: still planned although a later
    renewal stage was raised, as when an agreement became known late.
    """
    withdrawn = seen.withdrawn_at
    if seen.raised_at and not (withdrawn and withdrawn >= seen.raised_at):
        acknowledged = seen.acknowledged_at and seen.acknowledged_at >= seen.raised_at
        return "acknowledged" if acknowledged else "raised"
    if seen.planned_at and not (withdrawn and withdrawn >= seen.planned_at):
        return "skipped" if seen.later_stage_raised else "planned"
    return "withdrawn" if withdrawn else "superseded"


OPEN: frozenset[State] = frozenset({"planned", "raised", "acknowledged"})
"""The states in which an obligation still brings a date."""
