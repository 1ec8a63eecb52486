"""Why what was told of an agreement no longer holds, in words."""

from collections.abc import Iterator
from datetime import date

from services.notify.dates.words import in_words
from services.notify.planning.agreement import History
from services.notify.planning.obligation import RECURRING, Obligation


def why_withdrawn(
    history: History, obligation: Obligation, today: date, *, moved: bool = False
) -> str:
    """What of the agreement is no longer as it was told, or is known not to be when it comes."""
    if obligation.kind == "end-date":
        return _why_not_asked(history, today, moved=moved)
    if obligation.kind == "over":
        return _why_not_over(history, today, moved=moved)
    if obligation.kind == "notice-short":
        return "the notice was withdrawn, or gives other days than it did"
    if obligation.kind in RECURRING:
        return _why_not_again(history, today, moved=moved)
    if obligation.kind == "paid-after-end":
        return _why_not_paid(history, today, moved=moved)
    return (
        _ended(history, obligation, today)
        or _end_moved(history, obligation, today)
        or ("the agreement is with another provider now" if moved else None)
        or _end_will_move(history, obligation, today)
        or _notice_will_change(history, obligation, today)
        or _rules_changed(history, obligation)
    )


def _why_not_asked(history: History, today: date, *, moved: bool) -> str:
    if (ended_on := history.on(today).ended_on) is not None:
        return _ends(ended_on, today)
    if end := history.on(today).end:
        return f"its end is recorded now: {in_words(end)}"
    if moved:
        return "the agreement is with another provider now"
    if any(one.end for one in history.terms if one.effective_on > today):
        return "an end is recorded by a variation that takes effect later"
    return "the agreement begins later than was recorded"


def _why_not_over(history: History, today: date, *, moved: bool) -> str:
    agreement = history.on(today)
    if (last := agreement.last_day) and last >= today:
        return f"the agreement goes on: it ends on {in_words(last)}"
    if agreement.ended_on is not None:
        return _ends(agreement.ended_on, today)
    if moved:
        return "the agreement is with another provider now"
    return "what became of the agreement is recorded now"


def _why_not_again(history: History, today: date, *, moved: bool) -> str:
    if (ended_on := history.on(today).ended_on) is not None:
        return _ends(ended_on, today)
    if moved:
        return "the agreement is with another provider now"
    return "the agreement's dates or value changed, or how often the buyer asks for this"


def _why_not_paid(history: History, today: date, *, moved: bool) -> str:
    agreement = history.on(today)
    if agreement.last_day is None:
        return "the agreement has no end date now"
    if agreement.last_day >= today:
        return f"the agreement goes on: it ends on {in_words(agreement.last_day)}"
    if moved:
        return "the agreement is with another provider now"
    return (
        f"it ended on {in_words(agreement.last_day)}, and what was paid after that has been put "
        "right, is covered by another agreement, or is not looked for under the buyer's plan now"
    )


def _ended(history: History, obligation: Obligation, today: date) -> str | None:
    told, ended_on = in_words(obligation.end), history.on(today).ended_on
    if ended_on is not None:
        ended = _ends(ended_on, today)
        if ended_on < obligation.end:
            return f"{ended}, before {told}"
        # It went on past the end that was told, and was ended later: that end moved first.
        return f"{ended}, not on {told}" if ended_on > obligation.end else ended
    for day in _changes(history, today, obligation.end):
        ends = history.on(day).ended_on
        if ends is not None and ends < obligation.end:
            return f"{_ends(ends, today)}, before {told}"
    return None


def _ends(ended_on: date, today: date) -> str:
    return f"the agreement {'ended' if ended_on < today else 'ends'} on {in_words(ended_on)}"


def _end_moved(history: History, obligation: Obligation, today: date) -> str | None:
    end, told = history.on(today).end, in_words(obligation.end)
    if end is None:
        return f"the agreement no longer has an end date; it was to end on {told}"
    if end != obligation.end:
        return f"the end of the agreement moved from {told} to {in_words(end)}"
    return None


def _end_will_move(history: History, obligation: Obligation, today: date) -> str | None:
    told = in_words(obligation.end)
    for day in _changes(history, today, obligation.end):
        end = history.on(day).end
        if end is None:
            return f"from {in_words(day)} the agreement has no end date; it was to end on {told}"
        if end != obligation.end:
            moves = f"the end of the agreement moves from {told} to {in_words(end)}"
            return f"{moves}, by a variation that takes effect on {in_words(day)}"
    return None


def _notice_will_change(history: History, obligation: Obligation, today: date) -> str | None:
    notice = history.on(today).notice
    for day in _changes(history, today, obligation.due_on):
        if history.on(day).notice != notice:
            return f"other terms of notice apply from {in_words(day)}"
    return None


def _rules_changed(history: History, obligation: Obligation) -> str:
    if obligation.kind == "renewal":
        return "the buyer changed when it reminds of a renewal"
    if obligation.kind == "option":
        return "the option to extend changed or was taken up, or when the buyer reminds of it"
    if history.counts_working_days:
        return "the terms of notice that apply, or the bank holidays that they count by, changed"
    return "the terms of notice that apply changed"


def _changes(history: History, after: date, until: date) -> Iterator[date]:
    """The days on which other terms take effect, as far as is known."""
    day = history.next_change(after)
    while day is not None and day <= until:
        yield day
        day = history.next_change(day)
