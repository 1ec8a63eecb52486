"""The next date of an agreement, worked out in SQL: that of the obligations as they are shown."""

import asyncio
import json
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import text

from services.api.projections.agreements import project_agreements
from services.api.projections.notices import project_notices
from services.api.queries.agreements import read_acknowledgements, read_lines, read_obligations
from services.api.queries.renewals import Due, read_renewals
from services.api.routes.agreements.renewals import RenewalPage
from shared.database import begin
from shared.events import Fact
from tests.api import facts
from tests.api.conftest import Model
from tests.api.facts import NOW, agreement, registered, varied
from tests.support.waiting import eventually

DAYS = ("2026-03-31", "2026-09-30", "2026-12-31", "2027-02-28")
MORE_THAN_PARAMETERS = 33_000
OPEN = {"planned", "raised", "acknowledged"}
KINDS = ("renewal", "service", "notice", "decision", "review")
RECURRING = {"review", "contacts", "monitoring"}


def _something(chance: Random) -> Fact:
    """A fact about obligations, of any place in their history."""
    place = (chance.randint(1, 4), chance.randint(1, 4))
    day, kind = chance.choice(DAYS), chance.choice(KINDS)
    if chance.random() < 0.4:
        kinds = [*KINDS, "end-date"]
        dates = [(chance.choice(kinds), each) for each in chance.sample(DAYS, 3)]
        return facts.planned(dates, place)
    tell = chance.choice((facts.raised, facts.withdrawn, facts.acknowledged))
    return tell(day, kind, at=place)


async def test_the_next_date_is_the_first_that_is_open(model: Model) -> None:
    seen: set[str] = set()
    for seed in range(16):
        await model.empty()
        await model.project(facts.classified(), registered(end=None))
        chance = Random(seed)
        for _ in range(8):
            await model.project(_something(chance))
            shown = await model.ask(f"/v1/agreements/{agreement()}")
            days = [
                each["due_on"]
                for each in shown["obligations"]
                if each["state"] in OPEN and each["kind"] not in RECURRING
            ]
            seen.update(each["state"] for each in shown["obligations"])
            day = chance.choice(("2026-01-01", "2026-12-31", "2027-01-01"))
            past = min((each for each in days if each < day), default=None)
            coming = min((each for each in days if each >= day), default=None)
            due = await model.ask("/v1/renewals", as_of=day, before="2099-01-01")
            overdue = await model.ask("/v1/renewals", as_of=day, overdue=True)
            for listed, page in ((coming, due), (past, overdue)):
                told = [(item["next_on"], item["overdue_on"]) for item in page["items"]]
                assert told == ([(coming, past)] if listed else [])
    assert seen >= {"planned", "raised", "withdrawn", "skipped", "closed"}


async def test_a_stage_before_the_last_safe_day_is_over_when_a_later_one_was_raised(
    model: Model,
) -> None:
    stages = [("service", "2026-12-31"), ("service", "2027-02-28")]
    await model.project(facts.classified(), registered(end=None), facts.planned(stages))
    await model.project(facts.raised("2027-02-28", "service"))
    [item] = (await model.ask("/v1/renewals", before="2099-01-01"))["items"]
    assert item["next_on"] == "2027-02-28"
    shown = await model.ask(f"/v1/agreements/{agreement()}")
    assert [each["state"] for each in shown["obligations"]] == ["skipped", "raised"]


async def test_as_many_agreements_as_there_are_can_be_read_at_once(model: Model) -> None:
    ids = [str(agreement(str(number))) for number in range(MORE_THAN_PARAMETERS)]
    async with model.engine.connect() as connection:
        assert len(await read_obligations(connection, ids)) == len(ids)
        assert len(await read_acknowledgements(connection, ids)) == len(ids)
        assert len(await read_lines(connection, [(each, 1) for each in ids])) == len(ids)
        today = NOW.date()
        due = Due(today, today, today)
        rows = await read_renewals(connection, due, buyer=None, after=None, limit=1)
        assert rows == []


async def test_the_next_date_moves_with_the_terms_of_the_day_though_no_event_comes(
    model: Model,
) -> None:
    """Extended from April on: until then its end is the old one."""
    await model.project(
        registered("WY-1", end="2027-03-31"),
        varied("WY-1", 2, effective_on="2027-02-01", end="2029-03-31"),
        varied("WY-1", 3, effective_on="2027-02-01", end="2030-03-31"),
        registered("WY-2", end="2028-03-31"),
    )

    async def next_on(today: date) -> list[tuple[str, date]]:
        async with model.engine.connect() as connection:
            due = Due(today, today, date(2099, 1, 1))
            rows = await read_renewals(connection, due, buyer=facts.ICB, after=None, limit=9)
        return [(row["reference"], row["next_on"]) for row in rows]

    before = [("WY-1", date(2027, 3, 31)), ("WY-2", date(2028, 3, 31))]
    assert await next_on(date(2027, 1, 31)) == before
    assert await next_on(date(2027, 2, 1)) == [*before[1:], ("WY-1", date(2030, 3, 31))]
    await model.project(facts.ended("WY-1", version=4, on="2026-12-31"))
    ends = [("WY-1", date(2026, 12, 31)), *before[1:]]
    assert await next_on(date(2026, 12, 31)) == ends, "it never came to the new terms"
    assert await next_on(date(2027, 1, 1)) == before[1:]


async def test_terms_and_obligations_that_come_at_once_are_both_in_the_next_date(
    model: Model,
) -> None:
    async with begin(model.engine) as tx:
        await project_agreements(tx, [registered(end="2027-03-31")])

        async def bring() -> None:
            async with begin(model.engine) as other:
                await project_notices(other, [facts.planned([("notice", "2026-12-31")])])

        bringing = asyncio.ensure_future(bring())

        async def waits() -> bool:
            waiting = (
                "select 1 from pg_locks where locktype = 'advisory' and not granted"
                " and objid::bigint = hashtext(current_schema())::bigint & 4294967295"
            )
            return bool((await tx.execute(text(waiting))).all())

        await eventually(waits)
        assert not bringing.done()
    await bringing
    [item] = (await model.ask("/v1/renewals", before="2099-01-01"))["items"]
    assert item["next_on"] == "2026-12-31"


async def test_what_ends_or_needs_notice_within_half_a_year(model: Model) -> None:
    """Asked on 23 November: what is past is overdue and no next date, what lies ahead is told."""
    plan = [("renewal", "2026-03-30"), ("notice", "2027-01-31"), ("decision", "2027-01-31")]
    await model.project(
        facts.classified(),
        registered(end="2027-03-31"),
        facts.planned([*plan, ("review", "2026-12-01")]),
        registered("WY-2", end="2027-05-22", annual_pence=100_00),
        registered("WY-3", end="2028-03-31"),
        facts.planned([("renewal", "2026-09-30")], reference="WY-3"),
        registered("WY-4", end="2027-05-23"),
    )

    async def told(**query: Any) -> list[tuple[Any, ...]]:
        page = await model.ask("/v1/renewals", **query)
        RenewalPage.model_validate_json(json.dumps(page))
        names = ("reference", "next_on", "next_kinds", "overdue_on")
        return [tuple(each[name] for name in names) for each in page["items"]]

    half: dict[str, Any] = {"before": "2027-05-23"}
    second = ("WY-2", "2027-05-22", ["end"], None)
    first = ("WY-1", "2027-01-31", ["decision", "notice"], "2026-03-30")
    assert await told(**half) == [first, second]
    ending = ("WY-1", "2027-03-31", ["end"], "2026-03-30")
    assert await told(since="2027-02-01", **half) == [ending, second]
    assert await told(since="2027-04-01", **half) == [second], "the day of asking stays"
    assert await told(overdue=True) == [
        first,
        ("WY-3", "2028-03-31", ["end"], "2026-09-30"),
    ]
    assert await told(as_of="2026-03-30", before="2026-03-31") == [
        ("WY-1", "2026-03-30", ["renewal"], None)
    ]
    assert (await model.ask("/v1/renewals", **half))["as_of"] == "2026-11-23"
    page = await model.ask("/v1/renewals", overdue=True, limit=1)
    page = await model.ask("/v1/renewals", overdue=True, limit=1, cursor=page["next"])
    assert ([each["reference"] for each in page["items"]], page["next"]) == (["WY-3"], None)
    shown = (await model.ask("/v1/renewals", **half))["items"][1]
    assert (shown["annual_amount"], shown["provider"]) == ("100.00", facts.HOSPICE)
    assert "obligations" not in shown
