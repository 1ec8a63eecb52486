"""Money that does not recur (paper P1, section 5.4: as a variation, rarely as a new agreement)."""

from services.api.statements.document import Section, Table
from services.api.statements.facts import Built, Facts, agreement_link, figure
from services.api.statements.held import Agreement, Held, HeldLine
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show

_MOST = 500


def non_recurrent(facts: Facts) -> Built:
    """The lines that do not recur, and whether they were added to an agreement that there was."""
    once = [(held, line) for held, line in facts.lines if not line.recurrent]
    varied = [(held, line) for held, line in once if not _was_new(held.agreement)]
    total = sum(line.pence for _, line in once)
    known, rows = facts.agreed_coverage, facts.register()
    section = Section(
        id="non-recurrent",
        title="Non-recurrent money",
        paper="5.4",
        notes=[],
        figures=[
            figure(
                "once.lines",
                "Lines that do not recur",
                len(once),
                "count",
                "As the buyer marks them",
                coverage=known,
                rows=rows,
            ),
            figure(
                "once.total",
                "What they come to",
                pounds(total),
                "pounds",
                "By the days of the period on which they ran",
                coverage=known,
                rows=rows,
            ),
            figure(
                "once.share",
                "Share that does not recur",
                part(total, facts.agreed_pence),
                "share",
                "As a part of all that is agreed",
                coverage=known,
                rows=rows,
            ),
            figure(
                "once.varied",
                "Of these lines, by variation of an agreement",
                len(varied),
                "count",
                "The agreement's first terms held none; the others came with a new agreement",
                coverage=known,
                rows=rows,
            ),
        ],
        tables=[_table(once)],
        charts=[],
    )
    return Built(section, [Relation("once.share", "share", ("once.total", "agreed.total"))])


def _was_new(agreement: Agreement) -> bool:
    """Whether the agreement was made with money that does not recur."""
    return any(not line.recurrent for line in agreement.versions[0].lines)


def _table(once: list[tuple[Held, HeldLine]]) -> Table:
    shown = once[:_MOST]
    return Table(
        id="non-recurrent",
        title="Lines that do not recur",
        columns=["Agreement", "Programme", "Agreed", "Came by"],
        numeric=[2],
        rows=[
            [
                held.agreement.reference,
                line.programme,
                show(pounds(line.pence), "pounds"),
                "a new agreement" if _was_new(held.agreement) else "a variation",
            ]
            for held, line in shown
        ],
        links=[agreement_link(held.agreement) for held, _ in shown],
        left_out=max(0, len(once) - _MOST),
    )
