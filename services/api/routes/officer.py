"""Who writes: no write without a named officer of the buyer, whose name is not everybody's."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.api.routes.door import Door
from services.api.withheld.personal import Shows
from shared.access import ANYONE, Caller, Refused
from shared.errors import Rejected
from shared.fields import Line

OfficerShown = Annotated[
    str | None,
    Field(
        description="An officer's name or token subject: shown to whoever wrote it, and with "
        "`personal:read` to the buyer's own officers; null where it is withheld"
    ),
]


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


def shows_officers(caller: Caller, buyer: str, own: str | None = None) -> Shows:
    """How officers of a buyer are named to a caller, who goes by the name `own` where it writes."""

    def shown(name: str | None) -> str | None:
        if name is None or name == own or name == _subject(caller):
            return name
        return name if caller.may_see_personal(buyer) else None

    return shown


def _subject(caller: Caller) -> str | None:
    return None if caller is ANYONE else caller.subject
