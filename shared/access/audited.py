"""Has each request leave its rows in the audit, before its answer leaves."""

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.act import CURRENT, Act
from shared.access.audit import audit_commits, keep_act
from shared.database import DATABASE_ERRORS
from shared.logs import logger

_FAILED, _REFUSED = 500, 400


class Audited:
    """ASGI middleware. What can't be audited is not answered: 503, the same request again will do.

    A change that its row is committed with is answered in any case.
    """

    def __init__(self, app: ASGIApp, engine: AsyncEngine) -> None:
        self._app = app
        self._engine = engine
        audit_commits(engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; its act goes with its context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        act = Act(scope["method"])
        status, lost, read = _FAILED, False, False

        async def audited(message: Message) -> None:
            nonlocal status, lost, read
            if lost:
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                lost = act.writes and not await self._keep_write(act, status)
            # Of a list that is streamed it is seen on the way that it holds names.
            if not lost and not act.writes and act.personal and not read:
                read = True
                lost = not await self._keep(act, str(status))
                if lost and message["type"] != "http.response.start":
                    raise ConnectionError("the audit can't be kept: the answer ends here")
            await (_away(scope, receive, send) if lost else send(message))

        token = CURRENT.set(act)
        try:
            await self._app(scope, receive, audited)
        except Exception:
            if act.writes and not act.over:
                await self._keep_write(act, _FAILED)
            raise
        finally:
            act.over = True
            CURRENT.reset(token)

    async def _keep_write(self, act: Act, status: int) -> bool:
        """Whether the act has its rows: with what it committed, else one of how it ended."""
        act.over = True
        if not act.subject or (act.committed and status < _REFUSED):
            return True
        return await self._keep(act, str(status)) or bool(act.committed)

    async def _keep(self, act: Act, outcome: str) -> bool:
        try:
            await keep_act(self._engine, act, outcome)
        except DATABASE_ERRORS as error:
            logger.warning("audit.not_kept", route=act.route, error=repr(error))
            return False
        return True


async def _away(scope: Scope, receive: Receive, send: Send) -> None:
    answer = JSONResponse(
        {
            "type": "about:blank",
            "title": "The database is away or busy",
            "status": 503,
            "detail": "What is asked can't be audited now; the same request again will do.",
        },
        503,
        {"Retry-After": "2"},
        "application/problem+json",
    )
    await answer(scope, receive, send)
