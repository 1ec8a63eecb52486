"""A date that an agreement brings, and what changes when it moves."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.notify.dates.deemed_service import SendBy
from shared.identity import identify

ObligationKind = Literal[
    "renewal",
    "service",
    "decision",
    "lapse",
    "paid-after-end",
    "notice",
    "commitment",
    "provider-notice",
    "option",
    "review",
    "contacts",
    "monitoring",
    "notice-short",
    "end-date",
    "over",
]
"""A stage before the end, a stage before the last safe day of service, the buyer's own deadline to
decide, the alarm when nobody did, the alarm when it ended and payments go on; the last safe day,
the day that keeps a policy of longer notice, the last safe day of the provider; the day of an
option to extend; what comes back by itself; a notice that is too short since its dates moved; the
question for an end that is not recorded, and that for what became of an agreement which was over
when it became known."""
State = Literal["planned", "raised", "skipped", "withdrawn", "closed"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A date that an agreement brings: people are told on `raise_on` of what is due on `due_on`.

    `period` (ISO 8601) is how long before the end a renewal stage is, the length of the notice, or
    how often it comes back. `send_by` is by when to send a notice, where the agreement says when it
    counts as served then. What comes back by itself holds whatever the end of the agreement is: its
    `end` is the last day on which it is of use. So is that of an `end-date`, which asks for the end
    that the agreement does not record, again each quarter, and that of a `paid-after-end`.
    `policy` is what is kept by a notice, None where the day is the agreement's own.
    """

    obligation_id: str
    agreement_id: str
    kind: ObligationKind
    period: str
    due_on: date
    raise_on: date
    end: date
    rule: str
    send_by: tuple[SendBy, ...] = ()
    policy: str | None = None

    @property
    def stage(self) -> str | None:
        """How long before its day a stage is, None for what is none."""
        return self.period if self.kind in STAGES else None


def identified(
    agreement_id: str,
    kind: ObligationKind,
    period: str,
    due_on: date,
    raise_on: date,
    end: date,
    rule: str,
    *,
    send_by: tuple[SendBy, ...] = (),
    policy: str | None = None,
) -> Obligation:
    """An obligation of the agreement; the same dates have the same id."""
    # The end is part of it: 3 months before 30 and 31 May are one day, but not one message. So are
    # the days to send: who was told of Monday must hear that it is Friday now.
    identifier = identify(
        "obligation",
        agreement_id,
        kind,
        period,
        due_on.isoformat(),
        end.isoformat(),
        *(f"{channel} {day} {before}" for channel, day, before in send_by),
    )
    return Obligation(
        identifier, agreement_id, kind, period, due_on, raise_on, end, rule, send_by, policy
    )


STAGES: frozenset[ObligationKind] = frozenset({"renewal", "service"})
RECURRING: frozenset[ObligationKind] = frozenset({"review", "contacts", "monitoring"})
_TOLD_ANEW: frozenset[ObligationKind] = frozenset({"end-date", "paid-after-end"})
BUYERS_OWN: frozenset[ObligationKind] = frozenset(
    {"decision", "lapse", "paid-after-end", "option", "notice-short", "over"}
)
"""What only the buyer is told: it is for the buyer to decide."""


@dataclass(frozen=True, slots=True)
class Held:
    """An obligation as it stands in the database.

    `since_revision` is the revision of the plan that brought it, the last one if dates moved away
    and came back: what is told of it then is a new message.
    """

    obligation: Obligation
    state: State
    since_revision: int
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What a new plan does to the obligations that stand."""

    plan: list[Obligation] = field(default_factory=list)
    amend: list[Obligation] = field(default_factory=list)
    reopen: list[Obligation] = field(default_factory=list)
    restore: list[Held] = field(default_factory=list)
    drop: list[Held] = field(default_factory=list)
    withdraw: list[Held] = field(default_factory=list)
    close: list[Held] = field(default_factory=list)
    settle: list[Held] = field(default_factory=list)


def revise(
    held: Iterable[Held],
    wanted: Sequence[Obligation],
    *,
    today: date,
    ran_its_course: bool,
    moved: bool = False,
    settled: Collection[str] = (),
) -> Revision:
    """What turns the obligations that stand into those that are wanted.

    What was told and no longer holds is withdrawn; when the agreement simply `ran_its_course`,
    what was told was true, and is closed without a word, but for an alarm that it is still paid.
    So is a question or an alarm that is told anew, what comes back by itself once its day has
    passed, and what is `settled` (ids): the dates hold, and nobody need be reminded of them. What
    was told of an agreement that `moved` to another provider names the wrong one: it is withdrawn,
    and planned to be told anew.
    """
    revision = Revision()
    told_anew = {one.kind for one in wanted if one.kind in _TOLD_ANEW}
    by_id = {obligation.obligation_id: obligation for obligation in wanted}
    for one in held:
        still = by_id.pop(one.obligation.obligation_id, None)
        if still is not None:
            if moved and one.state == "raised":
                revision.withdraw.append(one)
                revision.reopen.append(still)
            elif one.state == "withdrawn" or (moved and one.state == "closed"):
                revision.reopen.append(still)
            elif one.state == "closed":
                revision.restore.append(one)
            elif still != one.obligation:
                revision.amend.append(still)
        elif one.state in ("planned", "skipped"):
            revision.drop.append(one)
        elif one.state == "raised":
            kind = one.obligation.kind
            superseded = (
                kind in told_anew
                or (kind in {*RECURRING, "notice-short"} and one.obligation.due_on < today)
                or (kind == "paid-after-end" and one.obligation.end < today)
            )
            if one.obligation.obligation_id in settled:
                revision.settle.append(one)
            else:
                over = superseded or (ran_its_course and kind != "paid-after-end")
                (revision.close if over else revision.withdraw).append(one)
    revision.plan.extend(by_id.values())
    return revision
