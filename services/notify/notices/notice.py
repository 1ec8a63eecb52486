"""A notice: a formal act on an agreement by one of its parties, and what may become of it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.notify.dates.clause import Side
from services.notify.planning.plan import PolicyNotice
from shared.errors import Conflict
from shared.fields import Day, Line, Paragraph

NoticeKind = Literal["termination", "non-renewal", "renewal", "extension", "variation"]
"""To end it, to let it lapse at its end, to renew it, to take up an option, to change it."""
NoticeState = Literal["drafted", "served", "acknowledged", "withdrawn", "expired"]
Step = Literal[
    "drafted", "served", "corrected", "acknowledged", "withdrawn", "expired", "worked-out-anew"
]
"""What happened. `corrected`: another day of service; `worked-out-anew`: its dates moved."""
Material = Literal["value", "specification", "other"]
"""What a variation changes; notice of the first two is promised as for an end (P1, 5.4)."""

DECISIONS: frozenset[NoticeKind] = frozenset({"termination", "non-renewal", "renewal", "extension"})
"""They say what becomes of the agreement: of each party one stands at a time."""
GIVEN: frozenset[NoticeState] = frozenset({"served", "acknowledged", "expired"})
STANDING: frozenset[NoticeState] = frozenset({"drafted", "served", "acknowledged"})

_BECOMES: dict[tuple[NoticeState, Step], NoticeState] = {
    ("drafted", "served"): "served",
    ("served", "corrected"): "served",
    ("acknowledged", "corrected"): "acknowledged",
    ("served", "acknowledged"): "acknowledged",
    ("drafted", "withdrawn"): "withdrawn",
    ("served", "withdrawn"): "withdrawn",
    ("acknowledged", "withdrawn"): "withdrawn",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class MutualAgreement(_Part):
    """Both sides agreed to less notice: by whom of the other side that was acknowledged, and when.

    A name of a person stays in notify's ledger and is not published.
    """

    ground: Literal["mutual-agreement"]
    acknowledged_by: Line
    acknowledged_on: Day


class Breach(_Part):
    """A breach by the provider that could lead to harm or to the service not being delivered."""

    ground: Literal["breach"]
    could_lead_to: Literal["harm", "non-delivery"]
    evidence: Paragraph


class Instruction(_Part):
    """An instruction of NHS England or of the integrated care board, by its reference."""

    ground: Literal["instruction"]
    instructed_by: Line
    reference: Line


Excuse = Annotated[MutualAgreement | Breach | Instruction, Field(discriminator="ground")]
"""One of the three exceptions of paper P1, section 5.4, with its evidence."""
EXCEPTIONS: dict[str, str] = {
    "mutual-agreement": "acknowledged_by and acknowledged_on: who of the other side, and when",
    "breach": "could_lead_to (harm or non-delivery) and evidence; the buyer's notices only",
    "instruction": "instructed_by and reference; the buyer's notices only",
}
"""What each exception asks for, for whoever is refused."""


class Service(_Part):
    """When it was served: on a day, or `sent` at a moment by a `channel` of the agreement's clause.

    Of what was sent the clause says the day of service, by the calendar in force.
    """

    served_on: Day | None = None
    sent: str | None = None
    channel: str | None = None


class Verdict(_Part):
    """Whether a notice is in time, and how many days it really gives. `in_time` None: see `rule`.

    Days are counted from the day of service, which is excluded, to `last_day`, included: the last
    one of the agreement, or of its terms before they change. `last_safe_service` is by all clocks
    and the more careful reading; `earliest_end` the first last day that this service could reach.
    """

    served_on: date
    in_time: bool | None
    rule: str
    last_day: date | None = None
    days_given: int | None = None
    days_needed: int | None = None
    last_safe_service: date | None = None
    earliest_end: date | None = None


class Notice(_Part):
    """One notice as it stands after a step.

    `acts_on` is the last day of the agreement (termination), the day from which it is changed
    (variation), or its new end (renewal, extension); of a non-renewal None: its end. `about_end` is
    the end of the agreement when it was recorded. `policies` bound the buyer when it was served.
    """

    notice_id: str
    agreement_id: str
    buyer: str
    kind: NoticeKind
    given_by: Side
    acts_on: date | None
    about_end: date | None
    changes: tuple[Material, ...] = ()
    state: NoticeState = "drafted"
    service: Service | None = None
    excuse: Excuse | None = None
    policies: tuple[PolicyNotice, ...] = ()
    verdict: Verdict | None = None

    @property
    def runs_until(self) -> date | None:
        """The last day on which it still stands."""
        return self.acts_on if self.kind in ("termination", "variation") else self.about_end

    def decides(self, end: date) -> bool:
        """Whether it says what becomes of the agreement at this end."""
        if self.state not in ("served", "acknowledged"):
            return False
        return self.kind == "termination" or (self.kind in DECISIONS and self.about_end == end)

    def after(self, step: Step) -> NoticeState:
        """The state to which a step of an officer leads; Conflict where there is no such way."""
        found = _BECOMES.get((self.state, step))
        if found is None:
            raise Conflict(f"the notice is {self.state}: it can't be {step}")
        return found
