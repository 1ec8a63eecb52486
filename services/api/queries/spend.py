"""The spend, cut: what is counted (counted.py), with all by which it is grouped and judged."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.coverage import CLASSES
from services.api.queries.counted import counted_rows
from services.api.question import Question
from services.api.tables import (
    codings,
    definitions,
    memberships,
    programmes,
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
    if "programme" in question.group_by:
        # The ledger's own word is not the map's, and codes that nobody mapped are not no codes.
        columns.append(rows.c.programme_state)
        keys.append(rows.c.programme_state)
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
    counted = counted_rows(question)
    source: Any = counted.outerjoin(suppliers, suppliers.c.supplier_id == counted.c.supplier_id)
    columns: list[ColumnElement[Any]] = [
        *(counted.c[name] for name in ("buyer", "month", "lines", "pence", "gross_pence")),
        func.nullif(counted.c.place, "").label("place"),
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
    if question.by_programme:
        source = source.join(
            programmes,
            and_(
                programmes.c.coding_id == counted.c.coding_id,
                counted.c.day.between(programmes.c.since, programmes.c.until),
            ),
        )
        columns += [programmes.c.programme, programmes.c.state.label("programme_state")]
    if "ledger_programme" in question.group_by:
        source = source.join(codings, codings.c.coding_id == counted.c.coding_id)
        columns.append(func.nullif(codings.c.ledger_programme, "").label("ledger_programme"))
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
    return select(*columns).select_from(source).where(*_of_programmes(question)).subquery("cut")


def _of_programmes(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.programmes:
        found.append(func.coalesce(programmes.c.programme, "").in_(question.programmes))
    if question.programme_states:
        found.append(programmes.c.state.in_(question.programme_states))
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
    if "programme" in group:
        group["programme_state"] = found["programme_state"]
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
