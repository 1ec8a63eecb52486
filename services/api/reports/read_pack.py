"""A pack as one moment has it: its statement, and what other doors answer of the year beside it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.read_statement import AskedStatement, read_statement
from services.api.routes.benchmarks.answer_benchmarks import AskedBenchmarks, answer_benchmarks
from services.api.routes.benchmarks.benchmarks_sheet import write_benchmarks
from services.api.routes.commitments.answer_commitments import AskedYear, answer_commitments
from services.api.routes.commitments.commitments_sheet import write_commitments
from services.api.statements.archive import Entry, archive
from services.api.statements.document import Document
from services.api.statements.packs import Beside, Pack
from shared.csv_rows import csv_table
from shared.errors import Rejected

_SHEETS = {"commitments": write_commitments, "benchmarks": write_benchmarks}
_LISTED = ("part", "door", "left out because")


class AskedPack(NamedTuple):
    """Which pack, of which statement, and what no row tells of the commitments, in per cent."""

    pack: Pack
    statement: AskedStatement
    allocation_growth: float | None = None
    net_uplift: float | None = None


class Part(NamedTuple):
    """What a door answers beside the statement; `content` is None where it has none, and why."""

    name: str
    door: str
    content: Mapping[str, Any] | None
    why_not: str = ""


class ReadPack(NamedTuple):
    """The statement of a pack, and its parts beside."""

    statement: Document
    statement_door: str
    beside: list[Part]

    def zipped(self) -> Iterator[bytes]:
        """The bytes of the zip, piece by piece."""
        return archive(self.statement, self._entries())

    def _entries(self) -> Iterator[Entry]:
        for part in self.beside:
            if part.content is not None:
                yield f"{part.name}.json", orjson.dumps(part.content, option=orjson.OPT_INDENT_2)
                yield f"tables/{part.name}.csv", _SHEETS[part.name](part.content)
        yield "contents.csv", list_contents(self.statement_door, self.beside)


def list_contents(statement_door: str, beside: Sequence[Part]) -> bytes:
    """CSV of what a pack holds: each part with the door that answers it, or why it is left out."""
    rows = [("statement", statement_door, "")]
    rows += [(part.name, part.door, part.why_not) for part in beside]
    return csv_table(_LISTED, rows)


async def read_pack(connection: AsyncConnection, asked: AskedPack, today: date) -> ReadPack:
    """In a transaction that sees one state. What its door refuses, as of a year that has not begun,
    is left out and says why. NotKnown: there is nothing to make a statement of.
    """
    pack, of = asked.pack, asked.statement
    statement = await read_statement(connection, of, today, title=pack.title)
    beside = [await _beside(connection, name, asked, today) for name in pack.beside]
    return ReadPack(pack.of(statement), _door_of_statement(of), beside)


async def _beside(connection: AsyncConnection, name: Beside, asked: AskedPack, today: date) -> Part:
    of, door = asked.statement, _door(name, asked)
    try:
        if name == "benchmarks":
            compared = AskedBenchmarks(of.financial_year, of.definition, as_known_at=of.as_known_at)
            return Part(name, door, await answer_benchmarks(connection, compared, today))
        promised = AskedYear(
            *(of.buyer, of.financial_year, of.as_known_at, of.definition),
            *(asked.allocation_growth, asked.net_uplift),
        )
        # A pack is made to be passed on, so it names no officer.
        return Part(
            name, door, await answer_commitments(connection, promised, today, lambda _: None)
        )
    except Rejected as error:
        return Part(name, door, None, error.reason)


def _door_of_statement(of: AskedStatement) -> str:
    if of.part != "year":
        return ""  # a pack alone is of a part of it
    said = {
        "definition": of.definition,
        "unsettled": None if of.unsettled else "false",
        "with_predecessors": "true" if of.with_predecessors else None,
        "as_known_at": of.as_known_at,
    }
    return _link(f"/v1/statements/{of.buyer}/{of.financial_year}", said)


def _door(name: Beside, asked: AskedPack) -> str:
    of = asked.statement
    said: dict[str, object] = {"definition": of.definition}
    if name == "benchmarks":
        said["as_known_at"] = of.as_known_at
        return _link("/v1/benchmarks", {"financial_year": of.financial_year} | said)
    said |= {"as_of": of.as_known_at}
    said |= {"allocation_growth": asked.allocation_growth, "net_uplift": asked.net_uplift}
    return _link(f"/v1/commitments/{of.buyer}/{of.financial_year}", said)


def _link(path: str, said: Mapping[str, object]) -> str:
    query = urlencode({name: value for name, value in said.items() if value is not None})
    return f"{path}?{query}" if query else path
