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

from services.api.exports.asked import UNSET, Publisher
from services.api.queries.point_reads import PointReads
from shared.access import Allow, Guard
from shared.door.accepted import JSON_TYPE
from shared.door.turns import Turns
from shared.lists.cursor import Cursors
from shared.lists.tags import answer_unless_had
from shared.lists.whole_list import WholeLists

_REPORTS_AT_ONCE, _FILES_AT_ONCE = 2, 3
"""A report keeps one connection, a file up to two: of the eleven by default three are left."""


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
    def reports(self) -> Turns:
        """Turns at what reads years of a buyer before it answers, and keeps a connection for it."""
        return Turns("statements, packs and reports are made", _REPORTS_AT_ONCE)

    @cached_property
    def files(self) -> Turns:
        """Turns at what is sent while it is read, for as long as its reader takes: apart from
        reports, which no slow reader of a file can hold up.
        """
        return Turns("whole lists and exports are sent", _FILES_AT_ONCE)

    @cached_property
    def whole_lists(self) -> WholeLists:
        """Lists as files."""
        return WholeLists(self.engine, self.files)

    def allow(self, scope: str, *, providers: bool = False) -> Allow:
        """A FastAPI dependency: the caller, once it holds `scope`.

        A provider's token is refused unless `providers`: the route then answers of
        `Caller.organisation` alone (services/api/withheld/own.py).
        """
        return self.guard.require(scope, providers=providers)


class Answer(BaseModel):
    """What every answer shares: it says what its model says, no more and no less."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for its OpenAPI; shared/door/openapi_document.py says their form."""
    said = {
        401: "The bearer token is missing or not valid",
        403: "The token lacks the scope, which is named",
        404: "Nothing is known under this name",
        409: "The service is not set up for it; what is missing is named",
        422: "Something asked for is not known or not possible; the field and what would be right",
    }
    return {status: {"description": said[status]} for status in (401, 403, *statuses)}


def answer(content: Any) -> Response:
    """JSON as it is, without a second look at its shape: the tests hold it to its model."""
    return Response(orjson.dumps(content), media_type=JSON_TYPE)


def answer_anew(content: Any, if_none_match: str | None) -> Response:
    """The same with its tag, or 304 where the client has it."""
    return answer_unless_had(if_none_match, orjson.dumps(content), JSON_TYPE)
