"""What every route is given, and how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.cursor import Cursors
from services.api.exports.asked import UNSET, Publisher
from services.api.queries.point_reads import PointReads
from shared.access import Allow, Guard
from shared.lists.whole_list import WholeLists


@dataclass(frozen=True)
class Door:
    """The read model, the cursors over it, who may ask, what day and time it is, who publishes."""

    engine: AsyncEngine
    point_reads: PointReads
    cursors: Cursors
    guard: Guard
    today: Callable[[], date]
    now: Callable[[], datetime]
    publisher: Publisher = UNSET

    @cached_property
    def whole_lists(self) -> WholeLists:
        """Lists as files."""
        return WholeLists(self.engine)

    def allow(self, scope: str, *, providers: bool = False) -> Allow:
        """A FastAPI dependency: the caller, once it holds `scope`.

        A provider's token is refused unless `providers`: the route then answers of
        `Caller.organisation` alone (services/api/own.py).
        """
        return self.guard.require(scope, providers=providers)


class Answer(BaseModel):
    """What every answer shares: it says what its model says, no more and no less."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(BaseModel):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for its OpenAPI."""
    said = {
        401: "The bearer token is missing or not valid",
        403: "The token lacks the scope, which is named",
        404: "Nothing is known under this name",
        409: "The service is not set up for it; what is missing is named",
        422: "Something asked for is not known or not possible; the field and what would be right",
    }
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {
        status: {"description": said[status], "content": content}
        for status in (401, 403, *statuses)
    }


def answer(content: Any) -> Response:
    """JSON as it is, without a second look at its shape: the tests hold it to its model."""
    return Response(orjson.dumps(content), media_type="application/json")
