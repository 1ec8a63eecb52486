"""Which extension options of an agreement are used up: the same answer for every reader."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from shared.agreement_parts import ExtensionOption
from shared.periods import span

MONTH_ENDS = timedelta(days=3)
"""31 March less six months is 30 September, plus six months 30 March: by so much registers differ
on where an option begins, and none is as short."""


class Offer(NamedTuple):
    """The end and the options of one version of an agreement's terms.

    `since` is the first day on which they hold: their own day, the start where that is later.
    `changes` is what the buyer calls the variation.
    """

    since: date
    end: date | None
    options: tuple[ExtensionOption, ...]
    changes: tuple[str, ...] = ()

    def replaces(self, before: "Offer") -> bool:
        """Whether the version before says nothing any more: it was wrong, or never held a day."""
        corrects = "correction" in self.changes and "extension" not in self.changes
        return corrects or self.since == before.since


class _Count(NamedTuple):
    """The options that are on offer, and the day on which each begins, once some are."""

    rights: list[tuple[str | None, date | None]] | None = None
    begins: Sequence[date | None] = ()


def options_used(offers: Sequence[Offer]) -> list[tuple[bool, ...]]:
    """Which options are used up under each version, of versions in the order in which they hold.

    An option is used up where the buyer says so, and where the end has moved past the day on which
    the option begins: an extension for a part of its length leaves nothing of it. The options begin
    one after the other at the end as it was in the first version that offers these options. A
    version that is replaced does not count: an end put right is no end moved.
    """
    found = []
    before = count = _Count()
    last: Offer | None = None
    for offer in offers:
        if last is not None and offer.replaces(last):
            count = before
        before, last = count, offer
        rights = [(option.length, option.until) for option in offer.options]
        if rights != count.rights:
            begins = [begin for begin, _ in option_spans(offer.end, offer.options)]
            count = _Count(rights, begins)
        found.append(
            tuple(
                option.used or _is_past(offer.end, begin)
                for option, begin in zip(offer.options, count.begins, strict=True)
            )
        )
    return found


def _is_past(end: date | None, begin: date | None) -> bool:
    return begin is not None and end is not None and end > begin + MONTH_ENDS


def option_spans(
    end: date | None, options: Sequence[ExtensionOption]
) -> list[tuple[date | None, date | None]]:
    """From which day each option extends to which; None for those used already, or not known.

    Lengths are summed before they are added: six months twice from 31 August is 31 August.
    """
    spans: list[tuple[date | None, date | None]] = []
    since, length = end, relativedelta()
    for option in options:
        if option.used:
            spans.append((None, None))
            continue
        begins = None if since is None else since + length
        if option.until is not None:
            since, length = option.until, relativedelta()
        elif option.length is not None:
            length += span(option.length)
        spans.append((begins, None if since is None else since + length))
    return spans
