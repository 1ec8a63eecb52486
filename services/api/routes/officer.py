"""Who writes: no write without a named officer of the buyer."""

from pydantic import BaseModel, ConfigDict, Field

from services.api.routes.door import Door
from shared.access import Caller, Refused
from shared.errors import Rejected
from shared.fields import Line


class Officer(BaseModel):
    """Who writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


def officer(door: Door, caller: Caller, buyer: str, who: str | None) -> str:
    """The officer's name: the token's subject, or where the door takes no tokens what is said.

    Refused: the token speaks for another buyer. Rejected: nobody is named.
    """
    if not caller.speaks_for(buyer):
        raise Refused(403, f"the token does not speak for {buyer}")
    name = caller.subject if door.guard.locked else who
    if name is None:
        raise Rejected("who writes must be said, for this door takes no tokens", "who")
    return name
