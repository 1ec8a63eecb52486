"""The providers, the lines and who was paid most, as tables."""

from collections.abc import Sequence

from services.api.statements.document import Table
from services.api.statements.facts import Facts, agreement_link
from services.api.statements.held import Held, HeldLine
from services.api.statements.shown import part, pounds, show

_MOST_ROWS = 2_000
_MOST_PAID = 50
WITHHELD = "withheld: it may be a person"


def paid_most_table(facts: Facts) -> Table:
    """The organisations that were paid most."""
    found = facts.paid.organisations
    rows = facts.spend(facts.paid_period, "organisation")
    return Table(
        id="organisations",
        title="Organisations that were paid most",
        columns=["Organisation", "Paid", "Share"],
        numeric=[1, 2],
        rows=[
            [
                to.name,
                show(pounds(to.pence), "pounds"),
                show(part(to.pence, facts.paid.whole.counted_pence), "share"),
            ]
            for to in found[:_MOST_PAID]
        ],
        links=[rows for _ in found[:_MOST_PAID]],
        left_out=max(0, len(found) - _MOST_PAID),
    )


def providers_table(facts: Facts) -> Table:
    """Every provider with what is agreed with it."""
    by_provider: dict[str, list[Held]] = {}
    for held in facts.held:
        by_provider.setdefault(held.version.provider.key, []).append(held)
    found = sorted(
        by_provider.values(), key=lambda own: (-sum(h.pence for h in own), own[0].version.provider)
    )
    rows = []
    for own in found[:_MOST_ROWS]:
        provider, pence = own[0].version.provider, sum(held.pence for held in own)
        rows.append(
            [
                provider.name or WITHHELD,
                {True: "yes", None: "not settled"}.get(own[0].counts, "no"),
                str(len(own)),
                str(sum(len(held.lines) for held in own)),
                show(pounds(pence), "pounds"),
                show(part(pence, facts.agreed_pence), "share"),
            ]
        )
    return Table(
        id="providers",
        title="Providers, the largest first",
        columns=["Provider", "Counts", "Agreements", "Lines", "Agreed", "Share"],
        numeric=[2, 3, 4, 5],
        rows=rows,
        links=[
            agreement_link(own[0].agreement) if len(own) == 1 else None
            for own in found[:_MOST_ROWS]
        ],
        left_out=max(0, len(found) - _MOST_ROWS),
    )


def lines_table(lines: Sequence[tuple[Held, HeldLine]]) -> Table:
    """Every line with its agreement."""
    shown = lines[:_MOST_ROWS]
    return Table(
        id="lines",
        title="Lines, the largest first",
        columns=[
            "Agreement",
            "Title",
            "Provider",
            "Programme",
            "Kind",
            "Route",
            "A year",
            "Agreed",
            "Recurrent",
        ],
        numeric=[6, 7],
        rows=[
            [
                held.agreement.reference,
                held.version.title or WITHHELD,
                held.version.provider.name or WITHHELD,
                line.programme,
                held.version.kind,
                held.version.route,
                show(pounds(line.annual_pence), "pounds"),
                show(pounds(line.pence), "pounds"),
                "yes" if line.recurrent else "no",
            ]
            for held, line in shown
        ],
        links=[agreement_link(held.agreement) for held, _ in shown],
        left_out=max(0, len(lines) - _MOST_ROWS),
    )
