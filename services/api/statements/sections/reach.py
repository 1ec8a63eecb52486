"""How the money reaches providers, and what this statement does not capture (paper P1, 2.2)."""

from services.api.statements.document import Bar, Chart, Figure, Section, Table
from services.api.statements.facts import Built, Facts, figure
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show

_ROUTES = {
    "direct": "Paid by the buyer itself",
    "council": "Through a council (section 256, Better Care Fund, pooled budgets)",
    "nhs-provider": "Through an NHS provider",
    "lead-provider": "Through a lead provider, to its members too",
}
_CLASSES = {
    "matched": "The payee is surely an organisation",
    "review": "A person must settle which organisation it is",
    "unmatched": "No organisation was found",
    "redacted": "The ledger withholds the payee",
    "awaiting": "Not classified yet",
}


def reach(facts: Facts) -> Built:
    """Agreed pounds by route, gross pounds paid by what is known of the payee."""
    routes = dict.fromkeys(_ROUTES, 0)
    for held in facts.held:
        routes[held.version.route] = routes.get(held.version.route, 0) + held.pence
    outside = sum(pence for route, pence in routes.items() if route != "direct")
    section = Section(
        id="reach",
        title="Routes, and what is not captured",
        paper="2.2",
        notes=_not_captured(facts),
        figures=_figures(facts, routes, outside),
        tables=[_route_table(facts, routes), _class_table(facts)],
        charts=[_chart(routes)],
    )
    return Built(
        section,
        [
            Relation("agreed.total", "sum", tuple(f"agreed.route:{route}" for route in routes)),
            Relation(
                "agreed.outside",
                "sum",
                tuple(f"agreed.route:{route}" for route in routes if route != "direct"),
            ),
            Relation("agreed.outside.share", "share", ("agreed.outside", "agreed.total")),
        ],
    )


def _figures(facts: Facts, routes: dict[str, int], outside: int) -> list[Figure]:
    known, rows = facts.agreed_coverage, facts.register()
    return [
        *(
            figure(
                f"agreed.route:{route}",
                f"Agreed, route {route}",
                pounds(pence),
                "pounds",
                _ROUTES.get(route, "As the buyer calls it"),
                coverage=known,
                rows=facts.register(route=route),
            )
            for route, pence in routes.items()
        ),
        figure(
            "agreed.outside",
            "Agreed, through others",
            pounds(outside),
            "pounds",
            "Agreements whose route is not direct: the buyer's own payments don't show whom it "
            "reaches",
            coverage=known,
            rows=rows,
        ),
        figure(
            "agreed.outside.share",
            "Agreed, through others: share",
            part(outside, facts.agreed_pence),
            "share",
            "As a part of all that is agreed",
            coverage=known,
            rows=rows,
        ),
    ]


def _not_captured(facts: Facts) -> list[str]:
    gross = facts.paid.whole.gross
    unknown = sum(pence for name, pence in gross.items() if name != "matched")
    notes = [
        (
            "Not captured: money that reaches organisations through a council, an NHS provider or "
            "another body and that no agreement here names, and what other buyers pay themselves."
        ),
        (
            f"Of the pounds paid, {show(pounds(unknown), 'pounds')} (gross) went to payees that "
            f"are "
            "not surely matched with an organisation; more may count than is counted."
        ),
    ]
    if facts.unsettled:
        open_ = sum(held.pence for held in facts.held if held.counts is None)
        notes.append(
            f"Of the pounds agreed, {show(pounds(open_), 'pounds')} is with providers of which "
            "nothing settles yet whether they count; it is in what is agreed."
        )
    return notes


def _route_table(facts: Facts, routes: dict[str, int]) -> Table:
    return Table(
        id="routes",
        title="Agreed by route",
        columns=["Route", "What it is", "Agreed", "Share"],
        numeric=[2, 3],
        rows=[
            [
                route,
                _ROUTES.get(route, "As the buyer calls it"),
                show(pounds(pence), "pounds"),
                show(part(pence, facts.agreed_pence), "share"),
            ]
            for route, pence in routes.items()
        ],
        links=[facts.register(route=route) for route in routes],
        left_out=0,
    )


def _class_table(facts: Facts) -> Table:
    gross = facts.paid.whole.gross
    total = sum(gross.values())
    return Table(
        id="coverage",
        title="What was paid to everybody, gross, by what is known of the payee",
        columns=["Class", "What it is", "Paid, gross", "Share"],
        numeric=[2, 3],
        rows=[
            [
                name,
                said,
                show(pounds(gross.get(name, 0)), "pounds"),
                show(part(gross.get(name, 0), total), "share"),
            ]
            for name, said in _CLASSES.items()
        ],
        links=[f"{facts.payments(facts.paid_period)}&coverage={name}" for name in _CLASSES],
        left_out=0,
    )


def _chart(routes: dict[str, int]) -> Chart:
    return Chart(
        id="routes",
        title="Agreed by route",
        description="; ".join(
            f"{route}: {show(pounds(pence), 'pounds')}" for route, pence in routes.items()
        ),
        unit="pounds",
        series=["Agreed"],
        bars=[Bar(label=route, values=[pounds(pence)]) for route, pence in routes.items()],
    )
