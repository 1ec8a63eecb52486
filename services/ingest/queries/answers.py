"""SQL of the answers that are kept for requests sent again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.answer import Answer
from services.ingest.tables import answers


async def lock_answer(tx: AsyncConnection, answer_id: str) -> bool:
    """Claim the answer for this transaction; False where another one works on it."""
    # Advisory locks are the database's, not the schema's: the schema is part of the lock.
    name = func.concat(func.current_schema(), "/answer/", answer_id)
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
    claimed: bool = (await tx.execute(select(lock))).scalar_one()
    return claimed


async def find_answer(
    tx: AsyncConnection, answer_id: str, since: datetime
) -> tuple[Answer, bytes] | None:
    """The answer that was given after `since`, with the fingerprint of what it answered."""
    row = (
        await tx.execute(
            select(answers).where(
                answers.c.answer_id == UUID(answer_id), answers.c.answered_at > since
            )
        )
    ).one_or_none()
    return row and (Answer(row.status, row.media_type, row.body), row.fingerprint)


async def put_answer(
    tx: AsyncConnection, answer_id: str, fingerprint: bytes, answer: Answer, now: datetime
) -> None:
    """Keep the answer, in place of one that is too old to be given again."""
    values = {"fingerprint": fingerprint, **answer._asdict(), "answered_at": now}
    kept = insert(answers).values(answer_id=UUID(answer_id), **values)
    await tx.execute(kept.on_conflict_do_update(index_elements=["answer_id"], set_=values))


async def delete_answers(tx: AsyncConnection, before: datetime) -> int:
    """Delete the answers that were given before then; return how many."""
    return (await tx.execute(delete(answers).where(answers.c.answered_at <= before))).rowcount
