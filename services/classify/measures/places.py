"""The Places of a system, as dated data, and where in them an organisation is."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.classify.matching.names import comparable
from services.classify.organisation import Organisation

Reach = Literal["local", "regional", "national"]

_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(?:(\d)[A-Z]{2})?")
_AREA = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?(?: \d)?")
_MOST_TOLD = 3


class Place(BaseModel):
    """A Place: names under which registers print its authorities, and its postcode areas.

    `postcodes` are districts (`LS7`) or, where a district is parted, sectors of it (`WF3 4`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    authorities: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()


class System(BaseModel):
    """A system and its Places; `since` is the day from which this version holds.

    `whole` are names of areas that are all of it, `scales` what a register prints of how widely a
    charity works without saying where.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    title: str
    version: str
    since: date
    source: str
    doubt: str = ""
    whole: tuple[str, ...] = ()
    scales: dict[str, Reach] = {}
    places: tuple[Place, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        for what, given in (
            ("postcode", [(each, p.name) for p in self.places for each in p.postcodes]),
            ("authority", [(_folded(each), p.name) for p in self.places for each in p.authorities]),
        ):
            owners: dict[str, str] = {}
            for each, owner in given:
                if owners.setdefault(each, owner) != owner:
                    raise ValueError(f"the {what} {each} is in {owners[each]} and in {owner}")
        for place in self.places:
            for each in place.postcodes:
                if not _AREA.fullmatch(each):
                    raise ValueError(f"{each!r} is no postcode district or sector")
        return self

    @cached_property
    def by_postcode(self) -> Mapping[str, str]:
        """The Place of each district and sector."""
        return {each: place.name for place in self.places for each in place.postcodes}

    @cached_property
    def by_area(self) -> Mapping[str, Sequence[str]]:
        """The Places of each area, by its folded name."""
        everywhere = [place.name for place in self.places]
        return {_folded(each): everywhere for each in self.whole} | {
            _folded(each): [place.name] for place in self.places for each in place.authorities
        }

    @cached_property
    def by_scale(self) -> Mapping[str, Reach]:
        """How widely each scale reaches, by its folded name."""
        return {_folded(each): reach for each, reach in self.scales.items()}


class Located(NamedTuple):
    """Where an organisation is: the Place of its postcode, the Places in which it works, how far
    it reaches (None where that is not known), and the rule that says so.
    """

    place: str | None
    places: tuple[str, ...]
    reach: Reach | None
    rule: str


def locate(
    organisation: Organisation, system: System, ledger_postcode: str | None = None
) -> Located:
    """Where the organisation is, whoever buys of it.

    The ledger's postcode stands in where no register gives one.
    It is local where all that is known of it is one Place, regional where it is several or the
    whole system, national where its postcode or an area of its work lies beyond the system.
    """
    place, beyond, seat = _seat(organisation.postcode or ledger_postcode, system)
    if ledger_postcode and not organisation.postcode:
        seat = f"no register gives its postcode, the ledger does: {seat}"
    found: dict[str, None] = {}
    elsewhere: list[str] = []
    scale: Reach | None = None
    for area in organisation.areas:
        name = _folded(area)
        if name in system.by_area:
            found |= dict.fromkeys(system.by_area[name])
        elif name in system.by_scale:
            scale = system.by_scale[name]
        else:
            elsewhere.append(area)
    works = _told("it works in", [*found, *elsewhere], organisation.areas if scale else ())
    here = dict.fromkeys([*([place] if place else []), *found])
    reach: Reach | None = None
    if beyond or elsewhere or scale == "national":
        reach = "national"
    elif here:
        reach = "regional" if len(here) > 1 or scale == "regional" else "local"
    return Located(place, tuple(found), reach, "; ".join(filter(None, (seat, works))))


def _seat(postcode: str | None, system: System) -> tuple[str | None, bool, str]:
    """The Place of a postcode, whether it lies beyond the system, and the rule."""
    if not postcode:
        return None, False, "no postcode is known"
    printed = " ".join(postcode.upper().split())
    found = _POSTCODE.fullmatch(printed)
    if found is None:
        return None, False, f"{printed[:20]!r} is no postcode"
    district, sector = found.groups()
    for each in (f"{district} {sector}", district):
        if each in system.by_postcode:
            place = system.by_postcode[each]
            return place, False, f"its postcode {printed} lies in {each}, which is {place}"
    known = f"the Places that this installation knows, those of {system.title}"
    return None, True, f"its postcode {printed} lies beyond {known}"


def _told(words: str, areas: Sequence[str], scales: Sequence[str]) -> str:
    told = list(dict.fromkeys(areas))[:_MOST_TOLD]
    more = [f"{len(areas) - _MOST_TOLD} more"] if len(areas) > _MOST_TOLD else []
    parts = [f"{words} {', '.join([*told, *more])}"] if told else []
    if scales:
        parts.append(f"its register gives the scale of its work as {', '.join(scales)}")
    return "; ".join(parts)


def _folded(name: str) -> str:
    return comparable(name).words
