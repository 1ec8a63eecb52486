"""HTTP, the same at every door: problem+json (RFC 9457), health, metrics, request times."""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import Refused
from shared.access.audited import Audited
from shared.database import DATABASE_ERRORS, is_passing
from shared.door.bodies import BoundedBodies
from shared.door.deprecation import SaidDeprecated
from shared.door.front_page import front_page
from shared.door.openapi_document import PROBLEM_TYPE, finish_document, operation_id
from shared.door.problems import (
    CONFLICT,
    FAILED,
    FORBIDDEN,
    NO_TOKEN,
    NOT_KNOWN,
    NOT_NOW,
    NOT_READY,
    PAGE,
    TOO_MANY,
    UNUSABLE,
    Kind,
    as_html,
    in_our_words,
    of_status,
)
from shared.errors import Conflict, NotKnown, Rejected, Retryable
from shared.logs import logger
from shared.metrics import REQUEST_SECONDS
from shared.plain import in_plain_words

Ready = Callable[[], Awaitable[list[str]]]
_RETRY_AFTER_SECONDS = "2"


def problem(kind: Kind, detail: str = "", **members: Any) -> JSONResponse:
    """A problem+json answer of a kind; `members` are extension members such as `errors`."""
    body = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        **members,
    }
    return JSONResponse(
        {name: value for name, value in body.items() if value not in ("", None)},
        status_code=kind.status,
        media_type=PROBLEM_TYPE,
    )


def open_door(
    title: str,
    description: str,
    ready: Ready,
    uploads: Mapping[str, int] | None = None,
    *,
    audit: AsyncEngine | None = None,
    examples: Mapping[str, Any] | None = None,
) -> FastAPI:
    """A FastAPI app with front page, health, metrics and errors; `ready` says what is amiss.

    `uploads` are the routes that take more than the usual body, with the most bytes of each. What
    is written through the engine `audit`, and who reads personal data, is kept in its audit.
    `examples` are the document's for parameters whose routes give none, by their names.
    """
    app = FastAPIOffline(
        title=title,
        description=description,
        version="1",
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(NotKnown, _not_known)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Retryable, _not_now)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(asyncpg.DataError, _not_a_value)
    for error in DATABASE_ERRORS:
        app.add_exception_handler(error, _database)
    app.openapi = partial(finish_document, app, app.openapi, examples or {})  # type: ignore[method-assign]  # as it asks
    app.add_exception_handler(Exception, _unexpected)

    app.add_middleware(BoundedBodies, uploads=uploads)
    if audit is not None:
        app.add_middleware(Audited, engine=audit)
    app.add_middleware(SaidDeprecated)
    app.add_middleware(_Timed)

    @app.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        return front_page(title, description, request.headers.get("accept", ""))

    @app.get("/health/live", tags=["health"])
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get(
        "/health/ready",
        tags=["health"],
        response_model=None,
        responses={NOT_READY.status: {"description": "What it waits for"}},
    )
    async def is_ready() -> Response | dict[str, str]:
        """The service makes progress; 503 says why where it does not."""
        amiss = await ready()
        if amiss:
            return problem(NOT_READY, "; ".join(amiss))
        return {"status": "ready"}

    @app.get(PAGE, include_in_schema=False, response_class=HTMLResponse)
    async def problems() -> str:
        return as_html()

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


class _Timed:
    """Observes each request's time; plain ASGI, since Starlette's base class costs 0.1 ms each."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            REQUEST_SECONDS.labels(scope["method"], route, status).observe(
                time.perf_counter() - started
            )


async def _rejected(_: Request, error: Any) -> Response:
    fault = {"field": error.field, "row": error.row, "reason": error.reason}
    # Reasons are logged too, and leave out a name that is the sender's own text: it may see that.
    named = not error.field or error.field in error.reason
    detail = error.reason if named else f"{error.field}: {error.reason}"
    return problem(UNUSABLE, detail, errors=[fault])


async def _conflict(_: Request, error: Exception) -> Response:
    return problem(CONFLICT, str(error))


async def _not_known(_: Request, error: Exception) -> Response:
    return problem(NOT_KNOWN, str(error))


async def _refused(_: Request, error: Any) -> Response:
    kind = next(each for each in (NO_TOKEN, TOO_MANY, FORBIDDEN) if error.status == each.status)
    answer = problem(kind, error.reason)
    if kind is NO_TOKEN:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


async def _not_now(_: Request, error: Exception) -> Response:
    answer = problem(NOT_NOW, f"{error}; the same request again will do")
    answer.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return answer


async def _invalid(_: Request, error: Any) -> Response:
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]), "reason": in_plain_words(fault)}
        for fault in error.errors()
    ]
    detail = "; ".join(f"{fault['field'] or 'the body'}: {fault['reason']}" for fault in errors[:3])
    return problem(UNUSABLE, detail, errors=errors)


async def _http(_: Request, error: Any) -> Response:
    detail = in_our_words(str(error.detail))
    kind = of_status(error.status_code)
    if kind is None:  # HTTP's own, which its own words describe
        kind = Kind("", error.status_code, detail, "", "")
        detail = ""
    answer = problem(kind, detail)
    answer.headers.update(error.headers or {})
    return answer


async def _not_a_value(_: Request, __: Exception) -> Response:
    return problem(UNUSABLE, "a value asked for is none that there can be")


async def _database(request: Request, error: Exception) -> Response:
    cause = getattr(getattr(error, "orig", None), "__cause__", None)
    if isinstance(cause, asyncpg.DataError):
        return await _not_a_value(request, error)
    if not is_passing(error):
        return await _unexpected(request, error)
    logger.warning("request.interrupted", path=request.url.path, error=repr(error))
    answer = problem(
        NOT_NOW,
        "the database is away or busy: nothing was done; the same request again will do",
    )
    answer.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return answer


async def _unexpected(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(6)
    logger.exception(
        "request.failed", path=request.url.path, error=repr(error), reference=reference
    )
    return problem(
        FAILED,
        f"the error is the service's own, and was logged as {reference}; trying again later may "
        "help",
        reference=reference,
    )
