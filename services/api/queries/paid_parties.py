"""What parties were paid, from what their ranking is made of: a row a supplier, buyer and year.

It says what adding up the months says, of a third of the rows, and without asking what every
supplier is. Of whoever was touched since the ranking was refreshed the spend is asked.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span, cover, whole_years
from services.api.asked.question import Question
from services.api.queries.counted import any_span, filters, whole_months
from services.api.queries.judged import SUMS, which_hold
from services.api.queries.known import NOW, Known
from services.api.queries.party_spend import PARTY
from services.api.queries.touched import count_touched, is_touched, live_spend
from services.api.tables import party_spend, suppliers

_MOST_TOUCHED = 100
"""Of more, and they may be those who are paid most, to add up the months takes no longer."""


async def are_parties_kept(
    connection: AsyncConnection, question: Question, known: Known = NOW
) -> bool:
    """Whether a question is answered by `paid_parties`, and soonest by that."""
    if known is not NOW or not question.by_party or not _is_of_years(question):
        return False
    return await count_touched(connection) <= _MOST_TOUCHED


def _is_of_years(question: Question) -> bool:
    """Whether every day asked for is of a financial year that is asked for whole."""
    covers = [cover(span) for span in question.spans]
    return not any(
        one.days or (one.months is not None and whole_years(one.months).months) for one in covers
    )


def paid_parties(question: Question) -> Select[Any]:
    """The rows that `judged_rows` gives of single payments, added up by supplier and year."""
    live = live_spend().cte("live")
    stood = _asked(question, party_spend).where(~is_touched(party_spend))
    paid = union_all(stood, _asked(question, live)).subquery("paid")
    legal_form, source = _legal_form(question, paid)
    told: list[ColumnElement[Any]] = [
        *(paid.c[name] for name in ("class", "passed_on")),
        *(paid.c[name] for name in question.group_by if name != "organisation"),
        *(func.nullif(paid.c[name], "", type_=Text()).label(name) for name in PARTY),
        paid.c.organisation_name,
        legal_form,
        *(paid.c[f"holds_{number}"] for number in range(len(question.definitions))),
    ]
    return select(*told, *(paid.c[name] for name in SUMS)).select_from(source)


def _legal_form(question: Question, paid: Subquery) -> tuple[ColumnElement[Any], Any]:
    """The legal form of each supplier, and what it is read from with the rest.

    Of some buyers' suppliers one by one: all there are take as long as all else of a buyer's year.
    """
    is_supplier = suppliers.c.supplier_id == paid.c.supplier_id
    if not question.buyers:
        return suppliers.c.legal_form, paid.outerjoin(suppliers, is_supplier)
    found = select(suppliers.c.legal_form).where(is_supplier).scalar_subquery()
    return found.label("legal_form"), paid


def _asked(question: Question, table: Any) -> Select[Any]:
    """The rows of the buyers and years that are asked for, and which definitions hold for each."""
    names = ("supplier_id", "buyer", "financial_year", "class", "passed_on", *PARTY)
    columns = (table.c[name] for name in (*names, "organisation_name", *SUMS))
    where = filters(question, table)
    if question.spans != (Span(),):
        split = [whole_years(months).years for months in whole_months(question)]
        where.append(any_span(table.c.financial_year, [years for years in split if years]))
    return select(*columns, *which_hold(question, table.c.definitions)).where(*where)
