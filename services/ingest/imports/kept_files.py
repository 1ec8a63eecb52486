"""The bytes of every file that is imported: kept by digest, once, a chunk at a time."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import cramjam
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.queries.files import claim_file, file_size, insert_chunk, read_chunk
from shared.errors import Conflict, NotKnown

_CHUNK = 4 * 1024 * 1024
_LEVEL = 3
_NOT_KEPT = "the bytes of this file are not kept"


async def keep_file(tx: AsyncConnection, path: Path, digest: str, now: datetime) -> None:
    """Keep the file in the caller's transaction, unless it is kept.

    Conflict: its bytes are not those of the digest any more.
    """
    size = (await asyncio.to_thread(path.stat)).st_size
    if not await claim_file(tx, digest, size, now):
        return
    whole = hashlib.sha256()

    def pack(piece: bytes) -> bytes:
        whole.update(piece)
        return bytes(cramjam.zstd.compress(piece, level=_LEVEL))

    number = 0
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _CHUNK):
            await insert_chunk(tx, digest, number, await asyncio.to_thread(pack, piece))
            number += 1
    if whole.hexdigest() != digest:
        raise Conflict(f"{path.name} was changed while it was read: bring it again")


async def read_kept(engine: AsyncEngine, digest: str) -> AsyncIterator[bytes]:
    """The bytes of a kept file, as they came. NotKnown: they are not kept."""
    async with engine.connect() as connection:
        if await file_size(connection, digest) is None:
            raise NotKnown(_NOT_KEPT)
    number = 0
    while True:
        async with engine.connect() as connection:  # none is held while a slow reader takes its own
            packed = await read_chunk(connection, digest, number)
        if packed is None:
            return
        yield bytes(await asyncio.to_thread(cramjam.zstd.decompress, packed))
        number += 1


async def unpack_file(connection: AsyncConnection, digest: str, path: Path) -> None:
    """Write a kept file to `path`; a caller in a transaction needs no connection beside its own.

    NotKnown: its bytes are not kept.
    """
    if await file_size(connection, digest) is None:
        raise NotKnown(_NOT_KEPT)

    number = 0
    with path.open("wb") as file:
        while (packed := await read_chunk(connection, digest, number)) is not None:
            await asyncio.to_thread(_write, file, packed)
            number += 1


def _write(file: BinaryIO, packed: bytes) -> None:
    file.write(cramjam.zstd.decompress(packed))
