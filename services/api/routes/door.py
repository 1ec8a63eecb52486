"""What every route is given, and how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.cursor import Cursors
from services.api.queries.point_reads import PointReads
from shared.access import Allow, require
from shared.lists.whole_list import WholeLists


@dataclass(frozen=True)
class Door:
    """The read model, the cursors over it, who may ask, and what day it is."""

    engine: AsyncEngine
    point_reads: PointReads
    cursors: Cursors
    token_key: SecretStr | None
    today: Callable[[], date]

    @cached_property
    def whole_lists(self) -> WholeLists:
        """Lists as files."""
        return WholeLists(self.engine)

    def allow(self, scope: str) -> Allow:
        """A FastAPI dependency: the caller, once it holds `scope`."""
        return require(self.token_key, scope)


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
