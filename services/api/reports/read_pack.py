"""A pack as one moment has it: its statement, and what other doors answer of the year beside it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.reports.answer_benchmarks import AskedBenchmarks, answer_benchmarks
from services.api.reports.answer_commitments import AskedYear, answer_commitments
from services.api.reports.benchmarks_sheet import write_benchmarks
from services.api.reports.commitments_sheet import write_commitments
from services.api.reports.pack_doors import AskedPack, door_beside, door_of_statement
from services.api.reports.read_statement import read_statement
from services.api.statements.archive import Entry, archive
from services.api.statements.document import Document
from services.api.statements.packs import Beside
from shared.csv_rows import csv_table
from shared.errors import Rejected
from shared.lists.tags import weak_tag_of

_SHEETS = {"commitments": write_commitments, "benchmarks": write_benchmarks}
_LISTED = ("part", "door", "left out because")


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

    @property
    def tag(self) -> str:
        """Of all that the zip is made of: the same facts on the same day have the same."""
        return weak_tag_of(self.statement.model_dump_json(), self.statement_door, self.beside)

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
    return ReadPack(pack.of(statement), door_of_statement(of), beside)


async def _beside(connection: AsyncConnection, name: Beside, asked: AskedPack, today: date) -> Part:
    of, door = asked.statement, door_beside(name, asked)
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
