"""Replay the calendar for every agreement in one transaction that can only read."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.contacts.contact_list import Named
from services.notify.planning.agreement import Agreement, History
from services.notify.planning.brought import obligations_to_plan
from services.notify.planning.obligation import BUYERS_OWN, Held, Obligation
from services.notify.planning.plan import Plan
from services.notify.queries.agreements import read_agreements
from services.notify.queries.calendars import calendars_in_force
from services.notify.queries.contacts import first_contacts
from services.notify.queries.notices import last_entries
from services.notify.queries.obligations import held_obligations
from services.notify.queries.plans import plans_in_force
from services.notify.queries.subscriptions import Subscription, active_subscriptions
from services.notify.queries.suppliers import organisations
from services.notify.rehearsal.rehearsal import Happening, NoticeHappening, rehearse, told_before
from services.notify.telling.fact import NoticeFact, Position, raised, withdrawn
from services.notify.wording.message import Wordings
from shared.database import begin

_AT_ONCE = 500
_READ_ONLY = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_NOWHERE = Position(1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A fact of a day, or (with a `recipient`) the message of it that one subscription gets.

    `kind` is that of the obligation, or of the notice that is recorded.
    """

    day: date
    buyer: str
    reference: str
    what: str
    kind: str
    said: str
    recipient: str = ""
    channel: str = ""


class _Recipient(NamedTuple):
    recipient: str
    channel: str


@dataclass(slots=True)
class Rehearsed:
    """What would go out, in order, and how the agreements stand on the first day.

    `ended`: also by their terms, with nothing recorded. For `too_late` the agreement's own last
    safe day to serve notice has passed then, for `too_short` the day that keeps a policy where the
    agreement records no notice period.
    """

    told: list[Told] = field(default_factory=list)
    agreements: int = 0
    dated: int = 0
    undated: int = 0
    ended: int = 0
    too_late: int = 0
    too_short: int = 0


async def rehearse_calendar(
    engine: AsyncEngine,
    wordings: Wordings,
    first: date,
    last: date,
    now: datetime,
    progress: Callable[[int], None],
    *,
    buyer: str | None = None,
) -> Rehearsed:
    """Play every agreement that is registered from `first` to `last`, as it is known now.

    Or those of a `buyer`. What was told of days before `first` stays told. Everybody acknowledges
    in time: nothing escalates. `progress` hears how many were played.
    """
    result = Rehearsed()
    async with begin(engine.execution_options(**_READ_ONLY)) as tx:
        plans, calendars = await plans_in_force(tx), await calendars_in_force(tx)
        subscriptions = _by_subscriber(await active_subscriptions(tx))
        after: str | None = None
        while histories := await read_agreements(tx, after, _AT_ONCE, buyer):
            after = histories[-1].agreement_id
            ids = [one.agreement_id for one in histories]
            held, notices = await held_obligations(tx, ids), await last_entries(tx, ids)
            suppliers = {s for h in histories for s in (t.supplier_id for t in h.terms)}
            known = await organisations(tx, sorted(suppliers))
            contacts = await first_contacts(tx, ids)
            for history in histories:
                key, plan = history.agreement_id, plans.of(history.buyer)
                happenings = rehearse(
                    history,
                    told_before(held[key], first),
                    [one.notice for one in notices[key]],
                    plan,
                    calendars,
                    first,
                    last,
                )
                _count(result, history, obligations_to_plan(history, plan, calendars, first), first)
                addressees = _Addressees(
                    history.on(first).supplier_id, known, subscriptions, contacts[key]
                )
                teller = _Teller(history, plan, known, addressees, wordings, now)
                for happening in happenings:
                    result.told += teller.tell(happening)
            progress(len(histories))
    result.told.sort()
    return result


class _Teller:
    """Says in words what happens to one agreement, and to whom it would go."""

    def __init__(
        self,
        history: History,
        plan: Plan,
        organisations: Mapping[str, str],
        addressees: "_Addressees",
        wordings: Wordings,
        now: datetime,
    ) -> None:
        self._history = history
        self._plan = plan
        self._organisations = organisations
        self._addressees = addressees
        self._wordings = wordings
        self._now = now
        self._told_to: dict[str, list[_Recipient]] = {}

    def tell(self, happening: Happening | NoticeHappening) -> list[Told]:
        """The fact, and a message for each recipient."""
        if isinstance(happening, NoticeHappening):
            notice, verdict = happening.notice, happening.notice.verdict
            given = f", {verdict.days_given} days given" if verdict and verdict.days_given else ""
            said = f"{notice.kind} by the {notice.given_by}: {happening.step}{given}"
            return [self._line(happening.day, "notice.recorded.v1", "notice-recorded", said)]
        agreement = self._history.on(happening.day)
        fact = self._fact(agreement, happening)
        said = self._wordings.message(fact.wording, agreement.buyer, fact.words, "").subject
        line = self._line(happening.day, fact.fact.TYPE, fact.kind, said)
        key = happening.obligation.obligation_id
        if happening.outcome == "withdrawn":
            recipients = self._told_to.get(key, [])
        else:
            recipients = self._told_to[key] = self._addressees.of(agreement, fact)
        return [line, *(self._message(line, one) for one in recipients)]

    def _fact(self, agreement: Agreement, happening: Happening) -> NoticeFact:
        if happening.outcome == "withdrawn":
            return withdrawn(
                agreement,
                happening.obligation,
                happening.reason,
                _NOWHERE,
                self._plan,
                self._now,
            )
        held = Held(happening.obligation, "planned", 1)
        organisation = self._organisations.get(agreement.supplier_id or "")
        return raised(
            agreement,
            held,
            organisation,
            self._plan,
            _NOWHERE,
            happening.day,
            self._now,
            stands=happening.stands,
        )

    def _line(self, day: date, what: str, kind: str, said: str) -> Told:
        return Told(day, self._history.buyer, self._history.reference, what, kind, said)

    def _message(self, line: Told, to: _Recipient) -> Told:
        return replace(line, recipient=to.recipient, channel=to.channel)


class _Addressees:
    """Who would be told: whoever subscribed, and whom the agreement names first of each party.

    The contacts of the provider of the first day are not those of a later one.
    """

    def __init__(
        self,
        supplier: str | None,
        organisations: Mapping[str, str],
        subscriptions: Mapping[str, Sequence[Subscription]],
        contacts: Sequence[Named],
    ) -> None:
        self._supplier = supplier
        self._organisations = organisations
        self._subscriptions = subscriptions
        self._contacts = contacts

    def of(self, agreement: Agreement, fact: NoticeFact) -> list[_Recipient]:
        """Who would be told a fact of the agreement, each mailbox once."""
        who = [agreement.buyer]
        sides = {"buyer": agreement.buyer}
        if fact.kind not in BUYERS_OWN and agreement.supplier_id:
            organisation = self._organisations.get(agreement.supplier_id, "")
            who += [agreement.supplier_id, organisation]
            if agreement.supplier_id == self._supplier:
                sides["provider"] = organisation or agreement.supplier_id
        subscribed = [
            one
            for each in dict.fromkeys(who)
            for one in self._subscriptions.get(each, ())
            if fact.fact.TYPE in one.event_types
        ]
        mailboxes = {one.address.lower() for one in subscribed}
        return [
            *(
                _Recipient(one.subscriber or str(one.supplier_id), one.channel)
                for one in subscribed
            ),
            *(
                _Recipient(sides[one.party], "email")
                for one in self._contacts
                if one.party in sides and one.address.lower() not in mailboxes
            ),
        ]


def _by_subscriber(found: Sequence[Subscription]) -> dict[str, list[Subscription]]:
    by_subscriber: dict[str, list[Subscription]] = defaultdict(list)
    for one in found:
        by_subscriber[one.subscriber or str(one.supplier_id)].append(one)
    return by_subscriber


def _count(result: Rehearsed, history: History, brought: Sequence[Obligation], first: date) -> None:
    """How the agreement stands on the first day, whatever was told of it before."""
    agreement = history.on(first)
    standing = agreement.standing
    if agreement.end is not None and agreement.end < first:
        standing = "ended"
    result.agreements += 1
    result.dated += standing == "dated"
    result.undated += standing == "undated"
    result.ended += standing == "ended"
    if standing == "dated":
        # After a break whose day has passed another follows: of those the last one counts.
        last = max((o for o in brought if o.kind == "notice"), key=_day, default=None)
        passed = last is not None and last.due_on < first
        result.too_late += passed and last is not None and last.policy is None
        result.too_short += passed and last is not None and last.policy is not None


def _day(obligation: Obligation) -> date:
    return obligation.due_on
