"""Put a published register in force, in the place of its earlier edition."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.classify.matching.known import BorneName
from services.classify.matching.names import comparable
from services.classify.organisation import Organisation
from services.classify.queries.registers import (
    LoadedRegister,
    analyse_registers,
    replace_register,
)
from services.classify.registers import Register
from services.classify.registers.rows import Contents, OpenFile, open_file
from shared.database import begin, driver


async def load_register(
    engine: AsyncEngine,
    register: Register,
    path: Path,
    now: datetime,
    as_at: date | None = None,
    opener: OpenFile = open_file,
) -> LoadedRegister:
    """Read the file, then replace the register whole, in one transaction.

    Raises Rejected, naming file, row and column, where the file can't be read; the register in
    force then stays in force. `as_at` overrules the day that the file itself tells.
    """
    async with begin(engine) as tx:
        return await load_within(tx, register, path, now, as_at, opener)


async def load_within(
    tx: AsyncConnection,
    register: Register,
    path: Path,
    now: datetime,
    as_at: date | None = None,
    opener: OpenFile = open_file,
) -> LoadedRegister:
    """The same in the caller's transaction."""
    contents, day = read_register(register, path, as_at, opener)
    loaded = LoadedRegister(
        register.source,
        register.title,
        path.name,
        day,
        now,
        len(contents.organisations),
        len(contents.names),
        len(contents.links),
        len(contents.left_out),
        [row._asdict() for row in contents.left_out],
    )
    connection = await driver(tx)
    await replace_register(
        connection,
        loaded,
        contents.organisations,
        borne_names(register.source, contents),
        contents.links,
    )
    await analyse_registers(connection)
    return loaded


def read_register(
    register: Register, path: Path, as_at: date | None = None, opener: OpenFile = open_file
) -> tuple[Contents, date]:
    """What the file holds, and the day to which it goes: the one given, its own, or the file's.

    An organisation that left on a day not printed left at the latest on that day.
    """
    contents: Contents = register.read(path, opener)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    day = as_at or contents.as_at or written
    organisations: list[Organisation] = [
        o._replace(removed_by=day) if o.key in contents.left else o for o in contents.organisations
    ]
    return contents._replace(organisations=organisations), day


def borne_names(source: str, contents: Contents) -> Iterator[BorneName]:
    """The names by their comparable words; those without a letter can't be matched."""
    for name in contents.names:
        words = comparable(name.name).words
        if words:
            yield BorneName(words, source, *name)
