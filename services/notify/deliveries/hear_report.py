"""What was heard of a message after it was handed in: kept, with all that follows from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.channels.outcome import Outcome
from services.notify.dates.words import in_words
from services.notify.deliveries.delivery import Verdict, judge_attempt
from services.notify.deliveries.finish_attempts import delivery_failed
from services.notify.metrics import REPORTS
from services.notify.publish import publish
from services.notify.queries.digests import report_bundled
from services.notify.queries.escalations import hurry_escalations
from services.notify.queries.reports import (
    Reported,
    find_reported,
    keep_report,
    lock_reported,
    move_on,
    subscriptions_by_mail,
)
from services.notify.subscriptions.switch_off import switch_off
from shared.errors import NotKnown

_MAY_STILL_CHANGE = ("pending", "sent", "delivered")


class Heard(NamedTuple):
    """A notification of which something is heard, and the subscriptions that end by it: locked."""

    reported: Reported
    ending: list[str]


async def lock_heard(tx: AsyncConnection, notification_id: str, said: Outcome) -> Heard:
    """Lock all that follows from it, before any of that is written. Raises NotKnown."""
    found = await find_reported(tx, notification_id)
    if found is None:
        raise NotKnown(f"there is no notification {notification_id}")
    ending = await subscriptions_by_mail(tx, found.address) if said.kind == "gone" else []
    reported = await lock_reported(tx, notification_id, ending)
    if reported is None:
        raise NotKnown(f"there is no notification {notification_id}")
    return Heard(reported, ending)


async def hear_report(
    tx: AsyncConnection,
    heard: Heard,
    said: Outcome,
    schedule: Sequence[float],
    ask_again_at: datetime,
    now: datetime,
) -> None:
    """Record it on the notification, and on what a digest carries.

    Where the mailbox is gone, all its subscriptions end. What is given up by it is published as
    `delivery.failed.v1`, and whoever is next is told at once.
    """
    reported, ending = heard
    await keep_report(tx, reported, said, now)
    given_up = []
    verdict = judge_report(reported, said, schedule, ask_again_at, now)
    if verdict is not None:
        moved = await move_on(tx, reported, verdict)
        given_up += [moved] if verdict.state == "failed" else []
        given_up += await report_bundled(tx, reported.notification_id, verdict.state)
    for key in ending:
        given_up += await switch_off(tx, key, "bounced", why_switched_off(said, now), now)
    await hurry_escalations(tx, [lost.notification_id for lost in given_up], now)
    facts = [delivery_failed(lost, reported.channel, said.detail, now) for lost in given_up]
    await publish(tx, [fact for fact in facts if fact is not None], now)
    REPORTS.labels(reported.channel, said.kind).inc()


def judge_report(
    reported: Reported,
    said: Outcome,
    schedule: Sequence[float],
    ask_again_at: datetime,
    now: datetime,
) -> Verdict | None:
    """The state that follows; None where it stays as it is.

    What was acknowledged was read, whatever a mail server says; what waits for an attempt anyway
    needs no other; what was cancelled stays so, and what no longer holds is not sent again.
    """
    if reported.acknowledged or reported.state not in _MAY_STILL_CHANGE:
        return None
    if said.kind in ("waiting", "delivered", "sent"):
        if reported.state != "sent":
            return None
        return (
            Verdict("delivered", now) if said.kind == "delivered" else Verdict("sent", ask_again_at)
        )
    if said.kind == "retry":
        if reported.state == "pending":
            return None
        if not (reported.active and reported.holds):
            return Verdict("failed", now)
    return judge_attempt(reported.notification_id, reported.tries + 1, said, schedule, now)


def why_switched_off(said: Outcome, now: datetime) -> str:
    """Why a subscription ended, for its subscriber to read."""
    return f"mail to this address came back on {in_words(now.date())}: {said.detail}"
