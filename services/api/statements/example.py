"""A small statement, made as every other is: the example of the API's description."""

from datetime import date
from functools import cache
from typing import Any

from services.api.asked.periods import Span, financial_year
from services.api.quality.month import months_of
from services.api.statements.document_of import document_of
from services.api.statements.facts import Facts, Paid, PaidPart, PaidTo
from services.api.statements.held import Agreement, Line, Provider, Version, held_in
from services.api.statements.packs import STATEMENT

_PENCE = 7_460_000_00


@cache
def example() -> dict[str, Any]:
    """One agreement, paid as it was agreed."""
    year, before = financial_year("2024-25"), financial_year("2023-24")
    hospice = Provider("GB-CHC-1036460", "Example Hospice", "matched", ((date.min, date.max),))
    agreement = Agreement(
        "2f1c5a5e-7a52-5a8e-9a55-0e7f0e0f1a10",
        "LDS-1",
        None,
        (
            Version(
                version=1,
                effective_on=date.min,
                start=date(2023, 4, 1),
                end=date(2026, 3, 31),
                maximum_end=None,
                kind="contract",
                route="direct",
                title="Hospice care",
                changes=(),
                has_rationale=False,
                provider=hospice,
                lines=(Line(0, "End of life", _PENCE, recurrent=True),),
            ),
        ),
    )
    part = PaidPart(12, _PENCE, 12, _PENCE, 0, {"matched": _PENCE})
    paid = Paid(
        part,
        {"End of life": part},
        (PaidTo("Example Hospice", _PENCE),),
        frozenset(months_of(Span(before.since, year.until))),
    )
    facts = Facts(
        buyer="GB-NHS-QWO",
        buyer_name="NHS West Yorkshire Integrated Care Board",
        financial_year="2024-25",
        period=year,
        before_period=before,
        paid_period=year,
        paid_before_period=before,
        definition="community-interest",
        unsettled=True,
        with_predecessors=False,
        as_known_at=None,
        held=held_in([agreement], year, unsettled=True),
        before=held_in([agreement], before, unsettled=True),
        ahead={"2025-26": held_in([agreement], financial_year("2025-26"), unsettled=True)},
        paid=paid,
        paid_before=paid,
        notices=(),
        claims=(),
    )
    document = document_of(facts, title=STATEMENT, period_name="2024-25", before_name="2023-24")
    return document.model_dump(mode="json")
