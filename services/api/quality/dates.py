"""Days of payment that are not right, and days on which nothing was paid."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from services.api.quality.finding import Finding, Rule, Sum, add
from services.api.quality.month import Month, months_between

STRAY = Rule(
    "dated-long-before",
    "a few payments dated half a year or more before all others",
    {"months": 6, "lines_share": 0.01},
    "a century or year mistyped; such days are left out where missing months are looked for",
)
GAP = Rule(
    "days-without-payment",
    "far more days without a payment than the buyer usually lets pass",
    {"days": 21, "times_usual": 3},
    "runs of payments come weekly or monthly, with a pause of some twelve days at Christmas; "
    "three weeks, and three times the longest of nineteen in twenty gaps, is a run that is missing",
)
_NINETEEN_IN_TWENTY = 0.95
_DAY = timedelta(days=1)


def main_part(months: Sequence[Month]) -> tuple[Sequence[Month], Sequence[Month]]:
    """The few months that stray long before all others, and the others."""
    total = sum(month.sum.lines for month in months)
    before, place = 0, 0
    for number in range(1, len(months)):
        before += months[number - 1].sum.lines
        if before > total * STRAY.thresholds["lines_share"]:
            break
        if months_between(months[number - 1].first, months[number].first) > _STRAY_MONTHS:
            place = number
    return months[:place], months[place:]


_STRAY_MONTHS = int(STRAY.thresholds["months"])


def dated_long_before(months: Sequence[Month]) -> Iterator[Finding]:
    """The payments of the months that stray, as one finding."""
    stray, others = main_part(months)
    if stray:
        total = add(*(month.sum for month in stray))
        says = f"the next payments are of {others[0].first:%Y-%m}"
        yield Finding(STRAY.name, stray[0].first, stray[-1].last, total, total.lines, says)


def gaps(days: Sequence[date]) -> Iterator[Finding]:
    """The gaps between days of payment that are far longer than usual.

    Not those in which a whole month is missing, which a rule of its own tells.
    """
    between = [(day + _DAY, later - _DAY) for day, later in pairwise(days)]
    lengths = [(until - since).days + 1 for since, until in between]
    if not lengths:
        return
    common = sorted(lengths)[int(_NINETEEN_IN_TWENTY * (len(lengths) - 1))]
    least = max(GAP.thresholds["days"], GAP.thresholds["times_usual"] * common)
    for (since, until), length in zip(between, lengths, strict=True):
        if length > least and months_between(since - _DAY, until + _DAY) <= 1:
            says = f"{length} days without a payment; 19 in 20 gaps are of {common} or fewer"
            yield Finding(GAP.name, since, until, Sum(), length, says, common, rows=None)
