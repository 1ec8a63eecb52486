"""notices.v1: what agreements bring, who was told of it and who said so."""

from datetime import date, datetime, time
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.fact import Fact
from shared.fields import Line, NoticePeriod, OrgId, Period, Word


class NoticeFact(Fact):
    """What `notices.v1` says of an agreement.

    `revision` counts the plans of the agreement and `sequence` the facts under each: the two
    together put its facts in the order in which they were decided. `recorded_at` only tells when.
    """

    agreement_id: UUID
    buyer: OrgId
    revision: Annotated[int, Field(ge=1)]
    sequence: Annotated[int, Field(ge=1)]
    recorded_at: datetime


class LastSending(BaseModel):
    """The last `day` to send a notice by a channel so that it counts as served in time.

    `before` which hour of it, where the agreement says one.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    channel: Word
    day: date
    before: time | None = None


class PlannedObligation(BaseModel):
    """A date that an agreement brings.

    `stage` is how long before the end a renewal stage is, or a `service` stage before the last safe
    day to serve notice. `send_by` is by when to send a notice, for each channel for which the
    agreement says when it counts as served; so it is in the facts by which one is raised.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    obligation_id: UUID
    kind: Word
    due_on: date
    stage: Period | None = None
    rule: str
    send_by: tuple[LastSending, ...] = ()


class ObligationsPlanned(NoticeFact):
    """Every date that the agreement brings, as known at `version`; replaces an earlier plan."""

    TYPE: ClassVar[str] = "obligations.planned.v1"

    version: int
    obligations: tuple[PlannedObligation, ...]


class RenewalApproaching(NoticeFact):
    """A renewal stage was reached: `stage` before `end`, the day on which the agreement ends."""

    TYPE: ClassVar[str] = "renewal.approaching.v1"

    obligation_id: UUID
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    due_on: date
    end: date
    stage: Period | None = None


class NoticeDue(NoticeFact):
    """The last safe day to serve notice is near: `last_safe_service`, worked out by `rule`.

    It is the agreement's own where its clause is recorded. Where none is, it is the day that keeps
    the `policy` named, and says nothing of when the right to end the agreement runs out.
    """

    TYPE: ClassVar[str] = "notice.due.v1"

    obligation_id: UUID
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    notice_period: NoticePeriod
    last_safe_service: date
    end: date
    rule: str
    send_by: tuple[LastSending, ...] = ()
    policy: Line | None = None


class EndDateAsked(NoticeFact):
    """The agreement records no end date: it is asked for, every quarter until one is recorded."""

    TYPE: ClassVar[str] = "end-date.asked.v1"

    obligation_id: UUID
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    due_on: date
    rule: str


class ObligationRaised(NoticeFact):
    """A date that an agreement brings is near, of a `kind` that has no fact of its own.

    `service` (a stage before the last safe day to serve notice), `decision` (the buyer's deadline),
    `lapse` (nobody decided by it), `commitment` (the day that keeps a policy of longer notice than
    the agreement's own), `paid-after-end` (it ended, and payments go on), `over` (it had ended
    already when it became known),
    `provider-notice` (the provider's last safe day), `option` (to extend), `review`, `contacts` (to
    be confirmed), `monitoring`, `notice-short` (a notice whose dates moved so that it gives too
    little). `end` is that of the agreement.
    """

    TYPE: ClassVar[str] = "obligation.raised.v1"

    obligation_id: UUID
    kind: Word
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    period: NoticePeriod
    due_on: date
    end: date | None
    rule: str
    send_by: tuple[LastSending, ...] = ()


class NoticeWithdrawn(NoticeFact):
    """What was said about an obligation no longer holds."""

    TYPE: ClassVar[str] = "notice.withdrawn.v1"

    obligation_id: UUID
    reason: str


class NoticeRecorded(NoticeFact):
    """A notice, whole, as it stands after a `step`: drafted, served, acknowledged, withdrawn, ...

    A notice is a formal act on an agreement by one side, `given_by` (buyer or provider): its `kind`
    is termination, non-renewal, renewal, extension or variation. Days are counted from the day of
    service, excluded, to `last_day`, included; where its dates move they are worked out anew and
    said by another fact. `in_time` is None where no period is asked for, or none is recorded: the
    `rule` says so. `exception` is the ground on which it was shorter; the evidence stays with
    notify.
    """

    TYPE: ClassVar[str] = "notice.recorded.v1"

    notice_id: UUID
    number: Annotated[int, Field(ge=1)]
    step: Word
    state: Word
    kind: Word
    given_by: Word
    changes: tuple[Word, ...] = ()
    acts_on: date | None = None
    served_on: date | None = None
    last_day: date | None = None
    days_given: int | None = None
    days_needed: int | None = None
    in_time: bool | None = None
    last_safe_service: date | None = None
    rule: str | None = None
    exception: Word | None = None


class NoticeAcknowledged(NoticeFact):
    """Somebody said that a notification was read, in a `capacity`: provider or buyer.

    `recipient` is whom the notification is for: an org-id, or the id of a supplier that matched no
    organisation. An officer of the buyer may acknowledge what is for the provider; that is not the
    provider's own word. Revision and sequence are those of the fact that was acknowledged.
    """

    TYPE: ClassVar[str] = "notice.acknowledged.v1"

    notification_id: UUID
    obligation_id: UUID
    recipient: Line
    capacity: Word
    channel: Word


class NotificationEscalated(NoticeFact):
    """Nobody of a `party` (buyer or provider) acknowledged what was told, so others are told.

    `step` counts from 1; its `target` is the next named contact, another channel of the same
    recipient, or the buyer's officers; `notifications` are how many messages it made. `reason` says
    why. `raised_event_id` is the fact that nobody acknowledged, whose revision and sequence these
    are.
    """

    TYPE: ClassVar[str] = "notification.escalated.v1"

    obligation_id: UUID
    raised_event_id: UUID
    party: Word
    step: Annotated[int, Field(ge=1)]
    target: Word
    reason: Line
    notifications: Annotated[int, Field(ge=0)]


class DeliveryFailed(NoticeFact):
    """A notification could not be delivered and is no longer tried.

    Revision and sequence are those of the fact that it was to tell.
    """

    TYPE: ClassVar[str] = "delivery.failed.v1"

    notification_id: UUID
    obligation_id: UUID
    channel: Word
    attempts: int
    reason: str
