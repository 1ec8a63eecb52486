"""What an organisation is like: its flags, its income and size, its Place and reach."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from services.api.routes.door import Answer
from services.api.spend.locality import Locality, locality
from shared.events import Reach


class FlagAnswer(Answer):
    """What is seen of it whatever the definition, and the rule that says so."""

    flag: str
    rule: str


class Profile(Answer):
    """Null is not known."""

    flags: list[FlagAnswer] = Field(
        description="Charities of the NHS and of public bodies, whatever the definition"
    )
    income: int | None = Field(description="Latest yearly income on a register, in whole pounds")
    income_band: str | None
    size: str | None
    place: str | None = Field(description="The Place of its postcode")
    places: list[str] = Field(description="The Places in which it says that it works")
    reach: Reach | None = Field(
        description="One Place, several of the system, or beyond it. Of what is in none of its "
        "Places it is told only where `buyer_place` is asked for: to a buyer elsewhere it says "
        "nothing"
    )
    locality_rule: str | None = Field(
        description="What place, places and reach go by; null where reach is left out"
    )
    locality: Locality | None = Field(
        description="What it is to a buyer of `buyer_place`; null where none was asked for"
    )


BuyerPlace = Annotated[
    str | None,
    Query(max_length=200, description="The buyer's Place, for `locality`"),
]

NO_PROFILE: dict[str, Any] = {
    "flags": [],
    "income": None,
    "income_band": None,
    "size": None,
    "place": None,
    "places": [],
    "reach": None,
    "locality_rule": None,
}
PROFILE_EXAMPLE = {
    "flags": [{"flag": "nhs-charity", "rule": "its name is that of the charity of a hospital"}],
    "income": 8_214_000,
    "income_band": "5m and above",
    "size": "large",
    "place": "Leeds",
    "places": ["Leeds", "Wakefield District"],
    "reach": "regional",
    "locality_rule": "its postcode LS1 1AA lies in LS1, which is Leeds",
    "locality": "local",
}


def profile(known: Mapping[str, Any], buyer_place: str | None) -> dict[str, Any]:
    """The profile from a supplier's row, and what it is to a buyer of a Place."""
    shown = {name: known[name] for name in NO_PROFILE}
    if buyer_place is None and shown["place"] is None and not shown["places"]:
        shown |= {"reach": None, "locality_rule": None}
    return shown | {
        "locality": locality(buyer_place, shown["place"], shown["places"], shown["reach"])
        if buyer_place is not None
        else None
    }
