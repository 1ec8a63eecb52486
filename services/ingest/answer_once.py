"""Do what a request asks once, however often it is sent, and answer the same each time."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.answer import KEPT_FOR, Answer, Keyed
from services.ingest.queries.answers import find_answer, lock_answer, put_answer
from shared.database import begin
from shared.errors import Conflict, Rejected


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
        kept = await find_answer(tx, request.answer_id, now - KEPT_FOR)
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
        await put_answer(tx, request.answer_id, request.fingerprint, answer, now)
        return answer, False
