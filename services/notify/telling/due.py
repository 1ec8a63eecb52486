"""What is to be told on a day of the obligations of one agreement, and what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.notify.planning.obligation import STAGES, Held, Obligation, ObligationKind


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done on a day: obligations to raise, and those to leave out with a reason."""

    raise_now: list[Held] = field(default_factory=list)
    skip: list[tuple[Held, str]] = field(default_factory=list)


def decide_due(held: Iterable[Held], today: date) -> Due:
    """What is due of one agreement's obligations: of the stages of a kind only the latest, once.

    An agreement that became known late, or a service that stood still, brings several at once;
    people get the one that holds today.
    """
    due = Due()
    standing = [h for h in held if h.state in ("planned", "raised")]
    ripe = [h for h in standing if h.state == "planned" and h.obligation.raise_on <= today]
    reached = [h.obligation for h in (*ripe, *(h for h in standing if h.state == "raised"))]
    latest = {kind: _latest(kind, reached, today) for kind in STAGES}
    for one in ripe:
        if one.obligation.end < today:
            due.skip.append((one, "the agreement's end had passed already"))
        elif one.obligation.due_on != latest.get(one.obligation.kind, one.obligation.due_on):
            due.skip.append((one, "a later stage was reached already"))
        else:
            due.raise_now.append(one)
    return due


def _latest(kind: ObligationKind, reached: list[Obligation], today: date) -> date | None:
    """The day of the latest stage of a kind that was reached."""
    return max(
        (one.due_on for one in reached if one.kind == kind and one.end >= today), default=None
    )
