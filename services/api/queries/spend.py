"""The spend, cut and counted: the roll-up where a month counts whole, else the payments.

A row of `counted` is a sum that stands for one day: the first of its month for the roll-up, the
payment's own elsewhere. Payments are asked for the months that a membership of that supplier covers
in part and for the days at the ends of the question, so that membership is exact to the day.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.coverage import CLASSES
from services.api.periods import cover
from services.api.question import Question
from services.api.tables import (
    boundary_months,
    definitions,
    memberships,
    payments,
    spend,
    suppliers,
)

_FISCAL_MONTH = 4


class Sums(NamedTuple):
    """One row of an answer: its group values, net pence and lines, the same under each definition
    in the order of the question, gross pence and lines by class of coverage. `unsettled` is the
    part of `counted` whose suppliers are not matched: whichever organisation it is, it counts.
    """

    group: dict[str, Any]
    lines: int
    pence: int
    counted: list[tuple[int, int]]
    unsettled: list[tuple[int, int]]
    gross: dict[str, int]
    class_lines: dict[str, int]


async def known_definitions(connection: AsyncConnection) -> list[str]:
    """The names of all definitions under which any supplier has counted."""
    found = await connection.scalars(select(definitions.c.definition).order_by("definition"))
    return list(found)


async def read_spend(
    connection: AsyncConnection,
    question: Question,
    *,
    limit: int | None = None,
    largest: bool = False,
    under: str | None = None,
) -> list[Sums]:
    """The rows of the answer in the order of their groups, `limit` at most.

    `largest` puts the largest organisations first: by what counts `under` a definition, and only
    those that count, or by all that they are paid.
    """
    statement = spend_statement(question, largest=largest, under=under).limit(limit)
    return [_sums(row, question) for row in await connection.execute(statement)]


def spend_statement(
    question: Question, *, largest: bool = False, under: str | None = None
) -> Select[Any]:
    """The whole question as one statement."""
    rows = _rows(question)
    lines, pence, gross = (func.sum(rows.c[name]) for name in ("lines", "pence", "gross_pence"))
    columns: list[ColumnElement[Any]] = [lines.label("lines"), pence.label("pence")]
    for number in range(len(question.definitions)):
        holds = rows.c[f"holds_{number}"]
        unsettled = and_(holds, rows.c["class"] != "matched")
        columns += [
            func.coalesce(lines.filter(holds), 0).label(f"lines_{number}"),
            func.coalesce(pence.filter(holds), 0).label(f"pence_{number}"),
            func.coalesce(lines.filter(unsettled), 0).label(f"unsettled_lines_{number}"),
            func.coalesce(pence.filter(unsettled), 0).label(f"unsettled_pence_{number}"),
        ]
    for name in CLASSES:
        columns += [
            func.coalesce(lines.filter(rows.c["class"] == name), 0).label(f"lines_{name}"),
            func.coalesce(gross.filter(rows.c["class"] == name), 0).label(f"gross_{name}"),
        ]
    groups = [rows.c[name] for name in question.group_by]
    keys = list(groups)
    if "organisation" in question.group_by:
        columns += [
            func.max(rows.c[name]).label(name) for name in ("organisation_name", "legal_form")
        ]
        # One that is known to a register by its name only is told apart by its name.
        keys.append(rows.c.unregistered_name)
    statement = select(*groups, *columns).group_by(*keys)
    ordered = [key.asc().nulls_last() for key in keys]
    if not largest:
        return statement.order_by(*ordered)
    statement = statement.where(rows.c.organisation_name.is_not(None))
    if under is None:
        return statement.order_by(pence.desc(), *ordered)
    holds = rows.c[f"holds_{question.definitions.index(under)}"]
    return statement.having(lines.filter(holds) > 0).order_by(
        func.coalesce(pence.filter(holds), 0).desc(), *ordered
    )


def _rows(question: Question) -> Subquery:
    """What is counted, with its groups, its class of coverage and which definitions hold for it."""
    counted = _counted(question)
    source: Any = counted.outerjoin(suppliers, suppliers.c.supplier_id == counted.c.supplier_id)
    columns: list[ColumnElement[Any]] = [
        *(counted.c[name] for name in ("buyer", "month", "lines", "pence", "gross_pence")),
        func.nullif(counted.c.place, "").label("place"),
        func.nullif(counted.c.programme, "").label("programme"),
        _financial_year(counted.c.month).label("financial_year"),
        *(suppliers.c[name] for name in ("organisation", "legal_form")),
        func.coalesce(suppliers.c.organisation_name, suppliers.c.organisation).label(
            "organisation_name"
        ),
        case((suppliers.c.organisation.is_(None), suppliers.c.organisation_name)).label(
            "unregistered_name"
        ),
        _class().label("class"),
    ]
    for number, definition in enumerate(question.definitions):
        period = memberships.alias(f"membership_{number}")
        source = source.outerjoin(
            period,
            and_(
                period.c.supplier_id == counted.c.supplier_id,
                period.c.definition == definition,
                period.c.since <= counted.c.day,
                period.c.until >= counted.c.day,
            ),
        )
        columns.append(period.c.supplier_id.is_not(None).label(f"holds_{number}"))
    return select(*columns).select_from(source).subquery("cut")


def _counted(question: Question) -> Subquery:
    partly = (
        select(boundary_months.c.supplier_id, boundary_months.c.month)
        .where(boundary_months.c.definition.in_(question.definitions))
        .distinct()
        .subquery("partly")
    )
    covers = [cover(span) for span in question.spans]
    months = [c.months for c in covers if c.months]
    within = [span for c in covers for span in c.days]
    month_of_payment = cast(func.date_trunc("month", payments.c.payment_date), Date)
    in_part = exists().where(
        partly.c.supplier_id == spend.c.supplier_id, partly.c.month == spend.c.month
    )
    standing = ~payments.c.withdrawn
    each = (
        payments.c.payment_date.label("day"),
        month_of_payment.label("month"),
        payments.c.buyer,
        payments.c.supplier_id,
        func.coalesce(payments.c.place, "").label("place"),
        func.coalesce(payments.c.programme, "").label("programme"),
        literal(1).label("lines"),
        payments.c.amount_pence.label("pence"),
        func.abs(payments.c.amount_pence).label("gross_pence"),
    )
    return union_all(
        select(
            spend.c.month.label("day"),
            spend.c.month,
            *(spend.c[name] for name in ("buyer", "supplier_id", "place", "programme")),
            *(spend.c[name] for name in ("lines", "pence", "gross_pence")),
        ).where(*_filters(question, spend), _any_span(spend.c.month, months), ~in_part),
        select(*each)
        .join(
            partly,
            and_(
                partly.c.supplier_id == payments.c.supplier_id,
                payments.c.payment_date >= partly.c.month,
                payments.c.payment_date < partly.c.month + func.make_interval(0, 1),
            ),
        )
        .where(*_filters(question, payments), standing, _any_span(partly.c.month, months)),
        select(*each).where(
            *_filters(question, payments), standing, _any_span(payments.c.payment_date, within)
        ),
    ).subquery("counted")


def _any_span(column: ColumnElement[Any], spans: Sequence[tuple[Any, Any]]) -> ColumnElement[bool]:
    return or_(false(), *(column.between(since, until) for since, until in spans))


def _filters(question: Question, table: Any) -> list[ColumnElement[bool]]:
    found = []
    if question.buyers:
        found.append(table.c.buyer.in_(question.buyers))
    if question.suppliers is not None:
        found.append(table.c.supplier_id.in_(question.suppliers))
    for name, values in (("place", question.places), ("programme", question.programmes)):
        if values:
            found.append(func.coalesce(table.c[name], "").in_(values))
    return found


def _class() -> ColumnElement[str]:
    return case(
        (suppliers.c.supplier_id.is_(None), "awaiting"),
        (suppliers.c.redacted, "redacted"),
        (suppliers.c.tier == "auto", "matched"),
        (suppliers.c.tier == "review", "review"),
        else_="unmatched",
    )


def _financial_year(month: ColumnElement[Any]) -> ColumnElement[int]:
    """The first year of the financial year of a month."""
    before_april = extract("month", month) < _FISCAL_MONTH
    return cast(extract("year", month), Integer) - case((before_april, 1), else_=0)


def _sums(row: Any, question: Question) -> Sums:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    group = {name: found[name] for name in question.group_by}
    if "organisation" in group:
        group |= {name: found[name] for name in ("organisation_name", "legal_form")}
    return Sums(
        group,
        int(found["lines"] or 0),
        int(found["pence"] or 0),
        _parts(found, question, ""),
        _parts(found, question, "unsettled_"),
        {name: int(found[f"gross_{name}"]) for name in CLASSES},
        {name: int(found[f"lines_{name}"]) for name in CLASSES},
    )


def _parts(found: Any, question: Question, part: str) -> list[tuple[int, int]]:
    return [
        (int(found[f"{part}lines_{number}"]), int(found[f"{part}pence_{number}"]))
        for number in range(len(question.definitions))
    ]
