"""Rows that are counted, each with all by which it is cut, filtered and judged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from services.api.agreements.agreed import NO_AGREEMENT
from services.api.asked.question import CODES, OF_AGREEMENTS, OF_SUPPLIERS, Question
from services.api.queries.coverage_class import class_of
from services.api.queries.known import NOW, Known
from services.api.tables import agreed, codings
from shared.codes import fold_code

SUMS = ("lines", "pence", "gross_pence")
JUDGED = ("class", "passed_on", "holds_")
"""How the columns begin in which `judged_rows` says how a sum counts and how it is known."""
_APRIL_TO_JANUARY = 275
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
    source = with_codes(question, source, counted.c.coding_id, counted.c.day, programmes)
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
    suppliers = known.suppliers
    of_suppliers: list[ColumnElement[Any]] = [
        suppliers.c[name] for name in OF_SUPPLIERS if name in question.group_by
    ]
    if "organisation" in question.group_by:
        of_suppliers = [*of_organisation(question, suppliers), *of_suppliers]
    return [
        *of_payment(question, counted),
        *of_codes(question, known.programmes),
        *of_suppliers,
        *(
            func.coalesce(column, literal(NO_AGREEMENT)).label(name)
            for name, column in _AGREED.items()
            if name in question.group_by
        ),
    ]


def of_payment(question: Question, table: Any) -> list[ColumnElement[Any]]:
    """To whom, when, by whom and where it was paid; of the time the year, if nothing finer."""
    found: list[ColumnElement[Any]] = []
    if "supplier_id" in question.group_by:
        found.append(table.c.supplier_id)
    if not {"quarter", "month"}.isdisjoint(question.group_by):
        found.append(table.c.month)
    elif "financial_year" in question.group_by:
        of_table = table.c.get("financial_year")
        found.append(year_of(table.c.month) if of_table is None else of_table)
    if "buyer" in question.group_by:
        found.append(table.c.buyer)
    if "place" in question.group_by:
        found.append(func.nullif(table.c.place, "", type_=Text()).label("place"))
    return found


def year_of(month: ColumnElement[Any]) -> ColumnElement[int]:
    """The financial year of a month, by its first: one begins 275 days before a calendar year.

    By `date_part`: `extract` counts in decimals, at three times the cost for a million rows.
    """
    return cast(func.date_part("year", month + _APRIL_TO_JANUARY) - 1, Integer).label(
        "financial_year"
    )


def of_codes(question: Question, programmes: FromClause) -> list[ColumnElement[Any]]:
    """The codes as they are printed, and the programme and budget head that they are."""
    found: list[ColumnElement[Any]] = [
        func.nullif(codings.c[code], "", type_=Text()).label(code)
        for code in CODES
        if code in question.group_by
    ]
    if "programme" in question.group_by:
        found += [programmes.c.programme, programmes.c.programme_key]
        found.append(programmes.c.state.label("programme_state"))
    if "budget_head" in question.group_by:
        found += [programmes.c.budget_head, programmes.c.budget_head_key]
    return found


def of_organisation(question: Question, suppliers: FromClause) -> list[ColumnElement[Any]]:
    """Which organisation a supplier is, and what is shown beside it."""
    names = suppliers.c.organisation_name, suppliers.c.organisation
    return [
        suppliers.c.organisation,
        func.coalesce(*names).label("organisation_name"),
        case((suppliers.c.organisation.is_(None), names[0])).label("unregistered_name"),
        *([] if "legal_form" in question.group_by else [suppliers.c.legal_form]),
    ]


def which_hold(question: Question, names: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Which definitions hold for a row that names them all: `holds_0` the first asked for."""
    return [
        (literal(definition) == any_(names)).label(f"holds_{number}")
        for number, definition in enumerate(question.definitions)
    ]


def with_codes(
    question: Question,
    source: Any,
    coding_id: ColumnElement[Any],
    day: ColumnElement[Any],
    programmes: FromClause,
) -> Any:
    """The source, joined to what the question asks of the codes on a day."""
    if question.by_programme:
        source = source.join(
            programmes,
            and_(
                programmes.c.coding_id == coding_id,
                day.between(programmes.c.since, programmes.c.until),
            ),
        )
    if question.by_own_codes:
        source = source.join(codings, codings.c.coding_id == coding_id)
    return source


def code_filters(question: Question, programmes: FromClause) -> list[ColumnElement[bool]]:
    """By the codes as they are printed, and by the programme and budget head that they are."""
    found: list[ColumnElement[bool]] = [
        codings.c[code].in_(values) for code, values in question.codes.items() if values
    ]
    if question.programmes:
        keys = [fold_code(programme) for programme in question.programmes]
        found.append(known_as(programmes.c.programme_key, keys))
    if question.budget_heads:
        heads = [fold_code(head) for head in question.budget_heads]
        found.append(known_as(programmes.c.budget_head_key, heads))
    if question.programme_states:
        found.append(programmes.c.state.in_(question.programme_states))
    return found


def _filters(question: Question, known: Known) -> list[ColumnElement[bool]]:
    found = code_filters(question, known.programmes)
    for name, values in question.kinds:
        if name in _AGREED:
            found.append(func.coalesce(_AGREED[name], NO_AGREEMENT).in_(values))
        else:
            found.append(known_as(known.suppliers.c[name], values))
    return found


def known_as(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether it is one of the values; '' is that it is not known.

    Of the column itself, of which PostgreSQL knows how many rows have each value: by an expression
    it guessed 30 of 6,000 codings, and went through a buyer's sums for each of 1,000.
    """
    is_one = column.in_(values)
    return or_(is_one, column.is_(None)) if "" in values else is_one


def is_agreed(counted: Subquery) -> ColumnElement[bool]:
    """Joins the agreements under which a row was paid."""
    return and_(
        agreed.c.supplier_id == counted.c.supplier_id,
        agreed.c.buyer == counted.c.buyer,
        counted.c.month.between(agreed.c.since, agreed.c.until),
    )
