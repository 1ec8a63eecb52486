"""Record notices and what becomes of them: once, in time or with an exception, one of a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.notices.notice import DECISIONS, STANDING, Notice, Step, Verdict
from services.notify.notices.notice_fact import notice_recorded
from services.notify.notices.notice_wish import (
    AcknowledgementWish,
    NoticeWish,
    ServiceWish,
    WithdrawalWish,
    check_service,
    draft,
)
from services.notify.notices.verdict import judge
from services.notify.planning.agreement import History
from services.notify.planning.plan_changes import Rules
from services.notify.planning.plan_obligations import plan_anew, rules_in_force
from services.notify.publish import publish
from services.notify.queries.agreements import Locked, lock_agreement, save_positions
from services.notify.queries.notices import Entry, add_entries, last_entries
from services.notify.queries.notifications import hold_matching
from services.notify.telling.fact import Position
from shared.access import Caller, Refused
from shared.errors import Conflict, NotKnown, Rejected
from shared.identity import identify
from shared.logs import logger

_FORBIDDEN = 403


class TooLate(Conflict):
    """Less notice than is needed, and no exception with its evidence."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"this is too late without an exception: {verdict.rule}")
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Desk:
    """The agreement on an officer's desk: locked, with its notices as they stand."""

    locked: Locked
    rules: Rules
    entries: Sequence[Entry]
    officer: str
    request_id: str
    today: date
    now: datetime

    @property
    def history(self) -> History:
        """What is known of the agreement."""
        return self.locked.history

    def find(self, notice_id: str) -> Entry:
        """A notice of the agreement; NotKnown where it has none of this id."""
        for entry in self.entries:
            if entry.notice.notice_id == notice_id:
                return entry
        raise NotKnown(f"this agreement has no notice {notice_id}")


async def open_desk(
    tx: AsyncConnection,
    agreement_id: str,
    caller: Caller,
    request_id: str,
    today: date,
    now: datetime,
) -> Desk:
    """Lock an agreement for an officer of its buyer. Raises NotKnown and Refused.

    `request_id` names what is asked for ever: the notice that it records has its id from it.
    """
    await hold_matching(tx)
    locked = await lock_agreement(tx, agreement_id)
    if locked is None:
        raise NotKnown(f"there is no agreement {agreement_id}")
    if not caller.speaks_for(locked.history.buyer):
        raise Refused(_FORBIDDEN, "the token speaks for other buyers")
    entries = (await last_entries(tx, [agreement_id]))[agreement_id]
    return Desk(locked, await rules_in_force(tx), entries, caller.subject, request_id, today, now)


async def record_notice(tx: AsyncConnection, desk: Desk, wish: NoticeWish) -> Entry:
    """Record a notice: a draft, or one that was served.

    TooLate: see `serve_notice`. Conflict: another notice of this party stands that says what
    becomes of the agreement, or that it changes on that day.
    """
    agreement = desk.history.on(desk.today)
    policies = tuple(desk.rules.plans.of(agreement.buyer).policy_notices_of(agreement.buyer))
    notice_id = identify("notice", agreement.agreement_id, desk.request_id)
    notice = draft(wish, notice_id, agreement, policies)
    for entry in desk.entries:
        if entry.notice.notice_id == notice_id:
            raise Conflict(
                f"this request recorded {notice_id} before, which is {entry.notice.state}: give a "
                "new request a key of its own"
            )
        if entry.notice.state in STANDING and _contradict(entry.notice, notice):
            other = entry.notice
            raise Conflict(
                f"a {other.kind} by the {other.given_by} stands already ({other.state}): "
                f"withdraw {other.notice_id} first"
            )
    if wish.service is None:
        if wish.exception is not None:
            raise Rejected("an exception belongs to a notice that was served", "exception")
        return await _add(tx, desk, notice, 1, "drafted")
    return await _add(tx, desk, _served(desk, notice, wish), 1, "served")


async def serve_notice(
    tx: AsyncConnection, desk: Desk, wish: ServiceWish, *, notice_id: str
) -> Entry:
    """Record when a draft was served, or that it was served on another day than was recorded.

    TooLate: it gives less notice than the agreement or a policy asks for, and names none of the
    three exceptions.
    """
    known = desk.find(notice_id)
    step: Step = "served" if known.notice.state == "drafted" else "corrected"
    state = known.notice.after(step)
    served = _served(desk, known.notice, wish).model_copy(update={"state": state})
    return await _add(tx, desk, served, known.number + 1, step)


async def acknowledge_notice(
    tx: AsyncConnection, desk: Desk, wish: AcknowledgementWish, *, notice_id: str
) -> Entry:
    """Record that the other side acknowledged it."""
    known = desk.find(notice_id)
    state = known.notice.after("acknowledged")
    if wish.acknowledged_on > desk.today:
        raise Rejected("that day is still to come", "acknowledged_on")
    acknowledged = known.notice.model_copy(update={"state": state})
    note = f"{wish.acknowledged_on}: {wish.acknowledged_by}"
    return await _add(tx, desk, acknowledged, known.number + 1, "acknowledged", note)


async def withdraw_notice(
    tx: AsyncConnection, desk: Desk, wish: WithdrawalWish, *, notice_id: str
) -> Entry:
    """Record that it no longer stands; what it settled is watched again."""
    known = desk.find(notice_id)
    state = known.notice.after("withdrawn")
    withdrawn = known.notice.model_copy(update={"state": state})
    return await _add(tx, desk, withdrawn, known.number + 1, "withdrawn", wish.reason)


def _contradict(one: Notice, other: Notice) -> bool:
    if one.given_by != other.given_by:
        return False
    if one.kind in DECISIONS and other.kind in DECISIONS:
        return True
    return one.kind == other.kind and one.acts_on == other.acts_on


def _served(desk: Desk, notice: Notice, wish: ServiceWish) -> Notice:
    service = check_service(wish, notice, desk.history.on(desk.today), desk.today)
    verdict = judge(notice, service, desk.history, desk.rules.calendars, desk.today)
    if verdict.last_day is not None and verdict.served_on > verdict.last_day:
        raise Rejected(f"what it is about was over by {verdict.last_day}", "served_on")
    excuse = wish.exception or notice.excuse
    if verdict.in_time is False and excuse is None:
        raise TooLate(verdict)
    return notice.model_copy(
        update={
            "state": "served",
            "service": service,
            "verdict": verdict,
            "excuse": excuse,
        }
    )


async def _add(
    tx: AsyncConnection,
    desk: Desk,
    notice: Notice,
    number: int,
    step: Step,
    note: str | None = None,
) -> Entry:
    """Add a step to the ledger, plan the agreement anew by it, and publish both."""
    entry = Entry(notice, number, step, desk.officer, desk.now, note)
    await add_entries(tx, [entry])
    changes = await plan_anew(tx, desk.rules, [desk.locked], desk.today, desk.now)
    last = changes.last_of(desk.locked)
    position = Position(last.revision, last.sequence + 1)
    await save_positions(tx, {notice.agreement_id: position})
    await publish(tx, [notice_recorded(entry, position)], desk.now)
    logger.info(
        "notice.recorded",
        notice_id=notice.notice_id,
        agreement_id=notice.agreement_id,
        step=step,
    )
    return entry
