"""suppliers.v1: which organisation a supplier is, and what it counts as."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.fact import Fact
from shared.fields import Line

Tier = Literal["auto", "review", "none"]
Reach = Literal["local", "regional", "national"]


class Membership(BaseModel):
    """A period in which a supplier counts under a definition, and the rule that says so.

    Both ends are days that still count; None is open. Several periods of one definition may follow
    one another.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    definition: str
    version: str
    since: date | None = None
    until: date | None = None
    rule: str


class Exclusion(BaseModel):
    """A period in which a supplier would count under a definition but for this rule of it.

    Both ends are days; None is open.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    definition: str
    version: str
    since: date | None = None
    until: date | None = None
    rule: str


class Flag(BaseModel):
    """What is seen of a supplier whatever the definition, and the rule that says so."""

    model_config = ConfigDict(frozen=True, strict=True)

    flag: str
    rule: str


class Candidate(BaseModel):
    """An organisation that a supplier may be."""

    model_config = ConfigDict(frozen=True, strict=True)

    organisation: str | None
    name: str
    score: float


class SupplierClassified(Fact):
    """What is known of a supplier: which organisation it is and under which definitions it counts.

    `organisation` is the org-id of the match, None where nothing with an org-id was matched.
    `redacted` says that the ledger itself withholds the payee. A higher revision replaces a lower.

    `charity_probability` is the chance that the supplier is a charity, whichever it is. `income` is
    the organisation's latest yearly income on a register, in whole pounds. `place` is the Place of
    its postcode, `places` those in which it says that it works, `reach` how far it does; what it is
    to one buyer follows from these and the buyer's Place.
    """

    TYPE: ClassVar[str] = "supplier.classified.v1"

    supplier_id: UUID
    revision: Annotated[int, Field(ge=1)]
    payee: Line
    tier: Tier
    score: float
    rule: str
    evidence: tuple[str, ...]
    organisation: str | None = None
    organisation_name: str | None = None
    legal_form: str | None = None
    redacted: bool = False
    memberships: tuple[Membership, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    recorded_at: datetime
    exclusions: tuple[Exclusion, ...] = ()
    flags: tuple[Flag, ...] = ()
    charity_probability: Annotated[float, Field(ge=0, le=1)] | None = None
    income: int | None = None
    income_band: str | None = None
    size: str | None = None
    place: str | None = None
    places: tuple[str, ...] = ()
    reach: Reach | None = None
    locality_rule: str | None = None
