"""The spend, cut, in the order of its groups, with what is known of every figure."""

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    cast,
    func,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question
from services.api.queries.cut import IN_SPELLINGS, cut_rows
from services.api.queries.known import NOW, Known
from services.api.queries.paid_parties import are_parties_kept
from services.api.spend.coverage import CLASSES
from services.api.tables import definitions

# With 4 MB, the default, maps of the pages to read lose their rows, and sums spill to disk.
_ROOM = text("set local work_mem = '32MB'")


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
    connection: AsyncConnection, question: Question, known: Known = NOW
) -> list[Sums]:
    """The rows of the answer in the order of their groups."""
    await make_room(connection)
    by_parties = await are_parties_kept(connection, question, known)
    found = await connection.execute(spend_statement(question, known, by_parties=by_parties))
    return [read_sums(row, question) for row in found]


async def make_room(connection: AsyncConnection) -> None:
    """Let the statements of this transaction use memory where they would write to the disk."""
    await connection.execute(_ROOM)


def spend_statement(
    question: Question, known: Known = NOW, *, by_parties: bool = False
) -> Select[Any]:
    """The whole question as one statement, its rows in the order of their groups."""
    rows = cut_rows(question, known, by_parties=by_parties)
    keys = keys_of(rows, question)
    return (
        select(*figures_of(rows, question), *shown_of(rows, question))
        .group_by(*keys)
        .having(were_known(rows, known))
        .order_by(*(key.asc().nulls_last() for key in keys))
    )


def were_known(rows: FromClause, known: Known) -> ColumnElement[bool]:
    """Whether a group was known then: what was not is taken back to nothing."""
    return true() if known.before is None else func.sum(rows.c.lines) > 0


def figures_of(rows: FromClause, question: Question) -> list[ColumnElement[Any]]:
    """The sums of an answer, of rows as they are cut."""
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
    return [
        cast(func.coalesce(each, 0), BigInteger).label(name)
        for each, name in zip(sums, names, strict=True)
    ]


def keys_of(rows: FromClause, question: Question) -> list[ColumnElement[Any]]:
    """By what the rows of an answer are told apart, and ordered."""
    keys: list[ColumnElement[Any]] = [
        rows.c[f"{name}_key" if name in IN_SPELLINGS else name] for name in question.group_by
    ]
    if "organisation" in question.group_by:
        # One that is known to a register by its name only is told apart by its name.
        keys.append(rows.c.unregistered_name)
    if "programme" in question.group_by:
        # The ledger's own word is not the map's, and codes that nobody mapped are not no codes.
        keys.append(rows.c.programme_state)
    return keys


def shown_of(rows: FromClause, question: Question) -> list[ColumnElement[Any]]:
    """What the rows of an answer are called."""
    shown: list[ColumnElement[Any]] = [
        func.min(rows.c[name]).label(name) if name in IN_SPELLINGS else rows.c[name]
        for name in question.group_by
    ]
    if "organisation" in question.group_by:
        beside = {"organisation_name", "legal_form"} - set(question.group_by)
        shown += [func.max(rows.c[name]).label(name) for name in sorted(beside)]
    if "programme" in question.group_by:
        shown.append(rows.c.programme_state)
    return shown


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
