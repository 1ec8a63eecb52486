"""What is counted, added up as far as the question tells rows apart before more is asked of it.

Three sums a row, and the many sums of an answer only of what is left. Where suppliers, codes and
payments need not be told apart the roll-up by kind is read, of which there are few rows.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    any_,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    union_all,
)

from services.api.queries.counted import (
    any_span,
    counted_payments,
    counted_rows,
    filters,
    whole_months,
)
from services.api.queries.judged import SUMS, judged_rows, known_as
from services.api.queries.known import NOW, Known
from services.api.question import OF_AGREEMENTS, OF_SUPPLIERS, Question
from services.api.tables import kinds, spend_by_kind

_FISCAL_MONTH = 4


def cut_rows(question: Question, known: Known = NOW) -> Subquery:
    """Lines, pence and gross pence by what the question is grouped by, with its class of coverage,
    whether it is passed on and which definitions hold for it.

    Agreements are those of today, whenever payments and suppliers are known.
    """
    if question.by_kind and known is NOW:
        payments = judged_rows(question, counted_payments(question))
        each = union_all(_rows_of_kinds(question), payments).subquery("each")
    else:
        each = judged_rows(question, counted_rows(question, known), known).subquery("each")
    sums = [cast(func.sum(each.c[name]), BigInteger).label(name) for name in SUMS]
    keys = [column for column in each.c if column.name not in SUMS]
    added = select(*keys, *sums).group_by(*keys).subquery("added")
    derived = [column for name, column in _of_months(added).items() if name in question.group_by]
    return select(added, *derived).subquery("cut")


def _rows_of_kinds(question: Question) -> Select[Any]:
    """What `judged_rows` says of single rows, of the sums by kind in whole months."""
    groups: list[ColumnElement[Any]] = []
    if question.by_month:
        groups.append(spend_by_kind.c.month)
    if "buyer" in question.group_by:
        groups.append(spend_by_kind.c.buyer)
    if "place" in question.group_by:
        groups.append(func.nullif(spend_by_kind.c.place, "").label("place"))
    groups += [
        kinds.c[name] for name in (*OF_SUPPLIERS, *OF_AGREEMENTS) if name in question.group_by
    ]
    holds = [
        (literal(definition) == any_(kinds.c.definitions)).label(f"holds_{number}")
        for number, definition in enumerate(question.definitions)
    ]
    narrowed = [known_as(kinds.c[name], values) for name, values in question.kinds]
    return (
        select(
            kinds.c["class"],
            kinds.c.passed_on,
            *groups,
            *holds,
            *(spend_by_kind.c[name] for name in SUMS),
        )
        .join_from(spend_by_kind, kinds, kinds.c.kind_id == spend_by_kind.c.kind_id)
        .where(
            *filters(question, spend_by_kind),
            *narrowed,
            any_span(spend_by_kind.c.month, whole_months(question)),
            spend_by_kind.c.lines > 0,
        )
    )


def _of_months(added: Subquery) -> dict[str, ColumnElement[Any]]:
    if "month" not in added.c:
        return {}
    month = added.c.month
    before_april = extract("month", month) < _FISCAL_MONTH
    first_year = cast(extract("year", month), Integer) - case((before_april, 1), else_=0)
    return {
        "financial_year": first_year.label("financial_year"),
        # Those of financial years begin and end with those of the calendar.
        "quarter": cast(func.date_trunc("quarter", month), Date).label("quarter"),
    }
