"""What is counted (counted.py), with all by which it is cut, filtered and judged.

Added up as far as the question tells rows apart before anything is asked of the sums: three sums a
row of the roll-up, and the many of an answer only of what is left.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)

from services.api.agreed import NO_AGREEMENT
from services.api.queries.counted import counted_rows
from services.api.queries.known import NOW, Known
from services.api.question import CODES, OF_AGREEMENTS, OF_SUPPLIERS, Question
from services.api.tables import agreed, codings
from shared.codes import fold_code

_FISCAL_MONTH = 4
_SUMS = ("lines", "pence", "gross_pence")
_IN_MONTHS = {"financial_year", "quarter", "month"}
_AGREED = dict(
    zip(OF_AGREEMENTS, (agreed.c.route, agreed.c.kind, agreed.c.recurrence), strict=True)
)


def cut_rows(question: Question, known: Known = NOW) -> Subquery:
    """Lines, pence and gross pence by what the question is grouped by, with its class of coverage,
    whether it is passed on and which definitions hold for it.

    Agreements are those of today, whenever payments and suppliers are known.
    """
    counted = counted_rows(question, known)
    suppliers, programmes = known.suppliers, known.programmes
    source: Any = counted.outerjoin(
        suppliers, suppliers.c.supplier_id == counted.c.supplier_id
    ).outerjoin(
        agreed,
        and_(
            agreed.c.supplier_id == counted.c.supplier_id,
            agreed.c.buyer == counted.c.buyer,
            counted.c.month.between(agreed.c.since, agreed.c.until),
        ),
    )
    told: list[ColumnElement[Any]] = [
        _class(suppliers).label("class"),
        func.coalesce(agreed.c.passed_on, False).label("passed_on"),
        *_by(question, counted, known),
    ]
    if question.by_programme:
        source = source.join(
            programmes,
            and_(
                programmes.c.coding_id == counted.c.coding_id,
                counted.c.day.between(programmes.c.since, programmes.c.until),
            ),
        )
    if question.by_own_codes:
        source = source.join(codings, codings.c.coding_id == counted.c.coding_id)
    for number, definition in enumerate(question.definitions):
        period = known.memberships.alias(f"membership_{number}")
        source = source.outerjoin(
            period,
            and_(
                period.c.supplier_id == counted.c.supplier_id,
                period.c.definition == definition,
                period.c.since <= counted.c.day,
                period.c.until >= counted.c.day,
            ),
        )
        told.append(period.c.supplier_id.is_not(None).label(f"holds_{number}"))
    each = (
        select(*told, *(counted.c[name] for name in _SUMS))
        .select_from(source)
        .where(*_filters(question, known))
        .subquery("each")
    )
    sums = [cast(func.sum(each.c[name]), BigInteger).label(name) for name in _SUMS]
    keys = [column for column in each.c if column.name not in _SUMS]
    added = select(*keys, *sums).group_by(*keys).subquery("added")
    derived = [column for name, column in _of_months(added).items() if name in question.group_by]
    return select(added, *derived).subquery("cut")


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


def _by(question: Question, counted: Subquery, known: Known) -> list[ColumnElement[Any]]:
    """What the groups of the question are made of."""
    suppliers, programmes = known.suppliers, known.programmes
    found: list[ColumnElement[Any]] = []
    if "supplier_id" in question.group_by:
        found.append(counted.c.supplier_id)
    if _IN_MONTHS & {*question.group_by}:
        found.append(counted.c.month)
    if "buyer" in question.group_by:
        found.append(counted.c.buyer)
    if "place" in question.group_by:
        found.append(func.nullif(counted.c.place, "").label("place"))
    found += [
        func.nullif(codings.c[code], "").label(code) for code in CODES if code in question.group_by
    ]
    if "programme" in question.group_by:
        found += [programmes.c.programme, programmes.c.programme_key]
        found.append(programmes.c.state.label("programme_state"))
    of_suppliers = [name for name in OF_SUPPLIERS if name in question.group_by]
    if "organisation" in question.group_by:
        of_suppliers += [] if "legal_form" in of_suppliers else ["legal_form"]
        names = suppliers.c.organisation_name, suppliers.c.organisation
        found += [
            suppliers.c.organisation,
            func.coalesce(*names).label("organisation_name"),
            case((suppliers.c.organisation.is_(None), names[0])).label("unregistered_name"),
        ]
    found += [suppliers.c[name] for name in of_suppliers]
    return found + [
        func.coalesce(column, literal(NO_AGREEMENT)).label(name)
        for name, column in _AGREED.items()
        if name in question.group_by
    ]


def _filters(question: Question, known: Known) -> list[ColumnElement[bool]]:
    suppliers, programmes = known.suppliers, known.programmes
    found: list[ColumnElement[bool]] = [
        codings.c[code].in_(values) for code, values in question.codes.items() if values
    ]
    if question.programmes:
        keys = [fold_code(programme) for programme in question.programmes]
        found.append(func.coalesce(programmes.c.programme_key, "").in_(keys))
    if question.programme_states:
        found.append(programmes.c.state.in_(question.programme_states))
    for name, values in question.kinds:
        if name in _AGREED:
            found.append(func.coalesce(_AGREED[name], NO_AGREEMENT).in_(values))
        else:
            column = suppliers.c[name]
            none = column.is_(None) if "" in values else column.in_(values)
            found.append(or_(column.in_(values), none))
    return found


def _class(suppliers: FromClause) -> ColumnElement[str]:
    return case(
        (suppliers.c.supplier_id.is_(None), "awaiting"),
        (suppliers.c.redacted, "redacted"),
        (suppliers.c.tier == "auto", "matched"),
        (suppliers.c.tier == "review", "review"),
        else_="unmatched",
    )
