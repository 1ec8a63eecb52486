"""The spend, cut: what is counted (counted.py), with all by which it is grouped and judged."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
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
from services.api.programme import MAPPED
from services.api.queries.counted import counted_rows
from services.api.queries.known import NOW, Known
from services.api.question import CODES, OF_SUPPLIERS, Question
from services.api.tables import codings, definitions
from shared.codes import fold_code

_FISCAL_MONTH = 4


class Counted(NamedTuple):
    """What counts under a definition, and the part of it whose supplier is not surely matched."""

    lines: int = 0
    pence: int = 0
    unsettled_lines: int = 0
    unsettled_pence: int = 0


class Sums(NamedTuple):
    """One row of an answer: its group values, net pence and lines, the same under each definition
    in the order of the question, gross pence and lines by class of coverage.
    """

    group: dict[str, Any]
    lines: int
    pence: int
    counted: list[Counted]
    gross: dict[str, int]
    class_lines: dict[str, int]


async def known_definitions(connection: AsyncConnection) -> list[str]:
    """The names of all definitions under which any supplier has counted."""
    found = await connection.scalars(select(definitions.c.definition).order_by("definition"))
    return list(found)


async def read_spend(
    connection: AsyncConnection,
    question: Question,
    known: Known = NOW,
    *,
    limit: int | None = None,
) -> list[Sums]:
    """The rows of the answer in the order of their groups, `limit` at most."""
    statement, keys = spend_statement(question, known)
    statement = statement.order_by(*(key.asc().nulls_last() for key in keys)).limit(limit)
    found = [read_sums(row, question) for row in await connection.execute(statement)]
    return _spelt_alike(found) if "programme" in question.group_by else found


def _spelt_alike(found: Sequence[Sums]) -> list[Sums]:
    """The same rows, a programme spelt in one way: as a map does, else as the first of the ledgers.

    Of several spellings the first in the order of their characters is shown.
    """
    spellings: dict[str, tuple[bool, str]] = {}
    for sums in found:
        if (said := sums.group["programme"]) is not None:
            spelling = (sums.group["programme_state"] != MAPPED, said)
            key = fold_code(said)
            spellings[key] = min(spelling, spellings.get(key, spelling))
    return [
        sums
        if (said := sums.group["programme"]) is None
        else sums._replace(group=sums.group | {"programme": spellings[fold_code(said)][1]})
        for sums in found
    ]


def spend_statement(
    question: Question, known: Known = NOW
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """The whole question as one statement, and that by which its rows are told apart."""
    rows = cut_rows(question, known)
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
    keys: list[ColumnElement[Any]] = [
        rows.c["programme_key" if name == "programme" else name] for name in question.group_by
    ]
    groups = list(keys)
    if "organisation" in question.group_by:
        beside = {"organisation_name", "legal_form"} - set(question.group_by)
        columns += [func.max(rows.c[name]).label(name) for name in sorted(beside)]
        # One that is known to a register by its name only is told apart by its name.
        keys.append(rows.c.unregistered_name)
    if "programme" in question.group_by:
        # The ledger's own word is not the map's, and codes that nobody mapped are not no codes.
        columns += [rows.c.programme_state, func.min(rows.c.programme).label("programme")]
        keys.append(rows.c.programme_state)
    statement = select(*groups, *columns).group_by(*keys)
    if known.before is not None:
        statement = statement.having(lines > 0)  # what was not known then is taken back to nothing
    return statement, keys


def cut_rows(question: Question, known: Known = NOW) -> Subquery:
    """What is counted, with its groups, its class of coverage and which definitions hold for it."""
    counted = counted_rows(question, known)
    suppliers, programmes = known.suppliers, known.programmes
    source: Any = counted.outerjoin(suppliers, suppliers.c.supplier_id == counted.c.supplier_id)
    columns: list[ColumnElement[Any]] = [
        *(counted.c[name] for name in ("buyer", "supplier_id", "month")),
        *(counted.c[name] for name in ("lines", "pence", "gross_pence")),
        func.nullif(counted.c.place, "").label("place"),
        _financial_year(counted.c.month).label("financial_year"),
        # Those of financial years begin and end with those of the calendar.
        cast(func.date_trunc("quarter", counted.c.month), Date).label("quarter"),
        *(suppliers.c[name] for name in ("organisation", *OF_SUPPLIERS)),
        func.coalesce(suppliers.c.organisation_name, suppliers.c.organisation).label(
            "organisation_name"
        ),
        case((suppliers.c.organisation.is_(None), suppliers.c.organisation_name)).label(
            "unregistered_name"
        ),
        _class(suppliers).label("class"),
    ]
    if question.by_programme:
        source = source.join(
            programmes,
            and_(
                programmes.c.coding_id == counted.c.coding_id,
                counted.c.day.between(programmes.c.since, programmes.c.until),
            ),
        )
        columns += [
            *(programmes.c.programme, programmes.c.programme_key),
            programmes.c.state.label("programme_state"),
        ]
    if question.by_own_codes:
        source = source.join(codings, codings.c.coding_id == counted.c.coding_id)
        columns += [func.nullif(codings.c[code], "").label(code) for code in CODES]
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
        columns.append(period.c.supplier_id.is_not(None).label(f"holds_{number}"))
    asked = _of_codes(question, programmes)
    return select(*columns).select_from(source).where(*asked).subquery("cut")


def _of_codes(question: Question, programmes: FromClause) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        codings.c[code].in_(values) for code, values in question.codes.items() if values
    ]
    if question.programmes:
        keys = [fold_code(programme) for programme in question.programmes]
        found.append(func.coalesce(programmes.c.programme_key, "").in_(keys))
    if question.programme_states:
        found.append(programmes.c.state.in_(question.programme_states))
    return found


def _class(suppliers: FromClause) -> ColumnElement[str]:
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


def read_sums(row: Any, question: Question) -> Sums:
    """A row of the statement as what it says."""
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
        [
            Counted(*(int(found[f"{name}_{number}"]) for name in Counted._fields))
            for number in range(len(question.definitions))
        ],
        {name: int(found[f"gross_{name}"]) for name in CLASSES},
        {name: int(found[f"lines_{name}"]) for name in CLASSES},
    )
