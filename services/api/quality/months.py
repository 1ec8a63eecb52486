"""Months that are missing, overdue, late or in part, and what is odd within one."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.api.asked.periods import Span, first_of_month
from services.api.quality.finding import Finding, Rule, Sum
from services.api.quality.month import Month, later_month, months_between, runs
from services.api.quality.publication import SLACK, Duty
from services.api.quality.usual import usual

MISSING = Rule(
    "month-missing",
    "months without any payment between months that have some",
    {"months": 1},
    "no body pays nothing for a month; the file was not published or not loaded",
)
OVERDUE = Rule(
    "month-overdue",
    "months after the newest payment that should have been published by now",
    {"slack_days": SLACK.days},
    "the day by which the body must publish, and a week to load it",
)
LATE = Rule(
    "month-late",
    "half or more of the month's lines were recorded here after it had to be published",
    {"lines_share": 0.5, "slack_days": SLACK.days},
    "months that ended before the first payment of the buyer was recorded are history loaded in "
    "one go, of which nobody knows when it was published: they are not judged",
)
PARTIAL = Rule(
    "month-partial",
    "a month with far fewer lines than those around it: part of it may not have arrived",
    {"median_share": 0.5, "spreads_below": 4, "median_lines": 20, "months_each_side": 12},
    "half of the median and four spreads below is no quiet August; with fewer than 20 lines in a "
    "usual month chance alone does it",
)
NEGATIVE = Rule(
    "month-negative",
    "a month whose credits exceed its payments",
    {"net_pence_below": 0},
    "a buyer is not paid by its suppliers: signs may be turned, or the month is in part",
)
ROUND = Rule(
    "round-sums",
    "many more lines of exact thousands of pounds than usual: estimates, or another kind of list",
    {"share_above": 0.05, "spreads_above": 5, "lines": 50, "months": 6},
    "against the buyer's own median, since grants and block contracts are round by nature; five "
    "hundredths and five spreads above it is another way of accounting",
)
_FEWEST_NEIGHBOURS = 6


def missing_months(months: Sequence[Month], between: Span) -> Iterator[Finding]:
    """The runs of months without lines among those from the first day to the last."""
    there = {month.first for month in months}
    count = months_between(between.since, between.until) + 1
    every = (later_month(first_of_month(between.since), number) for number in range(count))
    for run in runs(month for month in every if month not in there):
        number = months_between(*run) + 1
        says = "no payment in the month" if number == 1 else f"no payment in {number} months"
        yield Finding(MISSING.name, *run, Sum(), number, says, rows=None)


def overdue_months(last: date, until: date, duty: Duty, as_of: date) -> Iterator[Finding]:
    """The months after that of the `last` payment, not beyond `until`, that were due."""
    overdue = []
    month = later_month(last, 1)
    while month <= until and as_of > duty.due(month) + SLACK:
        overdue.append(month)
        month = later_month(month, 1)
    for run in runs(overdue):
        days = (as_of - duty.due(run.since)).days
        says = f"due on {duty.due(run.since)} ({duty.source}), {days} days before {as_of}"
        yield Finding(OVERDUE.name, *run, Sum(), days, says, rows=None)


def late_months(months: Sequence[Month], first_recorded: date, duty: Duty) -> Iterator[Finding]:
    """The months that were recorded late, of those that ended once the buyer was being recorded."""
    for month in months:
        if month.last < first_recorded:
            continue
        due = duty.due(month.first)
        late = {day: lines for day, lines in month.recorded.items() if day > due + SLACK}
        share = sum(late.values()) / month.sum.lines
        if share >= LATE.thresholds["lines_share"]:
            days = (min(late) - due).days
            yield Finding(
                LATE.name,
                month.first,
                month.last,
                month.sum,
                days,
                f"{share:.0%} of the lines recorded {days} days or more after {due}, when they "
                f"were due ({duty.source})",
            )


def partial_months(months: Sequence[Month], duty: Duty | None, as_of: date) -> Iterator[Finding]:
    """The months with far fewer lines than those around them.

    Neither the first, in which a history may begin on any day, nor one that is not due yet.
    """
    thresholds = PARTIAL.thresholds
    reach = int(thresholds["months_each_side"])
    for place, month in enumerate(months[1:], 1):
        due = duty.due(month.first) if duty else month.last
        around = [*months[max(place - reach, 0) : place], *months[place + 1 : place + 1 + reach]]
        if as_of <= due + SLACK or len(around) < _FEWEST_NEIGHBOURS:
            continue
        common = usual([each.sum.lines for each in around])
        least = min(
            common.median * thresholds["median_share"],
            common.median - thresholds["spreads_below"] * common.spread,
        )
        if common.median >= thresholds["median_lines"] and month.sum.lines < least:
            yield Finding(
                PARTIAL.name,
                month.first,
                month.last,
                month.sum,
                month.sum.lines,
                f"{month.sum.lines:,} lines; the months around it have {common.median:,.0f}",
                usual=common.median,
            )


def negative_months(months: Sequence[Month]) -> Iterator[Finding]:
    """The months whose net is negative."""
    for month in months:
        if month.sum.pence < NEGATIVE.thresholds["net_pence_below"]:
            says = "credits exceed payments"
            yield Finding(
                NEGATIVE.name, month.first, month.last, month.sum, month.sum.pence / 100, says
            )


def round_months(months: Sequence[Month]) -> Iterator[Finding]:
    """The months with many more exact thousands than the buyer's own usual."""
    thresholds = ROUND.thresholds
    judged = [month for month in months if month.sum.lines >= thresholds["lines"]]
    if len(judged) < thresholds["months"]:
        return
    common = usual([month.thousands.lines / month.sum.lines for month in judged])
    most = common.median + max(
        thresholds["share_above"], thresholds["spreads_above"] * common.spread
    )
    for month in judged:
        share = month.thousands.lines / month.sum.lines
        if share > most:
            yield Finding(
                ROUND.name,
                month.first,
                month.last,
                month.thousands,
                round(share, 6),
                f"{share:.1%} of the lines are exact thousands, usually {common.median:.1%} are",
                usual=round(common.median, 6),
                rows={"whole_thousands": "true"},
            )
