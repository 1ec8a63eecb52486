"""How a list is wanted: which fields, in which form, and what the client has of it already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from shared.door.accepted import JSON_TYPE, accepted
from shared.errors import Rejected
from shared.lists.fields import choose_fields, pick
from shared.lists.media_types import OFFERED
from shared.lists.tags import answer_unless_had

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the client has, by its If-None-Match, is what would be answered"}
}
_OF_PAGES = ("cursor", "limit")
PAGES_ONLY = (JSON_TYPE,)
"""What a list offers that is had by pages alone."""


@dataclass(frozen=True)
class Wish:
    """The model of the items, the names of its fields that are wanted, the form, the tag."""

    model: type[BaseModel]
    names: tuple[str, ...]
    media_type: str
    if_none_match: str | None

    @property
    def whole(self) -> bool:
        """Whether the whole list is wanted, not a page of it."""
        return self.media_type != JSON_TYPE


def read_wish(
    request: Request,
    model: type[BaseModel],
    fields: Sequence[str],
    offered: Sequence[str] = OFFERED,
) -> Wish:
    """What the request wants. Rejected: a field that is none, a page of a whole list."""
    media_type = accepted(request.headers.get("accept", ""), offered)
    if media_type != JSON_TYPE:
        for name in _OF_PAGES:
            if name in request.query_params:
                raise Rejected(f"{name} is of pages: {media_type} has the whole list", name)
    names = choose_fields(fields, model)
    return Wish(model, names, media_type, request.headers.get("if-none-match"))


def answer_page(wish: Wish, content: Mapping[str, Any], items: str = "items") -> Response:
    """A page as JSON, or 304 where the client has it; its `items` with the fields wanted."""
    shown = content[items]
    if wish.names != tuple(wish.model.model_fields):
        shown = pick(shown, wish.names)
    body = orjson.dumps({**content, items: shown})
    return answer_unless_had(wish.if_none_match, body, JSON_TYPE)
