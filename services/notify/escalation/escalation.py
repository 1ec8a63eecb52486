"""Who is told next where nobody acknowledges, and when: rules that neither read nor write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.working_days import Calendar
from services.notify.planning.obligation import STAGES, ObligationKind
from services.notify.planning.plan import Plan
from shared.notice_terms import Division

_UK = ZoneInfo("Europe/London")
_UNSENT_LOOKED_AT = timedelta(days=1)
Party = Literal["buyer", "provider"]
Target = Literal["contact", "channel", "officers"]
Over = Literal["acknowledged", "withdrawn", "closed", "recalled", "informational", "exhausted"]
"""Why there is no further step. Closed: what was told holds and needs no answer any more."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What was told to one party of one obligation, and how far it has escalated.

    `since` is the last step, or when it was raised. `told_at` is when the first message of that
    step was sent, or is to be: later where it waits for a digest or a quiet day, None where all of
    them are held or were given up unsent. `failed` is whether a message of that step is given up;
    `obligation_state` None where the obligation is gone, `still_told` whether anybody of the party
    holds a message that was not recalled.
    """

    party: Party
    kind: ObligationKind
    due_on: date
    end: date
    obligation_state: str | None
    still_told: bool
    acknowledged: bool
    since: datetime
    told_at: datetime | None
    failed: bool
    division: Division | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whom a step could reach who was not told yet: subscriptions, each in its order."""

    contacts: Sequence[str] = ()
    channels: Sequence[str] = ()
    officers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Tell these subscriptions now; the officers may be none, and the step is recorded still."""

    target: Target
    subscriptions: tuple[str, ...]
    reason: str


def decide(
    chain: Chain, reachable: Reachable, plan: Plan, calendars: Calendars, now: datetime
) -> Step | datetime | Over:
    """The step to take now, when to look again, or why nothing follows.

    First the next contact that the agreement names, then every other channel of the party that was
    not used, then the buyer's officers. Whoever was not told yet has not failed to answer: the wait
    begins once a message is sent. One that was given up, or is held for a subscription that is
    switched off, is not waited for.
    """
    if over := _over(chain):
        return over
    # A stage is told on its own day: what comes near is the end.
    deadline = chain.end if chain.kind in STAGES else chain.due_on
    told = max(chain.since, chain.told_at or chain.since)
    days_left = (deadline - told.astimezone(_UK).date()).days
    asked = plan.escalation
    wait = asked.working_days(chain.kind, days_left) if asked else None
    if asked is None or wait is None:
        return "informational"
    if chain.failed or chain.told_at is None:
        reason = f"a message to the {chain.party} could not be delivered"
    else:
        calendar = calendars.of(chain.division or asked.division)
        if (look_at := _unanswered_at(told, wait, calendar, now)) > now:
            return look_at
        days = "1 working day" if wait == 1 else f"{wait} working days"
        reason = f"the {chain.party} did not acknowledge it within {days}"
    if reachable.contacts:
        return Step("contact", tuple(reachable.contacts[:1]), reason)
    if reachable.channels:
        return Step("channel", tuple(reachable.channels), reason)
    return Step("officers", tuple(reachable.officers), reason)


def _unanswered_at(told: datetime, wait: int, calendar: Calendar, now: datetime) -> datetime:
    """When what was told is unanswered for too long; what is not told yet is looked at again."""
    if told > now:
        return min(told, now + _UNSENT_LOOKED_AT)  # what its subscriber prefers may change
    return after_working_days(told, wait, calendar)


def after_working_days(told: datetime, count: int, calendar: Calendar) -> datetime:
    """The same time of day, in the United Kingdom, on the `count`th working day after."""
    local = told.astimezone(_UK)
    day = calendar.working_day_after(local.date(), count)
    return datetime.combine(day, local.time(), _UK).astimezone(told.tzinfo)


def _over(chain: Chain) -> Over | None:
    if chain.acknowledged:
        return "acknowledged"
    if chain.obligation_state in (None, "withdrawn"):
        return "withdrawn"
    if chain.obligation_state != "raised":
        return "closed"
    return None if chain.still_told else "recalled"
