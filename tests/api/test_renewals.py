"""The next date of an agreement is read in SQL: it is that of the obligations as they are shown."""

from random import Random

from services.api.queries.agreements import read_acknowledgements, read_lines, read_obligations
from services.api.queries.renewals import read_renewals
from shared.events import Fact
from tests.api import facts
from tests.api.conftest import Model
from tests.api.facts import NOW, agreement, registered

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
            items = (await model.ask("/v1/renewals", before="2099-01-01"))["items"]
            assert [item["next_on"] for item in items] == sorted(days)[:1]
    assert seen >= {"planned", "raised", "withdrawn", "skipped", "closed"}


async def test_a_stage_before_the_last_safe_day_is_over_when_a_later_one_was_raised(
    model: Model,
) -> None:
    stages = [("service", "2026-12-31"), ("service", "2027-02-28")]
    await model.project(facts.classified(), registered(end=None), facts.planned(stages))
    await model.project(facts.raised("2027-02-28", "service"))
    [item] = (await model.ask("/v1/renewals", before="2099-01-01"))["items"]
    assert item["next_on"] == "2027-02-28"
    assert [each["state"] for each in item["obligations"]] == ["skipped", "raised"]


async def test_as_many_agreements_as_there_are_can_be_read_at_once(model: Model) -> None:
    ids = [str(agreement(str(number))) for number in range(MORE_THAN_PARAMETERS)]
    async with model.engine.connect() as connection:
        assert len(await read_obligations(connection, ids)) == len(ids)
        assert len(await read_acknowledgements(connection, ids)) == len(ids)
        assert len(await read_lines(connection, [(each, 1) for each in ids])) == len(ids)
        rows = await read_renewals(
            connection,
            NOW.date(),
            buyer=None,
            since=NOW.date(),
            before=NOW.date(),
            after=None,
            limit=1,
        )
        assert rows == []
