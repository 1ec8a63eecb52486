"""What is to be told on a day of the obligations of one agreement, and what is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.notify.dates.words import in_words
from services.notify.planning.obligation import STAGES, Held, Obligation, ObligationKind

_IN_ONE: tuple[ObligationKind, ...] = (
    "notice",
    "commitment",
    "provider-notice",
    "renewal",
    "service",
    "lapse",
    "decision",
    "option",
    "review",
    "contacts",
    "monitoring",
)
"""What one message can say together, by which of them says most."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done on a day: obligations to raise, and those to leave out with a reason.

    `in_one` is the one of them that says how the agreement stands, `ahead` the dates that it names.
    """

    raise_now: list[Held] = field(default_factory=list)
    skip: list[tuple[Held, str]] = field(default_factory=list)
    in_one: Held | None = None
    ahead: Sequence[Obligation] = ()

    def stands(self, held: Held) -> Sequence[Obligation] | None:
        """The dates ahead that the message about an obligation names; None where it names none."""
        return self.ahead if held is self.in_one else None


def decide_due(held: Iterable[Held], today: date) -> Due:
    """What is due of one agreement's obligations: of the stages of a kind only the latest, once.

    A service that stood still brings several at once; people get the one that holds today. Of an
    agreement that became known late they get one message that says how it stands, with every date
    that is still ahead.
    """
    known = list(held)
    due = Due()
    standing = [h for h in known if h.state in ("planned", "raised")]
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
    if any(one.state in {"raised", "withdrawn", "closed"} for one in known):
        return due
    return _gathered(due, standing, today)


def _gathered(due: Due, standing: Sequence[Held], today: date) -> Due:
    """The same, with what comes late put into one message: of the agreement nothing was told."""
    together = [one for one in due.raise_now if one.obligation.kind in _IN_ONE]
    if all(one.obligation.raise_on == today for one in together):
        return due
    first = min(together, key=lambda one: _says_most(one.obligation, today))
    why = f"said in one message with what else came late: {_named(first.obligation)}"
    left_out = [(one, why) for one in together if one is not first]
    ahead = [
        one.obligation
        for one in standing
        if one is not first
        and one.obligation.kind in _IN_ONE
        and one.obligation.kind not in {*STAGES, "lapse"}
        and one.obligation.due_on >= today
    ]
    return Due(
        [one for one in due.raise_now if one is first or one not in together],
        due.skip + left_out,
        first,
        sorted(ahead, key=lambda one: one.due_on),
    )


def _says_most(one: Obligation, today: date) -> tuple[int, bool, date]:
    return _IN_ONE.index(one.kind), one.due_on < today, one.due_on


def _named(one: Obligation) -> str:
    return f"{one.kind} of {in_words(one.due_on)}"


def _latest(kind: ObligationKind, reached: list[Obligation], today: date) -> date | None:
    """The day of the latest stage of a kind that was reached."""
    return max(
        (one.due_on for one in reached if one.kind == kind and one.end >= today), default=None
    )
