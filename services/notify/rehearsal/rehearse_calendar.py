"""Replay the calendar for every agreement in one transaction that can only read."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.contacts.contact_list import Named
from services.notify.planning.agreement import Agreement, History
from services.notify.planning.obligation import BUYERS_OWN, Held
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
    """A fact of a day, or (with a `recipient`) the message of it that one subscription gets."""

    day: date
    buyer: str
    reference: str
    what: str
    said: str
    recipient: str = ""
    channel: str = ""


class _Recipient(NamedTuple):
    recipient: str
    channel: str


@dataclass(slots=True)
class Rehearsed:
    """What would go out, in order, and what was found on the way."""

    told: list[Told] = field(default_factory=list)
    agreements: int = 0
    dated: int = 0
    undated: int = 0
    ended: int = 0
    too_late: int = 0


async def rehearse_calendar(
    engine: AsyncEngine,
    wordings: Wordings,
    first: date,
    last: date,
    now: datetime,
    progress: Callable[[int], None],
) -> Rehearsed:
    """Play every agreement that is registered from `first` to `last`, as it is known now.

    What was told of days before `first` stays told. Everybody acknowledges in time: nothing
    escalates. `progress` hears how many were played.
    """
    result = Rehearsed()
    async with begin(engine.execution_options(**_READ_ONLY)) as tx:
        plans, calendars = await plans_in_force(tx), await calendars_in_force(tx)
        subscriptions = _by_subscriber(await active_subscriptions(tx))
        after: str | None = None
        while histories := await read_agreements(tx, after, _AT_ONCE):
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
                _count(result, history, first)
                addressees = _Addressees(
                    history.on(first).supplier_id, known, subscriptions, contacts[key]
                )
                teller = _Teller(history, plan, known, addressees, wordings, now)
                for happening in happenings:
                    result.told += teller.tell(happening)
                    result.too_late += _is_too_late(happening, first)
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
            return [self._line(happening.day, "notice.recorded.v1", said)]
        agreement = self._history.on(happening.day)
        fact = self._fact(agreement, happening)
        said = self._wordings.message(fact.wording, agreement.buyer, fact.words, "").subject
        line = self._line(happening.day, fact.fact.TYPE, said)
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
        return raised(agreement, held, organisation, self._plan, _NOWHERE, happening.day, self._now)

    def _line(self, day: date, what: str, said: str) -> Told:
        return Told(day, self._history.buyer, self._history.reference, what, said)

    def _message(self, line: Told, to: _Recipient) -> Told:
        return Told(line.day, line.buyer, line.reference, line.what, line.said, *to)


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


def _count(result: Rehearsed, history: History, first: date) -> None:
    standing = history.on(first).standing
    result.agreements += 1
    result.dated += standing == "dated"
    result.undated += standing == "undated"
    result.ended += standing == "ended"


def _is_too_late(happening: Happening | NoticeHappening, first: date) -> bool:
    """Whether the last safe day to serve notice had passed before the first day."""
    return (
        isinstance(happening, Happening)
        and happening.outcome == "raised"
        and happening.obligation.kind == "notice"
        and happening.obligation.due_on < first
    )
