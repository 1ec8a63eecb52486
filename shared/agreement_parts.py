"""What the terms of an agreement are made of."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from shared.errors import Rejected
from shared.fields import Day, Line, OrgId, Pence, Percentage, Period, Word
from shared.money import parse_pounds

UNKNOWN_PROGRAMME = "Not stated"
"""The programme of a line where a register names none."""


def _given(field: str) -> JsonDict:
    """A condition of JSON Schema: the field is there, and not null."""
    return {"required": [field], "properties": {field: {"type": "string"}}}


class AgreementLine(BaseModel):
    """One line of an agreement: what the money is for and how much of it a year."""

    model_config = ConfigDict(frozen=True, strict=True)

    programme: Line
    annual_amount_pence: Pence
    description: Line | None = None
    recurrent: bool = True


class PostedLine(AgreementLine):
    """A line as a buyer sends it: exactly one of `annual_amount_pence` and `annual_amount`.

    `annual_amount` is a string of pounds, as in a payment, and only the pence of it are kept.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [_given("annual_amount"), {"required": ["annual_amount_pence"]}],
        }
    )

    annual_amount_pence: Pence = 0
    annual_amount: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, exclude=True
    )

    @model_validator(mode="before")
    @classmethod
    def _has_one_amount(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        pounds, pence = given.get("annual_amount"), given.get("annual_amount_pence")
        if (pounds is None) == (pence is None):
            raise ValueError("exactly one of annual_amount and annual_amount_pence is expected")
        if not isinstance(pounds, str):
            return given
        try:
            return given | {"annual_amount_pence": parse_pounds(pounds, "annual_amount")}
        except Rejected as error:
            raise ValueError(error.reason) from error


class ExtensionOption(BaseModel):
    """A right to go on, by a `length` or `until` a day, exercised by `exercise_by` or lost.

    Options follow one another: each runs from where the one before it reaches, the first from the
    end as it was when they were agreed. `used` is what the buyer says; an end that moved past the
    beginning of an option uses it up as well (`shared/extension.py`).
    """

    model_config = ConfigDict(
        frozen=True, strict=True, json_schema_extra={"oneOf": [_given("length"), _given("until")]}
    )

    length: Period | None = None
    until: Day | None = None
    exercise_by: Day | None = None
    used: bool = False

    @model_validator(mode="after")
    def _reaches_one_day(self) -> Self:
        if (self.length is None) == (self.until is None):
            raise ValueError("an extension option has either a length or a day until which it runs")
        return self


class Member(BaseModel):
    """Who delivers under a lead provider, and the share of the money that goes to it."""

    model_config = ConfigDict(frozen=True, strict=True)

    name: Line
    share_percent: Percentage | None = None
    charity_number: Line | None = None
    company_number: Line | None = None


class KnownMember(Member):
    """A member as the canonical events name it, with the supplier that it is."""

    supplier_id: UUID


class PostedMember(Member):
    """A member as a buyer sends it; `organisation` is its org-id, where the buyer knows it."""

    organisation: OrgId | None = None


class Contact(BaseModel):
    """A person to ask about an agreement: of which `party` (buyer, provider), in what role.

    `channel` (email, phone, post) says what kind of address it is.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    party: Word
    role: Line
    name: Line
    channel: Word
    address: Line


Contacts = Annotated[tuple[Contact, ...], Field(max_length=50)]
