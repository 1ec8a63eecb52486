"""A request that may be sent again: its key, what it said, and what it was answered.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.identity import identify

KEPT_FOR = timedelta(hours=24)
REPLAYED = "Idempotency-Replayed"
"""The header of an answer that was given before."""

_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?', re.ASCII)


class Keyed(NamedTuple):
    """A request with its key: `answer_id` names it, `fingerprint` is a digest of what it says."""

    answer_id: str
    fingerprint: bytes

    @property
    def request_id(self) -> str:
        """Names the request for ever: the key alone may come again once its answer is forgotten."""
        return identify("request", self.answer_id, self.fingerprint.hex())


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    media_type: str
    body: bytes


def answers_table(metadata: MetaData) -> Table:
    """The answers that a service keeps for requests sent again."""
    return Table(
        "answers",
        metadata,
        Column("answer_id", Uuid, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("answered_at", DateTime(timezone=True), nullable=False, index=True),
    )


_answers = answers_table(MetaData())


def read_key(header: str) -> str | None:
    """The key of an Idempotency-Key header, in quotes or bare; None where it is not usable."""
    match = _KEY.fullmatch(header.strip())
    return match[1] if match and header.count('"') in (0, 2) else None


def keyed(caller: Caller, route: str, key: str, said: Iterable[bytes]) -> Keyed:
    """A request by its caller, route and key, and by what it says: headers that count, and body.

    Two issuers may name a caller alike, who are not the same.
    """
    digest = hashlib.sha256()
    for part in said:
        digest.update(len(part).to_bytes(8, "big") + part)
    return Keyed(identify("answer", caller.issuer, caller.subject, route, key), digest.digest())


async def answer_once(
    engine: AsyncEngine,
    request: Keyed,
    work: Callable[[AsyncConnection], Awaitable[Answer]],
    now: datetime,
) -> tuple[Answer, bool]:
    """The answer, and whether it was given before; `work` and its answer commit together.

    Conflict: a request with this key is being worked on. Rejected: the key came with something
    else before. A failure of ours keeps nothing, so that the request can be sent again.
    """
    async with begin(engine) as tx:
        if not await lock_answer(tx, request.answer_id):
            raise Conflict("a request with this Idempotency-Key is being worked on: try again")
        kept = await _find_answer(tx, request.answer_id, now - KEPT_FOR)
        if kept is not None:
            answer, fingerprint = kept
            if fingerprint != request.fingerprint:
                raise Rejected(
                    "this Idempotency-Key was used before with another request: "
                    "give each request a key of its own",
                    "Idempotency-Key",
                )
            return answer, True
        answer = await work(tx)
        await _put_answer(tx, request.answer_id, request.fingerprint, answer, now)
        return answer, False


async def lock_answer(tx: AsyncConnection, answer_id: str) -> bool:
    """Claim the answer for this transaction; False where another one works on it."""
    # Advisory locks are the database's, not the schema's: the schema is part of the lock.
    name = func.concat(func.current_schema(), "/answer/", answer_id)
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
    claimed: bool = (await tx.execute(select(lock))).scalar_one()
    return claimed


async def forget_answers(engine: AsyncEngine, now: datetime) -> int:
    """Delete the answers that are older than 24 hours; return how many there were."""
    async with begin(engine) as tx:
        old = _answers.c.answered_at <= now - KEPT_FOR
        return (await tx.execute(delete(_answers).where(old))).rowcount


async def _find_answer(
    tx: AsyncConnection, answer_id: str, since: datetime
) -> tuple[Answer, bytes] | None:
    """The answer that was given after `since`, with the fingerprint of what it answered."""
    row = (
        await tx.execute(
            select(_answers).where(
                _answers.c.answer_id == UUID(answer_id), _answers.c.answered_at > since
            )
        )
    ).one_or_none()
    return row and (Answer(row.status, row.media_type, row.body), row.fingerprint)


async def _put_answer(
    tx: AsyncConnection, answer_id: str, fingerprint: bytes, answer: Answer, now: datetime
) -> None:
    """Keep the answer, in place of one that is too old to be given again."""
    values = {"fingerprint": fingerprint, **answer._asdict(), "answered_at": now}
    kept = insert(_answers).values(answer_id=UUID(answer_id), **values)
    await tx.execute(kept.on_conflict_do_update(index_elements=["answer_id"], set_=values))
