"""What an officer says of a notice, checked against the agreement as it stands."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notify.calendars.asked_dates import Moment, read_moment
from services.notify.dates.clause import Side
from services.notify.dates.words import in_words
from services.notify.notices.notice import Excuse, Material, Notice, NoticeKind, Service
from services.notify.planning.agreement import Agreement
from services.notify.planning.plan import PolicyNotice
from shared.errors import Conflict, Rejected
from shared.fields import Day, Line, Paragraph, Word

_OF_PROVIDERS = ("termination", "non-renewal", "variation")
_ACTS_ON = {
    "termination": "ends_on",
    "variation": "takes_effect_on",
    "renewal": "until",
    "extension": "until",
}


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ServiceWish(_Said):
    """How it was served: `served_on`, or `sent` by a `channel` for which the agreement says when
    that counts as served. `exception` where there was less notice than is needed.
    """

    served_on: Day | None = Field(default=None, examples=["2026-11-23"])
    sent: Moment | None = Field(default=None, description="2026-11-26, or 2026-11-26T16:30")
    channel: Word | None = Field(default=None, description="Of the agreement's clause, as post")
    exception: Excuse | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.sent is None) != (self.channel is None):
            raise ValueError("sent and channel belong together")
        if self.served_on is not None and self.sent is not None:
            raise ValueError("give served_on, or sent with channel, not both")
        return self

    @property
    def service(self) -> Service | None:
        """None: it is not served yet."""
        if self.served_on is None and self.sent is None:
            return None
        return Service(served_on=self.served_on, sent=self.sent, channel=self.channel)


class NoticeWish(ServiceWish):
    """A notice to record; without `served_on` or `sent` it is a draft.

    `ends_on`: the last day of the agreement (termination). `takes_effect_on`: the first day of the
    change (variation), with what it `changes`. `until`: the new end (renewal, extension).
    """

    kind: NoticeKind = Field(examples=["non-renewal"])
    given_by: Side = Field(default="buyer", examples=["buyer"])
    ends_on: Day | None = None
    takes_effect_on: Day | None = None
    changes: Annotated[tuple[Material, ...], Field(max_length=3)] = ()
    until: Day | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        asked = _ACTS_ON.get(self.kind)
        for name in ("ends_on", "takes_effect_on", "until"):
            given = getattr(self, name) is not None
            if given and name != asked:
                raise ValueError(f"{name} does not belong to a {self.kind}")
            if name == asked and not given and self.kind != "renewal":
                raise ValueError(f"a {self.kind} needs {name}")
        if (self.kind == "variation") != bool(self.changes):
            raise ValueError("changes belong to a variation, and it needs them")
        if self.given_by == "provider" and self.kind not in _OF_PROVIDERS:
            raise ValueError(f"a {self.kind} is for the buyer to give")
        return self

    @property
    def acts_on(self) -> date | None:
        """The day that is meant, by the kind."""
        return self.ends_on or self.takes_effect_on or self.until


class AcknowledgementWish(_Said):
    """The other side acknowledged it. Who did stays in the ledger of notify."""

    acknowledged_on: Day = Field(examples=["2026-11-24"])
    acknowledged_by: Line = Field(examples=["the hospice's finance director"])


class WithdrawalWish(_Said):
    """Why it is withdrawn."""

    reason: Paragraph = Field(examples=["The parties agreed on a new agreement"])


def draft(
    wish: NoticeWish, notice_id: str, agreement: Agreement, policies: tuple[PolicyNotice, ...]
) -> Notice:
    """The notice, not served yet. Rejected names the field that the agreement contradicts."""
    if agreement.standing == "ended":
        raise Conflict(f"the agreement ended: its last day is {agreement.ended_on}")
    _check_days(wish, agreement)
    return Notice(
        notice_id=notice_id,
        agreement_id=agreement.agreement_id,
        buyer=agreement.buyer,
        kind=wish.kind,
        given_by=wish.given_by,
        acts_on=wish.acts_on,
        about_end=agreement.end,
        changes=wish.changes,
        policies=policies if wish.given_by == "buyer" else (),
    )


def _check_days(wish: NoticeWish, agreement: Agreement) -> None:
    end, start = agreement.end, agreement.start
    if end is None and wish.kind not in ("termination", "variation"):
        raise Rejected(f"no end is recorded of this agreement: no {wish.kind} can be of it", "kind")
    field = _ACTS_ON.get(wish.kind, "kind")
    acts_on = wish.acts_on
    if acts_on is None:
        return
    if wish.kind in ("renewal", "extension"):
        if end is not None and acts_on <= end:
            raise Rejected(f"the agreement runs until {in_words(end)} as it is", field)
        return
    if start is not None and acts_on < start:
        raise Rejected(f"the agreement begins on {in_words(start)}", field)
    if end is not None and acts_on > end:
        raise Rejected(f"the agreement ends on {in_words(end)}, before that", field)


def check_service(wish: ServiceWish, notice: Notice, agreement: Agreement, today: date) -> Service:
    """The service that was asked for. Rejected for days ahead and exceptions that can't be."""
    service = wish.service
    if service is None:
        raise Rejected("served_on is missing, or sent with channel", "served_on")
    if service.served_on is not None and service.served_on > today:
        raise Rejected("what was not served yet is a draft", "served_on")
    if service.sent is not None and read_moment(service.sent)[0] > today:
        raise Rejected("what was not sent yet is a draft", "sent")
    known = {one.channel for one in agreement.notice.deemed_service} if agreement.notice else set()
    if service.channel is not None and service.channel not in known:
        raise Rejected(
            f"the agreement does not say when what is sent by {service.channel} counts as served: "
            "give served_on",
            "channel",
        )
    excuse = wish.exception
    if excuse is not None:
        if excuse.ground != "mutual-agreement" and notice.given_by == "provider":
            raise Rejected(f"{excuse.ground} is the buyer's exception only", "exception.ground")
        if excuse.ground == "mutual-agreement" and excuse.acknowledged_on > today:
            raise Rejected("the other side has not agreed yet", "exception.acknowledged_on")
    return service
