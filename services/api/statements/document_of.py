"""The statement of facts: its sections in the order of paper P1, then every figure recomputed."""

from services.api.statements.check_figures import check_figures
from services.api.statements.document import Document, Period
from services.api.statements.facts import Facts
from services.api.statements.sections.ahead import ahead
from services.api.statements.sections.detail import detail
from services.api.statements.sections.lengths import lengths
from services.api.statements.sections.non_recurrent import non_recurrent
from services.api.statements.sections.notices import notices
from services.api.statements.sections.overview import overview
from services.api.statements.sections.programmes import programmes
from services.api.statements.sections.reach import reach
from services.api.statements.sections.uplift import uplift

_SECTIONS = (
    *(overview, detail, programmes, reach, ahead, lengths, uplift, notices, non_recurrent),
)


def document_of(facts: Facts, *, title: str, period_name: str, before_name: str) -> Document:
    """The whole statement."""
    built = [section(facts) for section in _SECTIONS]
    figures = [figure for one in built for figure in one.section.figures]
    relations = [relation for one in built for relation in one.relations]
    checked = check_figures(figures, relations, facts.claims)
    return Document(
        buyer=facts.buyer,
        buyer_name=facts.buyer_name,
        title=title,
        financial_year=facts.financial_year,
        period=Period(label=period_name, since=facts.period.since, until=facts.period.until),
        compared_with=Period(
            label=before_name, since=facts.before_period.since, until=facts.before_period.until
        ),
        counted_to=facts.paid_period.until,
        as_known_at=facts.as_known_at,
        definition=facts.definition,
        unsettled=facts.unsettled,
        sections=[one.section for one in built],
        claims=list(facts.claims),
        checks=checked.checks,
        warnings=checked.warnings,
    )
