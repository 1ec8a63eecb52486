"""What lists of this door are asked alike, and what each says of its answers in the OpenAPI."""

from typing import Annotated, Any

from fastapi import Query

from services.api.routes.door import problems
from shared.door.accepted import JSON_TYPE
from shared.lists.media_types import OTHER_FORMS
from shared.lists.wish import NOT_MODIFIED

Limit = Annotated[int, Query(ge=1, le=500)]
Over25000 = Annotated[
    bool | None, Query(description="Only those above 25,000 pounds, or only the others")
]


def list_answers(example: Any) -> dict[int | str, dict[str, Any]]:
    """A page as in the example, the whole list in its other forms, what the client has, errors."""
    content = OTHER_FORMS | {JSON_TYPE: {"example": example}}
    return problems(422) | NOT_MODIFIED | {200: {"content": content}}
