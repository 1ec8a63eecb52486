"""Statements as they stood when an officer kept them: bytes by their digest, numbered from 1."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.kept.one_by_one import await_turn
from services.api.kept.tables import statement_contents, statement_versions


class Kept(NamedTuple):
    """A version, and whether it is new: the same content again is the version that there is."""

    version: int
    digest: str
    who: str
    kept_at: datetime
    new: bool


async def keep_version(
    tx: AsyncConnection, buyer: str, financial_year: str, content: bytes, who: str, now: datetime
) -> Kept:
    """Keep a statement as the next version, unless the last one says the same."""
    await await_turn(tx, "statement", buyer, financial_year)
    digest = hashlib.sha256(content).hexdigest()
    versions = await list_versions(tx, buyer, financial_year)
    last = versions[-1] if versions else None
    if last is not None and last["digest"] == digest:
        return Kept(last["version"], digest, last["who"], last["kept_at"], new=False)
    number = 1 if last is None else last["version"] + 1
    await tx.execute(
        insert(statement_contents).values(digest=digest, content=content).on_conflict_do_nothing()
    )
    await tx.execute(
        statement_versions.insert().values(
            buyer=buyer,
            financial_year=financial_year,
            version=number,
            digest=digest,
            who=who,
            kept_at=now,
        )
    )
    return Kept(number, digest, who, now, new=True)


async def list_versions(
    connection: AsyncConnection, buyer: str, financial_year: str
) -> list[RowMapping]:
    """The versions of a statement, by number."""
    found = await connection.execute(
        select(statement_versions)
        .where(
            statement_versions.c.buyer == buyer,
            statement_versions.c.financial_year == financial_year,
        )
        .order_by(statement_versions.c.version)
    )
    return list(found.mappings())


async def read_version(
    connection: AsyncConnection, buyer: str, financial_year: str, version: int
) -> bytes | None:
    """The bytes of a version; None where there is none of that number."""
    content: bytes | None = await connection.scalar(
        select(statement_contents.c.content)
        .join(statement_versions, statement_versions.c.digest == statement_contents.c.digest)
        .where(
            statement_versions.c.buyer == buyer,
            statement_versions.c.financial_year == financial_year,
            statement_versions.c.version == version,
        )
    )
    return content
