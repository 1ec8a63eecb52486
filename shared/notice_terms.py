"""What an agreement itself says of notice. What it does not say is absent and never guessed."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from shared.fields import Day, DeemedRule, NoticePeriod, Word

Division = Literal["england-and-wales", "scotland", "northern-ireland"]
"""Whose bank holidays are kept, named as GOV.UK names them."""
ExpiresOn = Literal["any-day", "month-end", "quarter-day", "break-date"]
"""The days on which a notice may end the agreement."""
Channel = Literal["post", "email", "hand", "courier", "document-exchange", "fax", "portal"]
"""How a notice is sent; in what is published an open word."""


_BREAK_DATES: JsonDict = {
    "if": {"properties": {"expires_on": {"const": "break-date"}}, "required": ["expires_on"]},
    "then": {"properties": {"break_dates": {"minItems": 1}}, "required": ["break_dates"]},
    "else": {"properties": {"break_dates": {"maxItems": 0}}},
}
"""What `_agrees_with_itself` holds of break dates, as JSON Schema says it."""


class DeemedService(BaseModel):
    """When a notice that is sent by a channel (`post`, `email`, `hand`) counts as served."""

    model_config = ConfigDict(frozen=True, strict=True)

    channel: Word
    rule: DeemedRule


class PostedDeemedService(DeemedService):
    """Deemed service as a buyer sends it, by the channels that are known here."""

    channel: Channel


class NoticeTerms(BaseModel):
    """The notice clause of an agreement as data; `services/notify/dates` counts by it.

    The four fields of the NHS Standard Contract's general condition 17: each side's own period, and
    the day before which it can't end the agreement. A register that names one period and not who
    may give it stands for both sides; a side without a period has none recorded.

    `clear` says whether the agreement counts clear days; None: it is silent, both readings are kept
    and the earlier is advised. Without `division` the bank holidays of England and Wales are kept.
    """

    model_config = ConfigDict(frozen=True, strict=True, json_schema_extra=_BREAK_DATES)

    buyer_period: NoticePeriod | None = None
    provider_period: NoticePeriod | None = None
    buyer_earliest_end: Day | None = None
    provider_earliest_end: Day | None = None
    clear: bool | None = None
    expires_on: ExpiresOn = "any-day"
    break_dates: Annotated[tuple[Day, ...], Field(max_length=100)] = ()
    deemed_service: Annotated[tuple[DeemedService, ...], Field(max_length=20)] = ()
    division: Division | None = None

    @property
    def counts_working_days(self) -> bool:
        """Whether its dates depend on bank holidays."""
        rules = (self.buyer_period, self.provider_period, *(d.rule for d in self.deemed_service))
        return any("WD" in rule for rule in rules if rule)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.expires_on == "break-date") != bool(self.break_dates):
            raise ValueError("break_dates belong to expires_on break-date, and it needs them")
        channels = [one.channel for one in self.deemed_service]
        if len(set(channels)) != len(channels):
            raise ValueError("deemed_service names a channel twice")
        return self


class PostedNoticeTerms(NoticeTerms):
    """Notice terms as a buyer sends them."""

    deemed_service: Annotated[tuple[PostedDeemedService, ...], Field(max_length=20)] = ()
