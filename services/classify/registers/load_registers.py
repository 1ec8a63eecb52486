"""Put a published register in force, in the place of its earlier edition."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.classify.matching.known import BorneName
from services.classify.matching.names import comparable
from services.classify.organisation import Organisation
from services.classify.queries.companies import (
    copy_companies,
    prepare_companies,
    replace_companies,
)
from services.classify.queries.editions import (
    begin_edition,
    copy_edition,
    count_unlisted,
    finish_edition,
    keep_days_of_leaving,
    keep_unlisted,
)
from services.classify.queries.registers import LoadedRegister
from services.classify.registers import Register
from services.classify.registers.reading.contents import Contents, LeftOut, together
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.values import day_in_name, lies_ahead
from shared.database import begin, driver
from shared.errors import Rejected

# An edition that lacks more than this of the one in force is a part of it, or a sample. In a short
# list more may go at once: of forty trusts ten in a round of mergers, of three bodies all.
_ONE_IN = 10
_SCATTER = 2  # square roots of the number listed, more than a tenth of it below four hundred


async def load_register(
    engine: AsyncEngine,
    register: Register,
    path: Path,
    now: datetime,
    as_at: date | None = None,
    opener: OpenFile = open_file,
    *,
    force: bool = False,
    note: Callable[[str], object] = lambda _: None,
) -> LoadedRegister:
    """Read the file and replace the register whole, in one transaction, part by part.

    What the edition in force lists and this one does not is kept, as having left by the day of this
    one. `as_at` overrules the day that the file itself tells. Where nothing tells one, it is that
    on which the file was written, which a copy changes: `note` is told so, and no edition is
    refused for it as older. Raises Rejected, naming file, row and column, where the file can't be
    read; and, unless forced, where it is older than the edition in force or lacks more than a tenth
    of it (of fewer than four hundred twice their square root). The register in force then stays in
    force.
    """
    async with begin(engine) as tx:
        return await load_within(tx, register, path, now, as_at, opener, force=force, note=note)


async def load_within(
    tx: AsyncConnection,
    register: Register,
    path: Path,
    now: datetime,
    as_at: date | None = None,
    opener: OpenFile = open_file,
    *,
    force: bool = False,
    note: Callable[[str], object] = lambda _: None,
) -> LoadedRegister:
    """The same in the caller's transaction."""
    connection = await driver(tx)
    before = await begin_edition(connection, register.source)
    told = _told_day(path, as_at)
    counted = _Counted(told or _written(path), guessed=told is None)
    for part in register.parts(path, opener):
        counted.add(part, as_at)
        if not counted.guessed:
            _refuse_older(path, before, counted.as_at, force=force)
        await _copy(connection, register.source, part, counted)
    if counted.guessed:
        note(_guess_told(path, before, counted.as_at))
    kept = 0
    if before is not None:
        await _refuse_partial(connection, register.source, path, force=force)
        if before <= counted.as_at:
            await keep_days_of_leaving(connection, register.source)
            kept = await keep_unlisted(connection, register.source, before, counted.as_at)
    loaded = LoadedRegister(
        register.source,
        register.title,
        path.name,
        counted.as_at,
        now,
        counted.organisations,
        counted.names,
        counted.links,
        counted.left_out,
        counted.companies,
        kept,
        [row._asdict() for row in counted.examples],
    )
    await finish_edition(connection, loaded)
    if counted.companies:
        await replace_companies(connection)
    return loaded


class _Counted:
    """What was read so far, and the day to which it goes."""

    def __init__(self, day: date, *, guessed: bool) -> None:
        self.as_at, self.guessed, self._told = day, guessed, False
        self.organisations = self.names = self.links = self.left_out = self.companies = 0
        self.examples: list[LeftOut] = []

    def add(self, part: Contents, given: date | None) -> None:
        """Count a part; its own day stands unless one is given."""
        if part.as_at is not None and given is None:
            self.as_at = max(self.as_at, part.as_at) if self._told else part.as_at
            self._told, self.guessed = True, False
        self.organisations += len(part.organisations)
        self.names += len(part.names)
        self.links += len(part.links)
        self.left_out += len(part.left_out)
        self.companies += len(part.companies)
        if not self.examples:
            self.examples = list(part.left_out)


async def _copy(connection: Any, source: str, part: Contents, counted: _Counted) -> None:
    await copy_edition(
        connection,
        source,
        _dated(part, counted.as_at),
        borne_names(source, part),
        part.links,
    )
    if part.companies:
        if counted.companies == len(part.companies):
            await prepare_companies(connection)
        await copy_companies(connection, part.companies)


def _refuse_older(path: Path, before: date | None, as_at: date, *, force: bool) -> None:
    if before is not None and as_at < before and not force:
        raise Rejected(
            f"{path.name} goes to {as_at}, the edition in force to {before}: "
            "an older one is loaded only with --force"
        )


def _guess_told(path: Path, before: date | None, day: date) -> str:
    said = f"{path.name} tells no day: taken as at {day}, when the file was written"
    if before is not None and day < before:
        said += f", though the edition in force goes to {before}"
    return f"{said}; --as-at says another"


async def _refuse_partial(connection: Any, source: str, path: Path, *, force: bool) -> None:
    listed, unlisted = await count_unlisted(connection, source)
    if unlisted > most_unlisted(listed) and not force:
        raise Rejected(
            f"{path.name} lacks {unlisted:,} of the {listed:,} organisations of the edition in "
            "force: is it a part or a sample? It is loaded only with --force"
        )


def most_unlisted(listed: int) -> int:
    """How many of so many may have left since the former edition."""
    return max(listed // _ONE_IN, math.isqrt(_SCATTER**2 * listed))


def read_register(
    register: Register, path: Path, as_at: date | None = None, opener: OpenFile = open_file
) -> tuple[Contents, date]:
    """What the file holds, at once, and the day to which it goes.

    Companies that are only looked up are left out: there are five million. The day is the one
    given, the file's own, that in its name or that on which it was written.
    """
    parts = (part._replace(companies=()) for part in register.parts(path, opener))
    contents = together(parts)
    day = as_at or contents.as_at or _told_day(path, None) or _written(path)
    return contents._replace(organisations=_dated(contents, day)), day


def _told_day(path: Path, given: date | None) -> date | None:
    """The day given or in the file's name."""
    told = given or day_in_name(path)
    if told is not None and lies_ahead(told):
        raise Rejected(f"{path.name} can't go to {told}: that day lies ahead")
    return told


def _written(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _dated(part: Contents, day: date) -> list[Organisation]:
    """An organisation that left on a day not printed left at the latest on that of the register."""
    return [o._replace(removed_by=day) if o.key in part.left else o for o in part.organisations]


def borne_names(source: str, contents: Contents) -> Iterator[BorneName]:
    """The names by their comparable words; those without a letter can't be matched."""
    for name in contents.names:
        words = comparable(name.name).words
        if words:
            yield BorneName(words, source, *name)
