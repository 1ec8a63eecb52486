"""Plans as data: which reminders an agreement brings, and what a buyer's policy promises."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.notify.escalation.escalation_plan import EscalationPlan
from shared.errors import Misconfigured
from shared.fields import Line, OrgId, Period

SHIPPED = Path(__file__).with_name("plans.json")


class PolicyNotice(BaseModel):
    """A length of notice that a policy promises, whatever an agreement records.

    `source` is where it is written. `buyers` is what the org-ids of those begin with who are held
    to it; without it all are. Councils are bound by the Best Value statutory guidance (2011): three
    months before they reduce or end the funding of a voluntary or community body.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    source: Line | None = None
    period: Period
    buyers: Line | None = None

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"{self.name} ({self.source})" if self.source else self.name


class DecisionPlan(BaseModel):
    """The buyer's own lead time: it decides so long before the last safe day to serve notice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_service: Period
    told_before: Period


class Yearly(BaseModel):
    """What comes back by itself, counted from the start of the agreement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Period
    told_before: Period


class MonitoringBand(BaseModel):
    """How often returns are asked for of agreements below so many pounds a year, None: of all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    below_pounds: Annotated[int, Field(ge=1)] | None
    every: Period


class MonitoringPlan(BaseModel):
    """Returns in proportion to value: told on the last day of a period, due so long after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    returned_within: Period
    bands: Annotated[tuple[MonitoringBand, ...], Field(min_length=1, max_length=12)]

    def every(self, annual_pence: int) -> str | None:
        """How often an agreement of this value returns; None where no band takes it."""
        for band in self.bands:
            if band.below_pounds is None or annual_pence < band.below_pounds * 100:
                return band.every
        return None

    @field_validator("bands")
    @classmethod
    def _rise(cls, bands: tuple[MonitoringBand, ...]) -> tuple[MonitoringBand, ...]:
        limits = [float("inf") if b.below_pounds is None else b.below_pounds for b in bands]
        if sorted(set(limits)) != limits:
            raise ValueError("bands must rise, and only the last may be without a limit")
        return bands


class PaymentsPlan(BaseModel):
    """From when a payment after an agreement's end is no late invoice, and when that is told again.

    It is told again `again_after` so long where more was paid by then, and at once where the pounds
    have doubled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    grace: Period
    again_after: Period


class Plan(BaseModel):
    """One plan; `buyer` None is for every buyer that has none of its own.

    `buyer_name` is what messages call the buyer, without it the name by which it was registered.
    Without `policy_notices` there is only the notice that an agreement records. What it does
    not name is not watched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    buyer: OrgId | None = None
    buyer_name: Line | None = None
    renewal_stages: Annotated[tuple[Period, ...], Field(max_length=24)]
    service_stages: Annotated[tuple[Period, ...], Field(max_length=24)] = ()
    policy_notices: Annotated[tuple[PolicyNotice, ...], Field(max_length=24)]
    notice_lead_days: Annotated[int, Field(ge=0, le=366)]
    decision: DecisionPlan | None = None
    options_told_before: Period | None = None
    review_month: Annotated[int, Field(ge=1, le=12)] | None = None
    contacts: Yearly | None = None
    monitoring: MonitoringPlan | None = None
    payments_after_end: PaymentsPlan | None = None
    escalation: EscalationPlan | None = None
    contact: Line

    @property
    def digest(self) -> str:
        """The same for plans that bring the same dates: whose agreements to plan anew.

        What messages call a buyer moves no date.
        """
        said = self.model_dump_json(exclude={"buyer_name"})
        return hashlib.sha256(said.encode()).hexdigest()

    def called(self, buyer: str) -> str:
        """What messages call a buyer of this plan."""
        return self.buyer_name or buyer

    def policy_notices_of(self, buyer: str) -> list[PolicyNotice]:
        """Those that bind a buyer."""
        return [one for one in self.policy_notices if buyer.startswith(one.buyers or "")]

    @field_validator("renewal_stages", "service_stages")
    @classmethod
    def _distinct(cls, stages: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(stages)) != len(stages):
            raise ValueError("a stage is named twice")
        return stages

    @model_validator(mode="after")
    def _of_one_buyer(self) -> "Plan":
        if self.buyer_name is not None and self.buyer is None:
            raise ValueError("buyer_name is of one buyer: name it as buyer")
        return self


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    edition: Annotated[int, Field(ge=1, le=1_000_000)]
    plans: tuple[Plan, ...]


class Plans:
    """Every plan, found by buyer. A higher `edition` replaces a lower, never the other way."""

    def __init__(
        self, edition: int, plans: tuple[Plan, ...], names: Mapping[str, str] | None = None
    ) -> None:
        self.edition = edition
        self._names = names or {}
        self._by_buyer = {plan.buyer: plan for plan in plans}
        if len(self._by_buyer) != len(plans):
            raise Misconfigured("two plans are for the same buyer")
        if None not in self._by_buyer:
            raise Misconfigured("a plan without a buyer is needed, for those that have none")

    @property
    def content(self) -> str:
        """All of it as JSON, the same for the same edition and plans."""
        in_order = sorted(self._by_buyer.values(), key=lambda plan: plan.buyer or "")
        return _File(edition=self.edition, plans=tuple(in_order)).model_dump_json()

    def of(self, buyer: str) -> Plan:
        """The buyer's own plan, else the one for all; by the buyer's name where that is known."""
        plan = self._by_buyer.get(buyer) or self._by_buyer[None]
        if plan.buyer_name is None and buyer in self._names:
            return plan.model_copy(update={"buyer_name": self._names[buyer]})
        return plan

    def calling(self, names: Mapping[str, str]) -> "Plans":
        """The same, where buyers are called by these names unless their plan says otherwise."""
        return Plans(self.edition, tuple(self._by_buyer.values()), names)

    @property
    def own(self) -> dict[str, Plan]:
        """The plans that are one buyer's own."""
        return {buyer: plan for buyer, plan in self._by_buyer.items() if buyer is not None}

    @property
    def default(self) -> Plan:
        """The plan of every other buyer."""
        return self._by_buyer[None]


def load_plans(path: Path = SHIPPED) -> Plans:
    """Read plans from a file; Misconfigured names what is wrong with it."""
    try:
        return read_plans(path.read_bytes(), path.name)
    except OSError as error:
        raise Misconfigured(f"the plans can't be read: {error}") from error


def read_plans(content: bytes | str, name: str) -> Plans:
    """Plans from JSON; Misconfigured names what is wrong with it."""
    try:
        read = _File.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise Misconfigured(f"{name}: {where} {fault['msg']}") from error
    return Plans(read.edition, read.plans)
