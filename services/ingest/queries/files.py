"""SQL of the files that were imported, chunk by chunk."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import file_chunks, files


async def claim_file(tx: AsyncConnection, digest: str, size: int, now: datetime) -> bool:
    """Whether the caller is to keep this file's chunks; False where they are kept.

    Another transaction that is keeping them is waited for.
    """
    row = upsert(files).values(digest=digest, size=size, kept_at=now).on_conflict_do_nothing()
    return (await tx.execute(row)).rowcount == 1


async def insert_chunk(tx: AsyncConnection, digest: str, number: int, content: bytes) -> None:
    """Keep one chunk."""
    await tx.execute(insert(file_chunks).values(digest=digest, number=number, content=content))


async def file_size(connection: AsyncConnection, digest: str) -> int | None:
    """The bytes of a kept file; None where it is not kept."""
    query = select(files.c.size).where(files.c.digest == digest)
    return (await connection.execute(query)).scalar_one_or_none()


async def read_chunk(connection: AsyncConnection, digest: str, number: int) -> bytes | None:
    """One chunk, from 0 on; None after the last."""
    query = select(file_chunks.c.content).where(
        file_chunks.c.digest == digest, file_chunks.c.number == number
    )
    return (await connection.execute(query)).scalar_one_or_none()
