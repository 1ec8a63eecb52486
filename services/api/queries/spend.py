"""The spend, cut, in the order of its groups, with what is known of every figure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.coverage import CLASSES
from services.api.programme import MAPPED
from services.api.queries.cut import cut_rows
from services.api.queries.known import NOW, Known
from services.api.question import Question
from services.api.tables import definitions
from shared.codes import fold_code

# With 4 MB, the default, maps of the pages to read lose their rows, and sums spill to disk.
_ROOM = text("set local work_mem = '32MB'")

_IN_SPELLINGS = ("programme", "budget_head")
"""Groups of which several spellings are one, by their keys."""


class Counted(NamedTuple):
    """What counts under a definition, and the part of it whose supplier is not surely matched."""

    lines: int = 0
    pence: int = 0
    unsettled_lines: int = 0
    unsettled_pence: int = 0


class PassedOn(NamedTuple):
    """Lines and gross pence that flow through others: who delivers, no ledger says."""

    lines: int = 0
    gross_pence: int = 0


class Sums(NamedTuple):
    """One row of an answer: its group values, net pence and lines, the same under each definition
    in the order of the question, gross pence and lines by class of coverage, and of what is paid
    under agreements that reach who delivers by another body.
    """

    group: dict[str, Any]
    lines: int
    pence: int
    counted: list[Counted]
    gross: dict[str, int]
    class_lines: dict[str, int]
    passed_on: PassedOn


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
    await connection.execute(_ROOM)
    found = [read_sums(row, question) for row in await connection.execute(statement)]
    for name in _IN_SPELLINGS:
        if name in question.group_by:
            found = _spelt_alike(found, name)
    return found


def _spelt_alike(found: Sequence[Sums], name: str) -> list[Sums]:
    """The same rows, each programme or budget head spelt in one way: as a map does, else as the
    first of the ledgers.

    Of several spellings the first in the order of their characters is shown.
    """
    spellings: dict[str, tuple[bool, str]] = {}
    for sums in found:
        if (said := sums.group[name]) is not None:
            spelling = (sums.group.get("programme_state", MAPPED) != MAPPED, said)
            key = fold_code(said)
            spellings[key] = min(spelling, spellings.get(key, spelling))
    return [
        sums
        if (said := sums.group[name]) is None
        else sums._replace(group=sums.group | {name: spellings[fold_code(said)][1]})
        for sums in found
    ]


def spend_statement(
    question: Question, known: Known = NOW
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    """The whole question as one statement, and that by which its rows are told apart."""
    rows = cut_rows(question, known)
    lines, pence, gross = (func.sum(rows.c[name]) for name in ("lines", "pence", "gross_pence"))
    sums = [lines, pence, lines.filter(rows.c.passed_on), gross.filter(rows.c.passed_on)]
    names = ["lines", "pence", "passed_on_lines", "passed_on_gross"]
    for number in range(len(question.definitions)):
        holds = rows.c[f"holds_{number}"]
        unsettled = and_(holds, rows.c["class"] != "matched")
        sums += [lines.filter(holds), pence.filter(holds)]
        sums += [lines.filter(unsettled), pence.filter(unsettled)]
        names += [f"{name}_{number}" for name in Counted._fields]
    for what, added in (("gross", gross), ("lines", lines)):
        sums += [added.filter(rows.c["class"] == name) for name in CLASSES]
        names += [f"{what}_{name}" for name in CLASSES]
    # Whole numbers, which are read faster than the decimals that sums are by themselves.
    columns: list[ColumnElement[Any]] = [
        cast(func.coalesce(each, 0), BigInteger).label(name)
        for each, name in zip(sums, names, strict=True)
    ]
    keys: list[ColumnElement[Any]] = [
        rows.c[f"{name}_key" if name in _IN_SPELLINGS else name] for name in question.group_by
    ]
    columns += keys
    if "organisation" in question.group_by:
        beside = {"organisation_name", "legal_form"} - set(question.group_by)
        columns += [func.max(rows.c[name]).label(name) for name in sorted(beside)]
        # One that is known to a register by its name only is told apart by its name.
        keys.append(rows.c.unregistered_name)
    if "programme" in question.group_by:
        # The ledger's own word is not the map's, and codes that nobody mapped are not no codes.
        columns += [rows.c.programme_state, func.min(rows.c.programme).label("programme")]
        keys.append(rows.c.programme_state)
    if "budget_head" in question.group_by:
        columns.append(func.min(rows.c.budget_head).label("budget_head"))
    statement = select(*columns).group_by(*keys)
    if known.before is not None:
        statement = statement.having(lines > 0)  # what was not known then is taken back to nothing
    return statement, keys


def read_sums(row: Any, question: Question) -> Sums:
    """A row of the statement, in which the sums come first, as what it says."""
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    group = {name: found[name] for name in question.group_by}
    if "organisation" in group:
        group |= {name: found[name] for name in ("organisation_name", "legal_form")}
    if "programme" in group:
        group["programme_state"] = found["programme_state"]
    classes = 4 + len(Counted._fields) * len(question.definitions)
    lines, pence, *passed_on = row[:4]
    return Sums(
        group,
        lines,
        pence,
        [Counted(*row[at : at + 4]) for at in range(4, classes, 4)],
        dict(zip(CLASSES, row[classes : classes + 5], strict=True)),
        dict(zip(CLASSES, row[classes + 5 : classes + 10], strict=True)),
        PassedOn(*passed_on),
    )
