"""The sums of whole months by kind, from the smallest roll-up that tells apart what is asked.

By month and kind where suppliers and codes need not be told apart; by year and codes where
suppliers and months need not; else by month, supplier and codes: a million rows, by one pass.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    cast,
    func,
    select,
    union_all,
)

from services.api.asked.periods import whole_years
from services.api.asked.question import Question
from services.api.queries.counted import (
    any_span,
    filters,
    in_recoded,
    whole_months,
    year_recoded,
)
from services.api.queries.judged import (
    SUMS,
    code_filters,
    of_codes,
    of_payment,
    with_codes,
    year_of,
)
from services.api.tables import programmes, spend, spend_by_kind, spend_by_year


def sums_of_kinds(question: Question) -> Subquery:
    """Added up by kind and by what the question asks of payments and codes, before anything is
    asked of kinds.
    """
    months = whole_months(question)
    if question.by_kind:
        parts = [_added(question, spend_by_kind, any_span(spend_by_kind.c.month, months))]
    elif question.by_year:
        parts = _of_years_and_months(question)
    else:
        parts = [_of_months(question, any_span(spend.c.month, months))]
    return union_all(*parts).subquery("summed")


def _of_years_and_months(question: Question) -> list[Select[Any]]:
    """Whole years, and the months beside them; by programme those years month by month within
    which the codes become another one.
    """
    split = [whole_years(months) for months in whole_months(question)]
    years = [found.years for found in split if found.years is not None]
    table = spend_by_year.c
    whole = [any_span(table.financial_year, years)]
    parts = []
    if question.by_programme:
        whole.append(~year_recoded(programmes, table.coding_id, table.financial_year))
        of_month = year_of(spend.c.month)
        recoded = year_recoded(programmes, spend.c.coding_id, of_month)
        parts.append(_of_months(question, any_span(of_month, years), recoded))
    if beside := [months for found in split for months in found.months]:
        parts.append(_of_months(question, any_span(spend.c.month, beside)))
    return [_added(question, spend_by_year, *whole), *parts]


def _of_months(question: Question, *where: ColumnElement[bool]) -> Select[Any]:
    within = [~in_recoded(programmes)] if question.by_programme else []
    return _added(question, spend, *where, *within)


def _added(question: Question, table: Any, *where: ColumnElement[bool]) -> Select[Any]:
    source = table
    keys = [table.c.kind_id, *of_payment(question, table), *of_codes(question, programmes)]
    if "organisation" in question.group_by:
        keys.append(table.c.supplier_id.label("payee_id"))
    if question.by_codes:
        day = spend.c.month if table is spend else _april(table.c.financial_year)
        source = with_codes(question, source, table.c.coding_id, day, programmes)
    counted = table.c.kind_id.is_not(None), table.c.lines > 0
    asked = *filters(question, table), *code_filters(question, programmes)
    return add_up(table, keys).select_from(source).where(*asked, *where, *counted)


def _april(year: ColumnElement[int]) -> ColumnElement[Any]:
    """The first day of a financial year; of the calendar in the year before its first."""
    return func.make_date(func.greatest(year, 1), 4, 1)


def add_up(table: FromClause, keys: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """The sums of a table by these keys."""
    sums = [cast(func.sum(table.c[name]), BigInteger).label(name) for name in SUMS]
    return select(*keys, *sums).group_by(*keys)
