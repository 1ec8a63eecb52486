"""The ledger of notices on the real database: what is refused, what follows, what is published."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.notify.notices.record_notice import TooLate
from shared.errors import Conflict, NotKnown
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, TODAY, ended, registered, varied
from tests.notify.receiver import Receiver

END = date(2027, 3, 31)
MUTUAL = {
    "ground": "mutual-agreement",
    "acknowledged_by": "the chair of the trustees",
    "acknowledged_on": "2026-11-20",
}
BREACH = {"ground": "breach", "could_lead_to": "harm", "evidence": "inspection of 4 November"}
INSTRUCTION = {"ground": "instruction", "instructed_by": "NHS England", "reference": "PRN01234"}
LATE: dict[str, Any] = {"kind": "termination", "ends_on": END, "served_on": TODAY}


async def recorded(desk: Desk) -> list[dict[str, Any]]:
    return [one.data for one in await desk.published() if one.type == "notice.recorded.v1"]


async def test_a_notice_in_time_is_recorded_with_the_days_that_it_gives(desk: Desk) -> None:
    await desk.tell(registered())
    entry = await desk.give(kind="termination", ends_on=END, served_on="2026-09-30")
    [[kept]] = await desk.ledger()
    assert kept == entry
    [fact] = await recorded(desk)
    assert (fact["state"], fact["in_time"], fact["days_given"]) == ("served", True, 182)
    assert fact["notice_id"] == entry.notice.notice_id


async def test_too_late_without_an_exception_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    await desk.tell(registered())
    before = len(await desk.published())
    with pytest.raises(TooLate, match="must be served by 30 September 2026") as refused:
        await desk.give(**LATE)
    assert refused.value.verdict.last_safe_service == date(2026, 9, 30)
    assert await desk.ledger() == []
    assert len(await desk.published()) == before


async def test_each_exception_with_its_evidence_lets_it_pass_and_its_names_stay_here(
    desk: Desk,
) -> None:
    for number, exception in enumerate([MUTUAL, BREACH, INSTRUCTION]):
        await desk.tell(registered(f"LCC/{number}"))
        entry = await desk.give(f"LCC/{number}", **LATE, exception=exception)
        assert entry.notice.excuse is not None
    facts = await recorded(desk)
    assert [fact["exception"] for fact in facts] == ["mutual-agreement", "breach", "instruction"]
    for fact in facts:
        assert (fact["in_time"], fact["days_given"], fact["days_needed"]) == (False, 128, 182)
        assert not any(value in str(fact) for value in ("trustees", "inspection", "PRN01234"))


async def test_an_agreement_that_is_not_known_or_has_ended_takes_no_notice(desk: Desk) -> None:
    with pytest.raises(NotKnown):
        await desk.give(**LATE)
    await desk.tell(registered(), ended(on=TODAY))
    with pytest.raises(Conflict, match="ended"):
        await desk.give(**LATE)


async def test_one_decision_stands_at_a_time_and_another_after_its_withdrawal(desk: Desk) -> None:
    await desk.tell(registered())
    given = await desk.give(kind="renewal", until="2028-03-31", served_on=TODAY)
    with pytest.raises(Conflict, match=f"withdraw {given.notice.notice_id} first"):
        await desk.give(**LATE, exception=BREACH)
    await desk.give(
        kind="variation", takes_effect_on="2026-12-01", changes=["other"], served_on=TODAY
    )
    await desk.withdraw(given)
    await desk.give(**LATE, exception=BREACH)
    assert [steps[-1].notice.state for steps in await desk.ledger()] == [
        "withdrawn",
        "served",
        "served",
    ]


async def test_a_draft_is_served_and_its_day_corrected_and_every_step_stays(desk: Desk) -> None:
    await desk.tell(registered())
    drafted = await desk.give(kind="termination", ends_on=END)
    await desk.serve(drafted, served_on="2026-09-28")
    await desk.serve(drafted, served_on="2026-09-30")
    with pytest.raises(TooLate):
        await desk.serve(drafted, served_on="2026-10-01")
    await desk.serve(drafted, served_on="2026-10-01", exception=INSTRUCTION)
    [steps] = await desk.ledger()
    assert [(one.step, one.notice.verdict and one.notice.verdict.days_given) for one in steps] == [
        ("drafted", None),
        ("served", 184),
        ("corrected", 182),
        ("corrected", 181),
    ]
    assert [fact["number"] for fact in await recorded(desk)] == [1, 2, 3, 4]


async def test_a_notice_withdrawn_is_neither_served_nor_recorded_again(desk: Desk) -> None:
    await desk.tell(registered())
    drafted = await desk.give(request="1", kind="termination", ends_on=END)
    await desk.withdraw(drafted)
    with pytest.raises(Conflict, match=r"recorded .* before, which is withdrawn"):
        await desk.give(request="1", kind="termination", ends_on=END)
    with pytest.raises(Conflict, match="withdrawn"):
        await desk.serve(drafted, served_on="2026-09-30")


async def test_when_the_end_moves_a_served_notice_is_worked_out_anew_as_a_fact(desk: Desk) -> None:
    await desk.tell(registered())
    await desk.give(kind="non-renewal", served_on="2026-09-30")
    await desk.tell(varied(version=2, end=date(2026, 12, 31)))
    await desk.tell(varied(version=2, end=date(2026, 12, 31)))
    await desk.tell(varied(version=3, end=date(2027, 6, 30)))
    facts = await recorded(desk)
    assert [(f["step"], f["last_day"], f["days_given"], f["in_time"]) for f in facts] == [
        ("served", "2027-03-31", 182, True),
        ("worked-out-anew", "2026-12-31", 92, False),
        ("worked-out-anew", "2027-06-30", 273, True),
    ]
    [steps] = await desk.ledger()
    assert [one.recorded_by for one in steps] == ["anyone", "notify", "notify"]


async def test_the_buyer_is_told_when_a_notice_in_time_is_not_any_more(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER, event_types=["obligation.raised.v1"])
    await desk.subscribe(receiver.url + "/provider", event_types=["obligation.raised.v1"])
    await desk.tell(registered())
    given = await desk.give(kind="non-renewal", served_on="2026-09-30")
    for _ in range(2):
        await desk.tell(varied(version=2, end=date(2026, 12, 31)))
        await desk.raise_due()
        await desk.deliver()
    [told] = receiver.requests
    assert told.path.endswith("/buyer")
    assert "gives 92 days, and 184 are needed" in told.event["message"]
    await desk.withdraw(given)
    await desk.deliver()
    assert [one.type for one in receiver.requests] == [
        *("obligation.raised.v1", "notice.withdrawn.v1")
    ]


async def test_a_notice_runs_out_by_itself_once(desk: Desk) -> None:
    await desk.tell(registered())
    await desk.give(kind="termination", ends_on=END, served_on="2026-09-30")
    desk.now = NOW.replace(year=2027, month=3, day=31)
    await desk.plan_outdated()
    desk.now += timedelta(days=1)
    assert await desk.plan_outdated() == 1
    assert await desk.plan_outdated() == 0
    assert [fact["state"] for fact in await recorded(desk)] == ["served", "expired"]


async def test_a_decision_silences_reminders_and_its_withdrawal_brings_them_back(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    told = len(receiver.types)
    given = await desk.give(kind="renewal", until="2030-03-31", served_on=TODAY)
    desk.now = NOW.replace(year=2027, month=1, day=4)
    await desk.plan_outdated()
    assert (await desk.raise_due()).facts == []
    await desk.deliver()
    assert len(receiver.types) == told
    await desk.withdraw(given)
    [stage] = (await desk.raise_due()).facts
    assert stage.words["due_on"] == "31 December 2026"


async def test_facts_of_notices_have_their_own_place_among_those_of_the_agreement(
    desk: Desk,
) -> None:
    await desk.tell(registered())
    change: dict[str, Any] = {"kind": "variation", "takes_effect_on": END, "changes": ["value"]}
    await desk.give(**change, served_on="2026-09-29")
    await desk.raise_due()
    await desk.tell(varied(end=date(2026, 12, 31)))
    published = await desk.published()
    places = [(one.data["revision"], one.data["sequence"]) for one in published]
    assert len(set(places)) == len(places)
    types = [one.type.removesuffix(".v1") for one in published]
    assert types.count("obligations.planned") == 2, "a notice of a change moves no date"
    assert types.count("notice.recorded") == 1


async def test_a_notice_that_runs_out_is_told_beside_a_plan_that_stays(desk: Desk) -> None:
    await desk.tell(registered(end=date(2029, 3, 31)))
    first = date(2026, 12, 1)
    change: dict[str, Any] = {"kind": "variation", "takes_effect_on": first, "changes": ["value"]}
    await desk.give(**change, served_on="2026-05-29")
    desk.now = NOW.replace(month=12, day=2)
    assert [await desk.plan_outdated() for _ in range(2)] == [1, 0]
    assert [one["step"] for one in await recorded(desk)] == ["served", "expired"]
    places = [
        (one.type, one.data["revision"], one.data["sequence"]) for one in await desk.published()
    ]
    assert places == [
        ("obligations.planned.v1", 1, 1),
        ("notice.recorded.v1", 1, 2),
        ("notice.recorded.v1", 1, 3),
    ]
