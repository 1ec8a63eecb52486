"""The split by programme (paper P1, section 2.3)."""

from collections.abc import Sequence

from services.api.statements.document import Bar, Chart, Figure, Section, Table
from services.api.statements.facts import Built, Facts, figure
from services.api.statements.held import Held
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show
from shared.codes import fold_code

_NONE = "No programme"
_MOST = 200
_CHARTED = 12


def programmes(facts: Facts) -> Built:
    """What is agreed and paid for each programme, the largest first."""
    rows = _rows(facts)
    known, paid_known = facts.agreed_coverage, facts.paid.whole.coverage()
    figures: list[Figure] = []
    for name, agreed, _, paid, _ in rows:
        figures += [
            figure(
                f"agreed.programme:{name}",
                f"{name}: agreed",
                pounds(agreed),
                "pounds",
                "Lines of this programme, by the days of the period on which they ran",
                coverage=known,
                rows=facts.register(programme=name),
            ),
            figure(
                f"agreed.programme-share:{name}",
                f"{name}: share of what is agreed",
                part(agreed, facts.agreed_pence),
                "share",
                "As a part of all that is agreed",
                coverage=known,
                rows=facts.register(programme=name),
            ),
            figure(
                f"paid.programme:{name}",
                f"{name}: paid",
                pounds(paid),
                "pounds",
                "Net payments that count, by the buyer's own map of its codes",
                coverage=paid_known,
                rows=facts.spend(facts.paid_period, "programme"),
            ),
        ]
    section = Section(
        id="programmes",
        title="By programme",
        paper="2.3",
        notes=[
            (
                "An agreement's lines name their programme; a payment's is found by the buyer's "
                "map of "
                "its codes, else by the ledger's own word."
            )
        ],
        figures=figures,
        tables=[_table(rows)],
        charts=[_chart(rows)],
    )
    return Built(section, _relations(rows))


Row = tuple[str, int, int, int, int]
"""A programme; pence agreed, agreed before, paid, paid before."""


def _rows(facts: Facts) -> list[Row]:
    names: dict[str, str] = {}
    sums: dict[str, list[int]] = {}
    for column, held in enumerate((facts.held, facts.before)):
        for programme, pence in _agreed(held):
            _add(names, sums, programme, column, pence)
    for column, paid in enumerate((facts.paid, facts.paid_before), 2):
        for name, of in sorted(paid.programmes.items(), key=lambda each: each[0] or ""):
            _add(names, sums, name or _NONE, column, of.counted_pence)
    found = [_row(names[key], values) for key, values in sums.items() if any(values)]
    found.sort(key=lambda row: (-row[1], -row[3], row[0]))
    rest = found[_MOST:]
    if not rest:
        return found
    together = [sum(column) for column in zip(*(row[1:] for row in rest), strict=True)]
    return [*found[:_MOST], _row(f"The {len(rest)} other programmes", together)]


def _row(name: str, values: Sequence[int]) -> Row:
    agreed, before, paid, earlier = values
    return name, agreed, before, paid, earlier


def _agreed(held: Sequence[Held]) -> list[tuple[str, int]]:
    return [(line.programme, line.pence) for one in held for line in one.lines]


def _add(
    names: dict[str, str], sums: dict[str, list[int]], name: str, column: int, pence: int
) -> None:
    key = fold_code(name)
    names.setdefault(key, name)
    sums.setdefault(key, [0, 0, 0, 0])[column] += pence


def _relations(rows: Sequence[Row]) -> list[Relation]:
    """The parts that are not 0 add up, and each is a share."""
    total = "agreed.total"
    shares = [
        Relation(f"agreed.programme-share:{row[0]}", "share", (f"agreed.programme:{row[0]}", total))
        for row in rows
    ]
    parts = {
        "agreed": tuple(f"agreed.programme:{row[0]}" for row in rows if row[1]),
        "paid": tuple(f"paid.programme:{row[0]}" for row in rows if row[3]),
    }
    sums = [Relation(f"{of}.total", "sum", names) for of, names in parts.items() if names]
    return [*sums, *shares]


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        id="programmes",
        title="Agreed and paid by programme",
        columns=[
            "Programme",
            "Agreed",
            "Agreed before",
            "Agreed: change",
            "Paid",
            "Paid before",
            "Paid: change",
        ],
        numeric=[1, 2, 3, 4, 5, 6],
        rows=[
            [
                name,
                *(
                    show(pounds(pence), "pounds")
                    for pence in (agreed, before, agreed - before, paid, earlier, paid - earlier)
                ),
            ]
            for name, agreed, before, paid, earlier in rows
        ],
        links=[None for _ in rows],
        left_out=0,
    )


def _chart(rows: Sequence[Row]) -> Chart:
    shown = rows[:_CHARTED]
    return Chart(
        id="programmes",
        title="Agreed and paid by programme",
        description="; ".join(
            f"{row[0]}: agreed {show(pounds(row[1]), 'pounds')}, "
            f"paid {show(pounds(row[3]), 'pounds')}"
            for row in shown
        ),
        unit="pounds",
        series=["Agreed", "Paid"],
        bars=[Bar(label=row[0], values=[pounds(row[1]), pounds(row[3])]) for row in shown],
    )
