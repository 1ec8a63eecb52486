"""Write what a buyer publishes into a folder: every file, and what each of them lacks."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.asked.question import choose
from services.api.exports.asked import AskedExport, Publisher
from services.api.exports.exported import Exported
from services.api.exports.files import EXPORTS, VCSE_GRANTS, check_publisher, file_name
from services.api.exports.problems import Problems
from services.api.queries.buyers import known_buyers
from services.api.queries.exports import read_buyer_name
from services.api.queries.moment import as_one
from services.api.queries.spend import known_definitions
from shared.door.accepted import JSON_TYPE
from shared.errors import Conflict, NotKnown, Rejected

Told = Callable[[str, int], None]
"""Hears of rows as they are written: of which file, and how many more."""
PROBLEMS = "problems"
"""The file that tells what the others of the same buyer and days lack."""
_SHOWN = 100
_ROWS_A_TELLING = 500


class Written(NamedTuple):
    """What became of an export: the rows of its file, or the reason why there is none.

    It `failed` unless there is merely nothing to publish.
    """

    name: str
    rows: int = 0
    left_out: int = 0
    reason: str = ""
    failed: bool = False


async def ask_for(
    engine: AsyncEngine, asked: AskedExport, publisher: Publisher, names: Sequence[str]
) -> AskedExport:
    """The same with the buyer's name. Rejected: a buyer or a definition that is not known."""
    async with engine.connect() as connection:
        choose([asked.buyer], await known_buyers(connection), "buyer")
        if VCSE_GRANTS in names:
            choose([asked.definition], await known_definitions(connection), "definition")
        named = await read_buyer_name(connection, asked.buyer)
    return AskedExport(
        asked.buyer, named, asked.span, asked.today, publisher, asked.definition, asked.uri
    )


async def publish_files(
    engine: AsyncEngine, asked: AskedExport, folder: Path, names: Sequence[str], told: Told
) -> list[Written]:
    """Write every form of each export of these names, and what they lack beside them.

    A file bears its name once it is whole: what is cut short leaves a `.part`, which the next run
    replaces. An export for which a setting, the definition or every row is missing is told of and
    left.
    """
    _make(folder)
    written, lacking = [], {}
    for name in names:
        try:
            await ask_for(engine, asked, asked.publisher, [name])
            problems = await _write(engine, asked, folder, name, told)
        except (Conflict, NotKnown, Rejected) as error:
            failed = not isinstance(error, NotKnown)
            written.append(Written(name, reason=str(error), failed=failed))
            continue
        lacking[name] = problems.told()
        rows = (lacking[name][each]["rows"] for each in ("published", "left_out"))
        written.append(Written(name, *rows))
    _replace(
        folder / file_name(PROBLEMS, JSON_TYPE, asked),
        orjson.dumps(lacking, option=orjson.OPT_INDENT_2),
    )
    return written


async def _write(
    engine: AsyncEngine, asked: AskedExport, folder: Path, name: str, told: Told
) -> Problems:
    export = EXPORTS[name]
    check_publisher(export, asked)
    problems = Problems(_SHOWN)
    for media_type, write in export.write.items():
        problems = Problems(_SHOWN)
        path = folder / file_name(name, media_type, asked)
        part = path.with_name(f"{path.name}.part")
        async with as_one(engine) as connection:
            rows = _counted(export.read(connection, asked), problems, name, told)
            try:
                with part.open("wb") as file:
                    async for piece in write(asked, rows):
                        file.write(piece)
            except NotKnown:
                part.unlink()
                raise
        part.replace(path)
    return problems


async def _counted(
    rows: AsyncIterator[Exported[Any]], problems: Problems, name: str, told: Told
) -> AsyncIterator[Exported[Any]]:
    waiting = 0
    async for row in rows:
        problems.add(row)
        waiting += 1
        if waiting == _ROWS_A_TELLING:
            told(name, waiting)
            waiting = 0
        yield row
    told(name, waiting)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
