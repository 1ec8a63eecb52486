"""GET /v1/spend?as_known_at: the answer as it was at the end of a day."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from services.api.asked.known_at import end_of
from services.api.routes.spend.spend_answer import SpendAnswer
from shared.errors import Rejected
from tests.api.conftest import Model
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    classified,
    corrected,
    mapped,
    member,
    paid,
    unmatched,
)

CUTS = ("buyer,budget_head,programme,place", "organisation,month,tier", "financial_year,unit", "")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def said(fact: Any, day: int, hour: int = 12) -> Any:
    """The same fact, recorded on a day of November."""
    return fact.model_copy(update={"recorded_at": at(day, hour)})


def history(chance: Random) -> list[Any]:
    """What was recorded from the 1st to the 9th: payments, corrections, matches and maps."""
    found: list[Any] = []
    payees = [HOSPICE, PERSON, "ANOTHER NAME OF THE HOSPICE"]
    codes: list[dict[str, str]] = [{}, {"unit": "0123"}, {"unit": "0123", "programme": "EOL"}]
    for number in range(24):
        payment = paid(
            number,
            chance.randrange(-50_00, 100_00),
            f"2024-0{chance.randint(3, 6)}-{chance.choice([1, 10, 28]):02d}",
            payee=chance.choice(payees),
            buyer=chance.choice([ICB, LEEDS]),
            place=chance.choice([None, "Leeds"]),
            **chance.choice(codes),
        )
        day = chance.randint(1, 6)
        fact = said(payment, day)
        found.append(fact)
        for _ in range(chance.choice([0, 0, 1, 2])):
            day = min(9, day + chance.randint(0, 2))
            changes: Any = chance.choice(
                [
                    {"payee": chance.choice(payees)},
                    {"payment_date": date(2024, 4, 10)},
                    {"withdrawn": True},
                    {"unit": "0999"},
                    {"place": "Leeds"},
                ]
            )
            fact = said(corrected(fact, chance.randrange(90_00), **changes), day)
            found.append(fact)
    for payee in payees:
        for revision, day in enumerate(sorted(chance.sample(range(1, 10), 3)), 1):
            known = chance.choice([None, "2024-04-10", "2024-04-01"])
            match = classified if chance.random() < 0.6 else unmatched
            days = [member(None, known)] if chance.random() < 0.7 else []
            found.append(said(match(payee, revision=revision, memberships=days), day))
    for version, day in enumerate((2, 5, 8), 1):
        word = chance.choice(["End of life", "Mental health", None])
        since = chance.choice([None, "2024-04-10"])
        head = word and chance.choice(["Grants", "Precept", None])
        found.append(said(mapped(word, since, version, unit="0123", budget_head=head), day))
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_it_is_what_would_have_been_answered_on_the_day(model: Model, seed: int) -> None:
    chance = Random(seed)
    facts = history(chance)
    chance.shuffle(facts)  # by their topics and partitions they arrive in any order
    day = chance.randint(2, 7)
    await model.project(*(fact for fact in facts if fact.recorded_at < at(day + 1, 0)))
    then = [await model.ask("/v1/spend", group_by=cut, **_which(cut)) for cut in CUTS]
    await model.project(*facts)
    for cut, answer in zip(CUTS, then, strict=True):
        known = await model.ask(
            "/v1/spend", group_by=cut, as_known_at=f"2026-11-0{day}", **_which(cut)
        )
        SpendAnswer.model_validate(known)
        assert known == answer | {"as_known_at": f"2026-11-0{day}"}, cut
    today = await model.ask("/v1/spend", group_by=CUTS[1], as_known_at="2026-11-23")
    assert today == await model.ask("/v1/spend", group_by=CUTS[1]) | {"as_known_at": "2026-11-23"}


def _which(cut: str) -> dict[str, Any]:
    """Days at the ends of months or within them, to ask of roll-up and payments alike."""
    return {"from_": "2024-04-05", "to": "2024-06-20"} if "month" in cut else {}


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 11, 1), datetime(2026, 11, 2, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, tzinfo=UTC)),  # summer time
        (date(2026, 10, 25), datetime(2026, 10, 26, tzinfo=UTC)),  # the day has 25 hours
    ],
)
def test_a_day_ends_when_it_ends_in_the_united_kingdom(day: date, ends: datetime) -> None:
    assert end_of(day, day, "as_known_at") == ends
    with pytest.raises(Rejected, match="has not come"):
        end_of(day + timedelta(days=1), day, "as_known_at")


async def test_a_day_before_anything_was_recorded_is_no_year_without_spend(model: Model) -> None:
    await model.project(said(paid(1, 500, "2024-04-01"), 3))
    problem = await model.ask("/v1/spend", status=422, as_known_at="2026-11-02")
    assert problem["detail"] == (
        "as_known_at: nothing had been recorded by 2026-11-02: "
        "the first payment was recorded on 2026-11-03"
    )
    year = {"financial_year": "2024-25", "as_known_at": "2026-11-02"}
    assert (await model.ask("/v1/benchmarks", status=422, **year))["detail"] == problem["detail"]
    nothing = await model.ask("/v1/spend", as_known_at="2026-11-03", month="2020-01")
    assert nothing["amount"] == "0.00", "filters may leave nothing of what was known"
