"""What state the facts of an obligation make together, whatever order they came in."""

from typing import Literal, NamedTuple

State = Literal["planned", "raised", "acknowledged", "closed", "withdrawn", "skipped", "superseded"]
Position = tuple[int, int]
"""Revision and sequence: where a fact stands among those of its agreement."""


class Happenings(NamedTuple):
    """The position of the last fact of each kind; None where there is none.

    `newest` is the agreement's newest plan, `planned` the same where that lists the obligation;
    `acknowledged` what the provider acknowledged last; `left_out` whether a stage of the same kind
    and agreement that falls later was raised, or anything of the agreement on its day or after.
    """

    planned: Position | None
    raised: Position | None
    withdrawn: Position | None
    acknowledged: Position | None
    left_out: bool
    newest: Position | None = None


def state_of(seen: Happenings) -> State:
    """The state; an obligation that was withdrawn lives again when a later plan or raising says so.

    `acknowledged`: by the provider, whose word it is that counts, and since it was last raised.
    `closed`: it was raised and nothing is left to do, since a later plan has it no more and nobody
    had to be told. `superseded`: neither raised nor in the newest plan. `skipped`: still planned
    although its day had come when something else was raised, as of an agreement that became known
    late: one message says how it stands.

    projections/renewals.py says in SQL which of them still bring a date.
    """
    withdrawn = seen.withdrawn
    if seen.raised and not (withdrawn and withdrawn > seen.raised):
        if seen.planned is None and seen.newest and seen.newest > seen.raised:
            return "closed"
        acknowledged = seen.acknowledged and seen.acknowledged >= seen.raised
        return "acknowledged" if acknowledged else "raised"
    if seen.planned and not (withdrawn and withdrawn > seen.planned):
        return "skipped" if seen.left_out else "planned"
    return "withdrawn" if withdrawn else "superseded"
