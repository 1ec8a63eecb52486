"""Rows that are counted, each with all by which it is cut, filtered and judged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from services.api.agreed import NO_AGREEMENT
from services.api.queries.known import NOW, Known
from services.api.question import CODES, OF_AGREEMENTS, OF_SUPPLIERS, Question
from services.api.tables import agreed, codings
from shared.codes import fold_code

SUMS = ("lines", "pence", "gross_pence")
_AGREED = dict(
    zip(OF_AGREEMENTS, (agreed.c.route, agreed.c.kind, agreed.c.recurrence), strict=True)
)


def judged_rows(question: Question, counted: Subquery, known: Known = NOW) -> Select[Any]:
    """The class of coverage of each row, whether it is passed on, what the groups are made of,
    which definitions hold for it (`holds_0` the first), and its sums.
    """
    suppliers, programmes = known.suppliers, known.programmes
    source: Any = counted.outerjoin(
        suppliers, suppliers.c.supplier_id == counted.c.supplier_id
    ).outerjoin(agreed, is_agreed(counted))
    told: list[ColumnElement[Any]] = [
        class_of(suppliers).label("class"),
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
    sums = (counted.c[name] for name in SUMS)
    return select(*told, *sums).select_from(source).where(*_filters(question, known))


def _by(question: Question, counted: Subquery, known: Known) -> list[ColumnElement[Any]]:
    """What the groups of the question are made of."""
    suppliers, programmes = known.suppliers, known.programmes
    found: list[ColumnElement[Any]] = []
    if "supplier_id" in question.group_by:
        found.append(counted.c.supplier_id)
    if question.by_month:
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
            found.append(known_as(suppliers.c[name], values))
    return found


def known_as(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether it is one of the values; '' is that it is not known."""
    is_one = column.in_(values)
    return or_(is_one, column.is_(None)) if "" in values else is_one


def is_agreed(counted: Subquery) -> ColumnElement[bool]:
    """Joins the agreements under which a row was paid."""
    return and_(
        agreed.c.supplier_id == counted.c.supplier_id,
        agreed.c.buyer == counted.c.buyer,
        counted.c.month.between(agreed.c.since, agreed.c.until),
    )


def class_of(suppliers: FromClause) -> ColumnElement[str]:
    """The class of coverage of what a supplier was paid; "awaiting" where none is joined."""
    return case(
        (suppliers.c.supplier_id.is_(None), "awaiting"),
        (suppliers.c.redacted, "redacted"),
        (suppliers.c.tier == "auto", "matched"),
        (suppliers.c.tier == "review", "review"),
        else_="unmatched",
    )
