"""Lines, providers, the largest and their share (paper P1, section 2.3)."""

from collections.abc import Sequence
from decimal import Decimal

from services.api.statements.document import Figure, Section
from services.api.statements.facts import Built, Facts, figure
from services.api.statements.held import Held, HeldLine
from services.api.statements.relations import Relation
from services.api.statements.sections.detail_tables import (
    lines_table,
    paid_most_table,
    providers_table,
)
from services.api.statements.shown import part, pounds, show

LARGE_PENCE = 400_000_00
"""Lines of more a year are told together, as in paper P1."""
TOPS = (1, 5, 12)


def detail(facts: Facts) -> Built:
    """How many lines with how many providers, and how concentrated they are."""
    lines = facts.lines
    large = [line for _, line in lines if line.annual_pence > LARGE_PENCE]
    tops = [figure_ for top in TOPS for figure_ in _top(facts, lines, top)]
    section = Section(
        id="detail",
        title="Contract and grant lines",
        paper="2.3",
        notes=[
            (
                "A line is a sum a year for a programme within an agreement. Providers that are "
                "one "
                "organisation of a register count once, however their names are written."
            )
        ],
        figures=[*_counts(facts, lines), *_large(facts, large), *tops, _paid_organisations(facts)],
        tables=[providers_table(facts), lines_table(lines), paid_most_table(facts)],
        charts=[],
    )
    total = "agreed.total"
    return Built(
        section,
        [
            Relation("agreed.large.share", "share", ("agreed.large.total", total)),
            *(
                Relation(f"agreed.top-{top}.share", "share", (f"agreed.top-{top}.total", total))
                for top in TOPS
            ),
        ],
    )


def _counts(facts: Facts, lines: Sequence[tuple[Held, HeldLine]]) -> list[Figure]:
    annual = [line.annual_pence for _, line in lines]
    before = sum(len(held.lines) for held in facts.before)
    known, rows = facts.agreed_coverage, facts.register()
    return [
        figure(
            "agreed.lines",
            "Lines",
            len(lines),
            "count",
            "Lines that ran in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.lines.change",
            "Lines: change",
            len(lines) - before,
            "count",
            "Less those that ran in the period before",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.agreements",
            "Agreements",
            len(facts.held),
            "count",
            "Agreements that ran in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.providers",
            "Providers",
            len({held.version.provider.key for held in facts.held}),
            "count",
            "Organisations, and suppliers that are matched with none",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.smallest",
            "Smallest line",
            _pounds(min(annual, default=None)),
            "pounds",
            "A year, by the terms that held last in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.largest",
            "Largest line",
            _pounds(max(annual, default=None)),
            "pounds",
            "A year, by the terms that held last in the period",
            coverage=known,
            rows=rows,
        ),
    ]


def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else pounds(pence)


def _large(facts: Facts, large: Sequence[HeldLine]) -> list[Figure]:
    over = show(pounds(LARGE_PENCE), "pounds").removesuffix(".00")
    total = sum(line.pence for line in large)
    known, rows = facts.agreed_coverage, facts.register()
    return [
        figure(
            "agreed.large.lines",
            f"Lines over {over}",
            len(large),
            "count",
            f"Lines of more than {over} a year",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.large.total",
            f"Lines over {over} together",
            pounds(total),
            "pounds",
            "What they come to in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.large.share",
            f"Share of lines over {over}",
            part(total, facts.agreed_pence),
            "share",
            "As a part of all that is agreed",
            coverage=known,
            rows=rows,
        ),
    ]


def _top(facts: Facts, lines: Sequence[tuple[Held, HeldLine]], top: int) -> list[Figure]:
    total = sum(line.pence for _, line in lines[:top])
    known, rows = facts.agreed_coverage, facts.register()
    called = "The largest line" if top == 1 else f"The {top} largest lines"
    return [
        figure(
            f"agreed.top-{top}.total",
            called,
            pounds(total),
            "pounds",
            "What the largest come to in the period; all where there are fewer",
            coverage=known,
            rows=rows,
        ),
        figure(
            f"agreed.top-{top}.share",
            f"{called}: share",
            part(total, facts.agreed_pence),
            "share",
            "As a part of all that is agreed",
            coverage=known,
            rows=rows,
        ),
    ]


def _paid_organisations(facts: Facts) -> Figure:
    return figure(
        "paid.organisations",
        "Organisations that were paid",
        len(facts.paid.organisations),
        "count",
        "Organisations with payments that count; several payees may be one",
        coverage=facts.paid.whole.coverage(),
        rows=facts.spend(facts.paid_period, "organisation"),
    )
