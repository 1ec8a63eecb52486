"""Totals and the change on the period before (paper P1, section 2.2)."""

from typing import NamedTuple

from services.api.asked.periods import Span
from services.api.quality.month import months_of, runs
from services.api.statements.document import Bar, Chart, Coverage, Figure, Section
from services.api.statements.facts import Built, Facts, Paid, cover_agreed, figure
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show, show_day


class _Side(NamedTuple):
    """One account of the pounds: what is agreed, or what was paid; now and before."""

    of: str
    word: str
    measure: str
    now: int
    before: int | None
    coverage: Coverage
    coverage_before: Coverage
    rows: str
    rows_before: str


def overview(facts: Facts) -> Built:
    """What is agreed and paid, the change, and the part of all that was paid."""
    agreed = _Side(
        "agreed",
        "Agreed",
        "What the lines of agreements come to, by the days of the period on which they ran",
        facts.agreed_pence,
        facts.agreed_before_pence if facts.before else None,
        facts.agreed_coverage,
        cover_agreed(facts.before),
        facts.register(),
        facts.register(facts.before_period),
    )
    now, before = facts.paid.whole, facts.paid_before.whole
    paid = _Side(
        "paid",
        "Paid",
        "Net payments to suppliers that count on the day of payment",
        now.counted_pence,
        before.counted_pence if before.lines else None,
        now.coverage(),
        before.coverage(),
        facts.payments(facts.paid_period),
        facts.payments(facts.paid_before_period),
    )
    of_all = [
        figure(
            "paid.all",
            "Paid to everybody",
            pounds(now.pence),
            "pounds",
            "Net payments to everybody",
            coverage=now.coverage(),
            rows=paid.rows,
        ),
        figure(
            "paid.share",
            "Share of all that was paid",
            part(now.counted_pence, now.pence),
            "share",
            "Paid, as a part of what was paid to everybody",
            coverage=now.coverage(),
            rows=facts.spend(facts.paid_period),
        ),
        figure(
            "paid.unsettled",
            "Paid, of that to suppliers in review",
            pounds(now.unsettled_pence),
            "pounds",
            "It counts whichever organisation each of them is; a person must settle which",
            coverage=now.coverage(),
            rows=facts.spend(facts.paid_period),
        ),
    ]
    section = Section(
        id="overview",
        title="Overview",
        paper="2.2",
        notes=_notes(facts),
        figures=[*_figures(agreed), *_figures(paid), *of_all],
        tables=[],
        charts=[_chart(agreed, paid)],
    )
    return Built(section, [*_relations("agreed"), *_relations("paid"), _SHARE])


_NOT_KNOWN = "It can't be told: nothing of the period before is known"
_SHARE = Relation("paid.share", "share", ("paid.total", "paid.all"))


def _figures(side: _Side) -> list[Figure]:
    before = f"{side.word} in the period before"
    change = None if side.before is None else side.now - side.before
    return [
        figure(
            f"{side.of}.total",
            side.word,
            pounds(side.now),
            "pounds",
            side.measure,
            coverage=side.coverage,
            rows=side.rows,
        ),
        figure(
            f"{side.of}.before",
            before,
            None if side.before is None else pounds(side.before),
            "pounds",
            side.measure if side.before is not None else _NOT_KNOWN,
            coverage=side.coverage_before,
            rows=side.rows_before,
        ),
        figure(
            f"{side.of}.change",
            f"{side.word}: change",
            None if change is None else pounds(change),
            "pounds",
            "Less what it was in the period before" if change is not None else _NOT_KNOWN,
            coverage=side.coverage,
            rows=side.rows_before,
        ),
        figure(
            f"{side.of}.change-share",
            f"{side.word}: change in per cent",
            None if change is None else part(change, side.before or 0),
            "share",
            "The change as a part of what it was in the period before",
            coverage=side.coverage_before,
            rows=side.rows_before,
        ),
    ]


def _relations(of: str) -> list[Relation]:
    return [
        Relation(f"{of}.change", "difference", (f"{of}.total", f"{of}.before")),
        Relation(f"{of}.change-share", "change-share", (f"{of}.change", f"{of}.total")),
    ]


def _notes(facts: Facts) -> list[str]:
    notes = [
        (
            "Agreed is what agreements promise for the period; paid is what the ledger posted. "
            "The two "
            "differ by what is paid outside agreements, early, late or not at all."
        ),
    ]
    if facts.paid_period.until < facts.period.since:
        notes.append("The period has not begun: no payment is counted, of either period.")
    elif facts.paid_period != facts.period:
        notes.append(
            "The period is not over: payments are counted up to "
            f"{show_day(facts.paid_period.until)}, and those of the period before up to "
            f"{show_day(facts.paid_before_period.until)}."
        )
    notes += _unknown("the period", facts.paid_period, facts.paid)
    if facts.paid_before.whole.lines:
        notes += _unknown("the period before", facts.paid_before_period, facts.paid_before)
    else:
        notes.append("No payment of the period before is known, so what was paid has no change.")
    return notes


def _unknown(name: str, period: Span, paid: Paid) -> list[str]:
    """Which months of a period nothing is known of: the pounds of the others may not be all."""
    unknown = [month for month in months_of(period) if month not in paid.months]
    if not unknown:
        return []
    said = ", ".join(_show_months(months) for months in runs(unknown))
    return [
        (
            f"Of {name} no payment is known of {said}: where the ledger of these months was not"
            " sent in, what was paid is more than it says here."
        )
    ]


def _show_months(months: Span) -> str:
    first, last = (f"{day:%B %Y}" for day in months)
    return first if first == last else f"{first} to {last}"


def _chart(agreed: _Side, paid: _Side) -> Chart:
    sides = (agreed, paid)
    said = "; ".join(
        f"{side.word} {show(pounds(side.now), 'pounds')}, in the period before "
        f"{show(None if side.before is None else pounds(side.before), 'pounds')}"
        for side in sides
    )
    return Chart(
        id="totals",
        title="Agreed and paid, beside the period before",
        description=said,
        unit="pounds",
        series=["Period before", "This period"],
        bars=[
            Bar(
                label=side.word,
                values=[None if side.before is None else pounds(side.before), pounds(side.now)],
            )
            for side in sides
        ],
    )
