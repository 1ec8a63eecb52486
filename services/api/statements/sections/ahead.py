"""What is agreed for the years ahead (P1, section 2.1; P4 asks for three years of plans)."""

from collections.abc import Sequence

from services.api.asked.periods import Span, financial_year
from services.api.statements.document import Coverage, Figure, Section, Table
from services.api.statements.facts import Built, Facts, cover_agreed, figure
from services.api.statements.held import Held
from services.api.statements.shown import pounds, show
from shared.codes import fold_code


def ahead(facts: Facts) -> Built:
    """Pounds agreed for each year that follows, by programme, as the terms stand."""
    known = {year: cover_agreed(held) for year, held in facts.ahead.items()}
    section = Section(
        id="ahead",
        title="Agreed for the years ahead",
        paper="2.1",
        notes=[
            (
                "As the terms stand: agreements that end are not counted beyond their end, "
                "whether or "
                "not they will be renewed; those with no end recorded are counted on."
            )
        ],
        figures=[_year(facts, year, held, known[year]) for year, held in facts.ahead.items()],
        tables=[_table(facts)],
        charts=[],
    )
    return Built(section)


def _year(facts: Facts, year: str, held: Sequence[Held], known: Coverage) -> Figure:
    return figure(
        f"ahead:{year}",
        f"Agreed for {year}",
        pounds(sum(one.pence for one in held)),
        "pounds",
        f"{len(held)} agreements that run on into the year, by the days of it",
        coverage=known,
        rows=facts.register(financial_year(year)),
    )


def _table(facts: Facts) -> Table:
    names: dict[str, str] = {}
    sums: dict[str, dict[str, int]] = {}
    for year, held in facts.ahead.items():
        for one in held:
            for line in one.lines:
                key = fold_code(line.programme)
                names.setdefault(key, line.programme)
                of = sums.setdefault(key, dict.fromkeys(facts.ahead, 0))
                of[year] += line.pence
    years = list(facts.ahead)
    in_order = sorted(sums, key=names.__getitem__)
    days = [financial_year(year) for year in years]
    period = Span(days[0].since, days[-1].until) if days else facts.period
    return Table(
        id="ahead",
        title="Agreed by programme for the years ahead",
        columns=["Programme", *years],
        numeric=list(range(1, len(years) + 1)),
        rows=[
            [names[key], *(show(pounds(sums[key][year]), "pounds") for year in years)]
            for key in in_order
        ],
        links=[facts.register(period, programme=names[key]) for key in in_order],
        left_out=0,
    )
