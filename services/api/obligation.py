"""What state the facts of an obligation make together, whatever order they came in."""

from typing import Literal, NamedTuple

State = Literal["planned", "raised", "acknowledged", "withdrawn", "skipped", "superseded"]
Position = tuple[int, int]
"""Revision and sequence: where a fact stands among those of its agreement."""


class Happenings(NamedTuple):
    """The position of the last fact of each kind; None where there is none.

    `planned` is the agreement's newest plan, where that lists the obligation; `acknowledged` what
    the provider acknowledged last; `later_stage_raised` whether a renewal stage of the same
    agreement that falls later was raised.
    """

    planned: Position | None
    raised: Position | None
    withdrawn: Position | None
    acknowledged: Position | None
    later_stage_raised: bool


def state_of(seen: Happenings) -> State:
    """The state; an obligation that was withdrawn lives again when a later plan or raising says so.

    `acknowledged`: by the provider, whose word it is that counts, and since it was last raised.
    `superseded`: neither raised nor in the newest plan. `skipped`: still planned although a later
    renewal stage was raised, as when an agreement became known late.

    queries/renewals.py says in SQL which of them still bring a date.
    """
    withdrawn = seen.withdrawn
    if seen.raised and not (withdrawn and withdrawn > seen.raised):
        acknowledged = seen.acknowledged and seen.acknowledged >= seen.raised
        return "acknowledged" if acknowledged else "raised"
    if seen.planned and not (withdrawn and withdrawn > seen.planned):
        return "skipped" if seen.later_stage_raised else "planned"
    return "withdrawn" if withdrawn else "superseded"
