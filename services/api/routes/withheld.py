"""What an answer says once of the names that it keeps back."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.api.routes.door import Answer, Door

ShownSupplier = Annotated[
    UUID,
    Field(description="Where the name is withheld, an id of the payee of that buyer alone"),
]


class WithheldAnswer(Answer):
    """Why names are null, and who sees them."""

    count: int = Field(description="Items of this page of which something is withheld")
    reason: str
    shown_to: str


_REASON = (
    "The name may be a person's: no organisation is known to be this payee or provider, or the"
    " ledger itself withholds it"
)
_OFFICERS = "An officer of the buyer, by a token of that buyer with the scope personal:read"
_NO_TOKENS = (
    "; this door takes no tokens (LOCALPOUND_TOKEN_KEY is not set), so it shows them to nobody"
)


def tell_withheld(door: Door, items: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How many of the items are withheld, and why; None where nothing is."""
    count = sum(item["withheld"] for item in items)
    if not count:
        return None
    shown_to = _OFFICERS if door.guard.locked else _OFFICERS + _NO_TOKENS
    return {"count": count, "reason": _REASON, "shown_to": shown_to}
