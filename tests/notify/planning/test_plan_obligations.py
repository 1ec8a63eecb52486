"""Planning on the real database: whole plans, in any order, and withdrawals when dates move."""

import json
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.notify.calendars.keep_calendars import load_calendar
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.agreement import AgreementFact, History
from services.notify.planning.brought import obligations_to_plan
from services.notify.planning.plan import Plans
from services.notify.queries.agreements import count_undated
from services.notify.telling.record_suppliers import record_suppliers
from shared.database import begin
from shared.errors import Misconfigured
from shared.identity import agreement_id, partition_key
from shared.notice_terms import NoticeTerms
from tests.notify.conftest import BARE, Desk
from tests.notify.facts import (
    BUYER,
    NOW,
    PROVIDER,
    TODAY,
    classified,
    ended,
    registered,
    varied,
    with_policy,
)
from tests.notify.receiver import Receiver
from tests.support.suppliers import supplier_id

OTHER = "GB-CHC-1000001"
OTHER_SUPPLIER = supplier_id("St Other")


async def test_a_registered_agreement_is_planned_and_its_whole_plan_published(desk: Desk) -> None:
    planned = await desk.tell(registered())
    assert planned.agreements == 1
    [event] = await desk.published()
    assert (event.topic, event.type) == ("notices.v1", "obligations.planned.v1")
    assert event.key == partition_key(agreement_id(BUYER, "LCC/1"))
    assert (event.data["version"], event.data["revision"]) == (1, 1)
    assert [(o["kind"], o["due_on"], o["stage"]) for o in event.data["obligations"]] == [
        ("renewal", "2026-03-31", "P12M"),
        ("renewal", "2026-06-30", "P9M"),
        ("notice", "2026-09-30", None),
        ("renewal", "2026-09-30", "P6M"),
        ("renewal", "2026-12-31", "P3M"),
    ]
    assert "records no notice period" in event.data["obligations"][2]["rule"]


async def test_the_same_fact_twice_is_planned_once(desk: Desk) -> None:
    await desk.tell(registered())
    again = await desk.tell(registered(), registered())
    assert (again.agreements, again.known) == (0, 1)
    assert len(await desk.published()) == 1


async def test_facts_in_any_order_end_in_the_same_plan(desk: Desk) -> None:
    plans = set()
    for number, order in enumerate(permutations([1, 2, 3])):
        reference = f"LCC/{number}"
        facts: dict[int, AgreementFact] = {
            1: registered(reference),
            2: varied(reference, 2, end=date(2028, 3, 31)),
            3: varied(reference, 3, end=date(2029, 3, 31), notice_period="P9M"),
        }
        for version in order:
            await desk.tell(facts[version])
        plans.add(
            tuple(
                await desk.rows(
                    "select o.kind, o.period, o.due_on, o.state"
                    " from obligations o join agreements a using (agreement_id)"
                    " where reference = :reference order by due_on, kind",
                    reference=reference,
                )
            )
        )
    [plan] = plans
    assert ("notice", "P9M", date(2028, 6, 30), "planned") in plan


async def test_an_end_that_overtakes_its_agreement_is_kept(desk: Desk) -> None:
    await desk.tell(ended(version=2))
    await desk.tell(registered(version=1))
    assert await desk.rows("select * from obligations") == []
    [(title, standing)] = await desk.rows(
        "select title, standing from agreements join terms using (agreement_id)"
    )
    assert (title, standing) == ("Hospice at home", "ended")
    assert [e.data["obligations"] for e in await desk.published()] == [[]]


async def test_an_agreement_without_an_end_is_marked_and_asked_about(desk: Desk) -> None:
    await desk.tell(registered(end=None))
    [event] = await desk.published()
    assert [(o["kind"], o["due_on"]) for o in event.data["obligations"]] == [
        ("end-date", "2026-10-01")
    ]
    async with begin(desk.engine) as tx:
        assert await count_undated(tx) == 1


async def test_an_end_that_moves_later_withdraws_what_was_told_and_tells_anew_in_time(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    assert receiver.types == ["notice.due.v1"]

    planned = await desk.tell(varied(end=date(2028, 3, 31)))
    assert planned.withdrawn == 1
    await desk.deliver()
    first, told = receiver.requests
    assert told.type == "notice.withdrawn.v1"
    assert "moved from 31 March 2027 to 31 March 2028" in told.event["message"]
    assert told.event["data"]["obligation_id"] == first.event["data"]["obligation_id"]

    assert (await desk.raise_due()).facts == []
    desk.now = NOW.replace(year=2027, month=3, day=31)
    [fact] = (await desk.raise_due()).facts
    assert fact.words["due_on"] == "31 March 2027"
    await desk.deliver()
    assert receiver.requests[-1].event["data"]["end"] == "2028-03-31"


async def test_what_was_over_when_it_became_known_is_skipped_and_the_buyer_asked_once(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.tell(registered(end=date(2026, 9, 30), notice_period="P3M"))
    for _ in range(2):
        await desk.raise_due()
        await desk.plan_outdated()
    await desk.deliver()
    [asked] = receiver.requests
    assert (asked.path, asked.event["data"]["kind"]) == ("/notices/buyer", "over")
    assert "had ended already when it was registered" in asked.event["message"]
    rows = await desk.rows("select distinct state, reason from obligations where kind <> 'over'")
    assert [tuple(row) for row in rows] == [("skipped", "the agreement's end had passed already")]
    await desk.tell(varied(end=date(2028, 9, 30)))
    await desk.deliver()
    taken_back = [one for one in receiver.requests if one.type == "notice.withdrawn.v1"]
    assert "the agreement goes on: it ends on 30 September 2028" in taken_back[0].event["message"]


async def test_what_ended_while_it_was_known_is_not_asked_about(desk: Desk) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    desk.now = NOW.replace(year=2027, month=4, day=5)
    await desk.plan_outdated()
    await desk.tell(varied(title="Hospice at home and by day"))
    assert [one.kind for one in (await desk.raise_due()).facts] == []


async def test_who_was_not_told_is_not_told_of_the_withdrawal(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.tell(varied(end=date(2028, 3, 31)))
    await desk.deliver()
    assert receiver.requests == []
    assert await desk.states() == [("cancelled", 0)]
    assert (await desk.published_types()).count("notice.withdrawn.v1") == 1


async def test_a_withdrawal_goes_even_to_who_asked_for_notice_days_only(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    await desk.tell(ended(version=2, on=date(2026, 12, 1)))
    await desk.deliver()
    assert receiver.types == ["notice.due.v1", "notice.withdrawn.v1"]
    assert "ends on 1 December 2026, before 31 March 2027" in receiver.requests[1].event["message"]


async def test_an_agreement_that_ran_its_course_withdraws_nothing(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.tell(ended(version=2, on=date(2027, 3, 31)))
    await desk.deliver()
    assert receiver.requests == []
    assert "notice.withdrawn.v1" not in await desk.published_types()


async def test_dates_that_move_away_and_back_are_told_again_under_a_new_id(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    await desk.tell(varied(version=2, end=date(2028, 3, 31)))
    await desk.tell(varied(version=3))
    await desk.raise_due()
    await desk.deliver()
    assert receiver.types == ["notice.due.v1", "notice.withdrawn.v1", "notice.due.v1"]
    assert len(set(receiver.ids)) == 3
    desk_state = await desk.rows("select state from obligations where state = 'raised'")
    assert len(desk_state) == 1


async def test_a_buyers_changed_plan_plans_its_agreements_anew(desk: Desk) -> None:
    other = "GB-LAE-BRD"
    await desk.tell(registered(), registered("BMDC/1", buyer=other))
    default = BARE.default
    own = default.model_copy(update={"buyer": BUYER, "renewal_stages": ("P18M", "P6M")})
    await adopt_plans(desk.engine, Plans(2, (default, own)), NOW)
    assert await desk.plan_outdated() == 1
    assert await desk.plan_outdated() == 0
    event = (await desk.published())[-1]
    assert (event.data["buyer"], event.data["revision"]) == (BUYER, 2)
    assert [o["stage"] for o in event.data["obligations"]] == ["P18M", None, "P6M"]


async def test_a_plan_of_ones_own_that_is_given_up_plans_anew_as_well(desk: Desk) -> None:
    """Beside the plan, a variation takes effect that day: planned once for both reasons."""
    buyers = [BUYER, "GB-LAE-BRD", "GB-LAE-CLD"]
    default = BARE.default
    own = [
        default.model_copy(update={"buyer": buyer, "renewal_stages": ("P6M",)}) for buyer in buyers
    ]
    await adopt_plans(desk.engine, Plans(2, (default, *own)), NOW)
    await desk.tell(
        *(registered(buyer, buyer=buyer) for buyer in buyers),
        registered("ICB/1", buyer="GB-NHS-QWO"),
        varied(BUYER, 2, effective_on=date(2026, 12, 1), end=date(2028, 3, 31)),
    )
    assert await desk.plan_outdated() == 0
    desk.now = NOW.replace(month=12, day=1)
    await adopt_plans(desk.engine, Plans(3, (default, own[1])), desk.now)
    assert [await desk.plan_outdated() for _ in range(2)] == [2, 0]
    stages = await desk.rows(
        "select buyer, count(*) from obligations join agreements using (agreement_id)"
        " where kind = 'renewal' group by buyer order by buyer"
    )
    assert [tuple(row) for row in stages] == [
        ("GB-LAE-BRD", 1),
        ("GB-LAE-CLD", 4),
        (BUYER, 4),
        ("GB-NHS-QWO", 4),
    ]


async def test_one_that_cannot_be_planned_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"LCC/{number}" for number in range(20)]
    await desk.tell(*(registered(name) for name in names))
    default = BARE.default.model_copy(update={"renewal_stages": ("P6M",)})
    await adopt_plans(desk.engine, Plans(2, (default,)), NOW)

    def fail_at_one(history: History, *rest: Any) -> Any:
        if history.reference == "LCC/7":
            raise ArithmeticError(history.reference)
        return obligations_to_plan(history, *rest)

    asked = "services.notify.planning.plan_obligations.obligations_to_plan"
    monkeypatch.setattr(asked, fail_at_one)
    with pytest.raises(ExceptionGroup) as raised:
        await desk.plan_outdated()
    assert len(raised.value.exceptions) == 1
    stages = "select count(*) from obligations where kind = 'renewal' group by agreement_id"
    assert sorted(count for (count,) in await desk.rows(stages)) == [1] * 19 + [4]
    monkeypatch.undo()
    assert await desk.plan_outdated() == 1


async def test_a_plan_that_says_the_same_again_is_not_published(desk: Desk) -> None:
    terms = NoticeTerms(buyer_period="60WD")
    await desk.tell(registered(notice_terms=terms))
    later = {
        "england-and-wales": {
            "division": "england-and-wales",
            "events": [{"title": "Proclaimed", "date": "2028-06-12"}],
        }
    }
    await load_calendar(desk.engine, "extra", json.dumps(later), TODAY, NOW)
    assert [await desk.plan_outdated() for _ in range(2)] == [1, 0]
    assert [event.data["revision"] for event in await desk.published()] == [1]
    await desk.tell(varied(notice_terms=terms, title="Hospice care at home"))
    known = [(e.data["revision"], e.data["version"]) for e in await desk.published()]
    assert known == [(1, 1), (2, 2)], "what is known at a version is told of each"


async def test_two_replicas_with_two_plan_files_move_once(desk: Desk, receiver: Receiver) -> None:
    """A rolling deploy: the old replica goes on beside the new one, and starts again."""
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    old = BARE
    new = Plans(2, (with_policy(old.default, "P9M"),))
    moved = 0
    for given in (new, old, new, old):
        in_force = await adopt_plans(desk.engine, given, desk.now)
        assert in_force.edition == 2
        moved += await desk.plan_outdated()
        await desk.tell(registered("LCC/2"))
        await desk.raise_due()
        await desk.deliver()
    assert moved == 1
    of_first = [one for one in receiver.requests if "LCC/1" in one.body.decode()]
    assert [one.type for one in of_first] == [
        *("notice.due.v1", "notice.withdrawn.v1", "notice.due.v1")
    ]
    assert [one.event["data"].get("notice_period") for one in of_first] == ["P6M", None, "P9M"]


async def test_an_edition_that_says_something_else_is_refused(desk: Desk) -> None:
    other = BARE.default.model_copy(update={"notice_lead_days": 7})
    with pytest.raises(Misconfigured, match="edition 1 of the plans says something else"):
        await adopt_plans(desk.engine, Plans(1, (other,)), NOW)
    assert (await adopt_plans(desk.engine, BARE, NOW)).edition == 1


async def test_an_agreement_that_moves_to_another_provider_is_told_to_that_one(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await record_suppliers(
        desk.engine, [classified(OTHER, supplier=OTHER_SUPPLIER)], [], TODAY, desk.now
    )
    await desk.subscribe(receiver.url + "/old", event_types=["notice.due.v1"])
    await desk.subscribe(receiver.url + "/new", OTHER, event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()
    assert await desk.deliver() == 1
    await desk.tell(registered("LCC/2"))
    await desk.raise_due()
    changes: dict[str, Any] = {"provider": "St Other", "supplier_id": UUID(OTHER_SUPPLIER)}
    await desk.tell(varied(**changes), varied("LCC/2", **changes))
    await desk.raise_due()
    await desk.deliver()
    told = [(one.path.removeprefix("/notices"), one.type) for one in receiver.requests]
    assert sorted(told[1:]) == [
        ("/new", "notice.due.v1"),
        ("/new", "notice.due.v1"),
        ("/old", "notice.withdrawn.v1"),
    ]
    for one in receiver.requests:
        assert ("St Other" in one.body.decode()) == one.path.endswith("/new")
    assert min(await desk.states()) == ("cancelled", 0)
    reasons = {e.data["reason"] for e in await desk.published() if "withdrawn" in e.type}
    assert reasons == {"the agreement is with another provider now"}


async def test_a_variation_ahead_changes_nobodys_messages_before_its_day(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await record_suppliers(
        desk.engine, [classified(OTHER, supplier=OTHER_SUPPLIER)], [], TODAY, desk.now
    )
    await desk.subscribe(receiver.url + "/old", event_types=["notice.due.v1"])
    await desk.subscribe(receiver.url + "/new", OTHER, event_types=["notice.due.v1"])
    new: dict[str, Any] = {"provider": "St Other", "supplier_id": UUID(OTHER_SUPPLIER)}
    await desk.tell(
        registered(),
        varied(version=2, effective_on=date(2027, 4, 1), end=date(2028, 3, 31), **new),
        varied(version=3, effective_on=date(2026, 12, 1), **new),
    )
    assert await desk.plan_outdated() == 0
    await desk.raise_due()
    await desk.deliver()
    assert [(one.path, one.type) for one in receiver.requests] == [
        ("/notices/old", "notice.due.v1")
    ]
    assert PROVIDER in receiver.requests[0].body.decode()

    desk.now = NOW.replace(month=12, day=1)
    assert (await desk.raise_due()).facts == [], "what is due waits for the new plan"
    assert await desk.plan_outdated() == 1
    assert await desk.plan_outdated() == 0
    await desk.raise_due()
    await desk.deliver()
    assert sorted((one.path, one.type) for one in receiver.requests[1:]) == [
        ("/notices/new", "notice.due.v1"),
        ("/notices/old", "notice.withdrawn.v1"),
    ]

    desk.now = NOW.replace(year=2027, month=4, day=1)
    assert await desk.plan_outdated() == 1
    ends = {one[0] for one in await desk.rows('select "end" from obligations')}
    assert date(2028, 3, 31) in ends


async def test_an_extension_from_next_month_is_told_at_once_and_its_own_dates_from_its_day(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    await desk.tell(
        varied(effective_on=date(2026, 12, 15), end=date(2027, 9, 30), notice_period="P12M")
    )
    await desk.raise_due()
    await desk.deliver()
    assert [one.type for one in receiver.requests[1:]] == ["notice.withdrawn.v1"]
    said = " ".join(receiver.requests[1].event["message"].split())
    assert "by a variation that takes effect on 15 December 2026" in said
    desk.now = NOW.replace(month=12, day=15)
    await desk.plan_outdated()
    await desk.raise_due()
    await desk.deliver()
    told = receiver.requests[2:]
    assert sorted(one.type for one in told) == ["notice.due.v1", "renewal.approaching.v1"]
    assert {one.event["data"]["end"] for one in told} == {"2027-09-30"}


async def test_an_extension_ahead_that_is_taken_back_brings_its_dates_back(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    ahead = date(2026, 12, 15)
    await desk.tell(registered(), varied(effective_on=ahead, end=date(2028, 3, 31)))
    await desk.raise_due()
    await desk.tell(varied(version=3, effective_on=ahead))
    await desk.raise_due()
    await desk.deliver()
    assert receiver.types == ["notice.due.v1"]
    assert receiver.requests[0].event["data"]["end"] == "2027-03-31"


async def test_facts_of_an_agreement_count_up_even_where_clocks_go_back(desk: Desk) -> None:
    new: dict[str, Any] = {"provider": "St Other", "supplier_id": UUID(OTHER_SUPPLIER)}
    await desk.tell(registered())
    await desk.raise_due()
    desk.now -= timedelta(seconds=5)
    await desk.tell(varied(**new))
    await desk.raise_due()
    desk.now -= timedelta(seconds=5)
    await desk.tell(varied(version=3, end=date(2028, 3, 31), **new))
    events = await desk.published()
    places = [(event.data["revision"], event.data["sequence"]) for event in events]
    kinds = {place: event.type.split(".")[1] for place, event in zip(places, events, strict=True)}
    raised = {"due": "raised", "approaching": "raised"}
    assert [raised.get(kinds[place], kinds[place]) for place in sorted(kinds)] == [
        *("planned", "raised"),
        *("withdrawn", "planned", "raised"),
        *("withdrawn", "planned"),
    ]
    assert len(set(places)) == len(events)
    assert [sequence for revision, sequence in sorted(places) if revision == 2] == [1, 2, 3]
