"""The index of the registers in the database, read by a connection or made in its own process.

`python -m services.classify.basis.index_registers` is that process: it is told on its standard
input which database, so that no password stands among the arguments, and prints what it does.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson
from sqlalchemy.engine import make_url

from services.classify.basis.kept_index import Keep
from services.classify.matching.index.index import Index
from services.classify.queries.registers import every_name, registers_stamp
from services.classify.settings import Settings
from shared.database import open_engine, raw_connection
from shared.errors import Retryable

STEPS = ("the index waits for another process", "names are read", "index is made", "index is kept")
_MODULE = "services.classify.basis.index_registers"
_NICENESS = 10


class Registers(NamedTuple):
    """Whose registers: the address of the database, the schema, and where indexes are kept."""

    database: str
    schema: str
    cache: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of the service."""
        return cls(settings.database, settings.schema_name, str(settings.cache))

    @property
    def keep(self) -> Keep:
        """The kept files of these registers; the address counts without its password."""
        url = make_url(self.database)
        whose = (url.host or "", str(url.port or ""), url.database or "", self.schema)
        return Keep.of(Path(self.cache), "registers", *whose)

    def written(self) -> bytes:
        """For the standard input of the process."""
        return orjson.dumps(self._asdict())

    @classmethod
    def read(cls, said: bytes) -> Self:
        """As it was written."""
        return cls(**orjson.loads(said))


async def read_index(connection: Any) -> Index:
    """The index of what this connection sees, made in a thread of this process and not kept."""
    stamp = await registers_stamp(connection)
    known = await every_name(connection)
    return await asyncio.to_thread(Index.build, known, stamp)


async def index_apart(registers: Registers, watch: Callable[[str], object]) -> None:
    """Have the index made and kept by a process of its own; Retryable where that fails.

    Half a minute of work on half a million names would stop consumers and door of this one.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", _MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told = asyncio.ensure_future(_last_words(process.stderr))
    try:
        if process.stdin and process.stdout:
            process.stdin.write(registers.written())
            process.stdin.close()
            async for line in process.stdout:
                watch(line.decode().strip())
        if await process.wait():
            raise Retryable(f"the index of the registers could not be made: {await told}")
    finally:
        told.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _last_words(said: Any) -> str:
    lines = (await said.read()).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word"


async def _make(registers: Registers, tell: Callable[[str], object]) -> None:
    tell(STEPS[0])
    with registers.keep.alone():
        engine = open_engine(registers.database, registers.schema, connections=1)
        try:
            async with engine.connect() as one:
                connection = await raw_connection(one)
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    stamp = await registers_stamp(connection)
                    if registers.keep.path(stamp).is_file():
                        return
                    tell(STEPS[1])
                    known = await every_name(connection)
        finally:
            await engine.dispose()
        tell(STEPS[2])
        index = Index.build(known, stamp)
        tell(STEPS[3])
        registers.keep.save(index, stamp)


def main() -> None:
    """Make the index, beside others who want the processor more."""
    os.nice(_NICENESS)
    # Millions of objects and no cycles, in a process that ends with its work.
    gc.disable()
    registers = Registers.read(sys.stdin.buffer.read())
    asyncio.run(_make(registers, lambda step: sys.stdout.write(f"{step}\n")))


if __name__ == "__main__":
    main()
