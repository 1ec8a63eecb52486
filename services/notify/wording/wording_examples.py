"""An example agreement told of at every stage, so that an officer sees what would go out."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notify.after_end.alarm import Alarmed, alarm
from services.notify.after_end.payments import Paid
from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.period import earlier
from services.notify.dates.words import in_words
from services.notify.notices.notice import Notice, Verdict
from services.notify.planning.agreement import Agreement, apply_all
from services.notify.planning.brought import obligations_of, obligations_to_plan, short_notices
from services.notify.planning.obligation import Held, Obligation
from services.notify.planning.over import ask_over
from services.notify.planning.plan import PaymentsPlan, Plan
from services.notify.subscriptions.subscription_off import (
    SUBSCRIPTION_OFF,
    Off,
    off_words,
    why_failing,
)
from services.notify.telling.fact import NoticeFact, Position, raised, withdrawn
from services.notify.wording.message import WORDINGS
from shared.agreement_parts import ExtensionOption
from shared.events import AgreementRegistered
from shared.identity import agreement_id, identify
from shared.notice_terms import NoticeTerms

_UK = ZoneInfo("Europe/London")
_REFERENCE, _PROVIDER = "EX/1", "Example Hospice"
_FIRST = Position(1, 1)
_WEBHOOK = "https://provider.example/notices"
_SUBSCRIPTION = identify("subscription", _PROVIDER, "webhook", _WEBHOOK)
_DAYS_GIVEN = 150
_ONE_DAY = timedelta(days=1)


class Example(NamedTuple):
    """A wording at one stage, and what it is filled with."""

    wording: str
    stage: str
    words: dict[str, str]


def examples(buyer: str, plan: Plan, calendars: Calendars, today: date) -> list[Example]:
    """Every wording at every stage that the buyer's plan brings, of an agreement made up.

    A wording that the plan never brings is filled with the words of another.
    """
    now = datetime.combine(today, time(9), _UK)
    found = [
        Example(one.wording, stage, one.words)
        for stage, one in _facts(buyer, plan, calendars, today, now)
    ]
    found.append(Example(SUBSCRIPTION_OFF, "", _off(buyer, plan, now)))
    have = {one.wording for one in found}
    spare = found[0].words | {"reason": "the end of the agreement moved"}
    found += [Example(name, "", spare) for name in WORDINGS if name not in have]
    return sorted(found, key=lambda one: WORDINGS.index(one.wording))


def _facts(
    buyer: str, plan: Plan, calendars: Calendars, today: date, now: datetime
) -> Iterator[tuple[str, NoticeFact]]:
    agreement = _agreement(buyer, today, now)
    obligations = obligations_of(agreement, plan, calendars, today)
    obligations += short_notices(agreement, [_too_short(agreement, obligations[0].end)])
    for obligation in obligations:
        yield (
            f"{obligation.period} ({in_words(obligation.due_on)})",
            _raised(agreement, obligation, plan, min(today, obligation.due_on), now),
        )
        if obligation.kind == "notice":
            late = obligation.due_on + _ONE_DAY
            yield "the day after", _raised(agreement, obligation, plan, late, now)
    renewal = next((one for one in obligations if one.kind == "renewal"), None)
    if renewal is not None:
        ahead = [one for one in obligations if one.kind in {"notice", "option"}]
        late = renewal.due_on + timedelta(days=1)
        yield "known late", _raised(agreement, renewal, plan, late, now, stands=ahead)
    yield from _by_policy(buyer, plan, calendars, today, now)
    over = _agreement(buyer, today, now, start=date(today.year - 3, 4, 1), end=today - _ONE_DAY)
    for asked in ask_over(over, (), (), today, first=True):
        yield in_words(asked.due_on), _raised(over, asked, plan, today, now)
    if plan.payments_after_end:
        yield "", _still_paid(buyer, plan, plan.payments_after_end, today, now)
    moved = (
        f"the end of the agreement moved from {in_words(obligations[0].end)} to "
        f"{in_words(obligations[0].end + timedelta(days=365))}"
    )
    yield "", withdrawn(agreement, obligations[0], moved, _FIRST, plan, now)
    for asked in obligations_to_plan(
        apply_all(None, [_registered(buyer, today, now, end=None)]), plan, calendars, today
    ):
        undated = _agreement(buyer, today, now, end=None)
        yield f"{in_words(asked.due_on)}", _raised(undated, asked, plan, today, now)


def _by_policy(
    buyer: str, plan: Plan, calendars: Calendars, today: date, now: datetime
) -> Iterator[tuple[str, NoticeFact]]:
    """Of an agreement that records no notice period, where a policy promises one."""
    silent = _agreement(buyer, today, now, notice_terms=None)
    for one in obligations_of(silent, plan, calendars, today):
        if one.kind == "notice":
            said = f"no period recorded, {one.period}"
            yield said, _raised(silent, one, plan, min(today, one.due_on), now)
            yield f"{said}, the day after", _raised(silent, one, plan, one.due_on + _ONE_DAY, now)


def _off(buyer: str, plan: Plan, now: datetime) -> dict[str, str]:
    """A receiver of webhooks that fails, as its owner and the buyer are told."""
    since = now - timedelta(days=5)
    off = Off(_SUBSCRIPTION, _PROVIDER, None, "webhook", _WEBHOOK, since)
    return off_words(off, why_failing(since, "the receiver answered 503"), buyer, plan, now)


def _still_paid(
    buyer: str, plan: Plan, asked: PaymentsPlan, today: date, now: datetime
) -> NoticeFact:
    last = today - timedelta(days=10)
    ended_on = earlier(last, asked.grace) - timedelta(days=100)
    paid = Paid(3_000_000, 3, last - timedelta(days=60), last)
    over = _agreement(buyer, ended_on, now, end=ended_on)
    told = alarm(over, ended_on, Alarmed(today, paid.pence), paid, asked)
    return _raised(over, told, plan, today, now)


def _raised(
    agreement: Agreement,
    obligation: Obligation,
    plan: Plan,
    today: date,
    now: datetime,
    *,
    stands: Sequence[Obligation] | None = None,
) -> NoticeFact:
    held = Held(obligation, "planned", 1)
    return raised(agreement, held, None, plan, _FIRST, today, now, stands=stands)


def _registered(buyer: str, today: date, now: datetime, **changes: Any) -> AgreementRegistered:
    end = date(today.year + 2, 3, 31)
    said = {
        "agreement_id": UUID(agreement_id(buyer, _REFERENCE)),
        "supplier_id": UUID(identify("supplier", _PROVIDER)),
        "version": 1,
        "recorded_at": now,
        "buyer": buyer,
        "reference": _REFERENCE,
        "title": "Example: care at home",
        "kind": "contract",
        "provider": _PROVIDER,
        "start": date(today.year - 1, 4, 1),
        "end": end,
        "maximum_end": date(end.year + 1, 3, 31),
        "notice_terms": NoticeTerms(buyer_period="P4M", provider_period="P3M"),
        "extension_options": (
            ExtensionOption(length="P1Y", exercise_by=date(end.year - 1, 9, 30)),
        ),
        "lines": ({"programme": "care at home", "annual_amount_pence": 12_000_000},),
    }
    if changes.get("end", end) != end:
        changes |= {"maximum_end": None, "extension_options": ()}
    return AgreementRegistered.model_validate(said | changes)


def _agreement(buyer: str, today: date, now: datetime, **changes: Any) -> Agreement:
    return apply_all(None, [_registered(buyer, today, now, **changes)]).on(today)


def _too_short(agreement: Agreement, end: date) -> Notice:
    """A notice that its agreement's dates have left with too few days."""
    return Notice(
        notice_id=agreement.agreement_id,
        agreement_id=agreement.agreement_id,
        buyer=agreement.buyer,
        kind="non-renewal",
        given_by="buyer",
        acts_on=None,
        about_end=end,
        state="served",
        verdict=Verdict(
            served_on=end - timedelta(days=_DAYS_GIVEN),
            in_time=False,
            rule="7 months' notice as the agreement asks",
            last_day=end,
            days_given=_DAYS_GIVEN,
            days_needed=212,
        ),
    )
