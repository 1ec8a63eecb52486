"""How long a message waits to be acknowledged before others are told, as data."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.notify.planning.obligation import ObligationKind
from shared.notice_terms import Division


class Wait(BaseModel):
    """So many `working_days` where at most `days_left` are left until the date, None: however many.

    The days that are left are counted when the message is sent; of a date that has passed none is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days_left: Annotated[int, Field(ge=0, le=3660)] | None
    working_days: Annotated[int, Field(ge=1, le=250)]


class EscalationRule(BaseModel):
    """What holds for obligations of some kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Annotated[tuple[ObligationKind, ...], Field(min_length=1)]
    waits: Annotated[tuple[Wait, ...], Field(min_length=1, max_length=12)]

    @field_validator("waits")
    @classmethod
    def _rise(cls, waits: tuple[Wait, ...]) -> tuple[Wait, ...]:
        limits = [float("inf") if one.days_left is None else one.days_left for one in waits]
        if sorted(set(limits)) != limits or limits[-1] != float("inf"):
            raise ValueError("days_left must rise, and only the last must be without a limit")
        return waits


class EscalationPlan(BaseModel):
    """A kind that no rule names is information: nobody need acknowledge it.

    Working days are those of the agreement's own division, else of this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    division: Division
    rules: Annotated[tuple[EscalationRule, ...], Field(max_length=12)]

    def working_days(self, kind: ObligationKind, days_left: int) -> int | None:
        """How many working days a message waits; None where it is information."""
        for rule in self.rules:
            if kind in rule.kinds:
                return next(_of(rule, days_left))
        return None

    @field_validator("rules")
    @classmethod
    def _one_rule_each(cls, rules: tuple[EscalationRule, ...]) -> tuple[EscalationRule, ...]:
        kinds = [kind for rule in rules for kind in rule.kinds]
        if len(set(kinds)) != len(kinds):
            raise ValueError("a kind is named twice")
        return rules


def _of(rule: EscalationRule, days_left: int) -> Iterator[int]:
    for one in rule.waits:
        if one.days_left is None or days_left <= one.days_left:
            yield one.working_days
