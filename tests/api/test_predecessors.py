"""A buyer is asked of with the bodies that merged into it, and the answer says which."""

from datetime import date, timedelta
from typing import Any

from shared.events import BuyerSucceeded
from tests.api.conftest import Model
from tests.api.facts import ICB, LEEDS, NOW, classified, member, paid

CCG, OLDER = "GB-NHS-15F", "GB-NHS-02V"


def succeeded(before: str, after: str, since: str, days: int = 0, **said: Any) -> BuyerSucceeded:
    return BuyerSucceeded(
        predecessor=before,
        successor=after,
        since=date.fromisoformat(since),
        recorded_at=NOW + timedelta(days),
        **{"source": "an Order", **said},
    )


async def test_with_its_predecessors_a_board_has_the_years_before_it(model: Model) -> None:
    link = succeeded(CCG, ICB, "2022-07-01")
    await model.project(
        succeeded(CCG, ICB, "2022-07-02", days=1, source="a corrected Order"),
        link,  # said before, arriving later: the newer word stands
        succeeded(OLDER, CCG, "2018-04-01"),
        classified(),
        paid(1, 1_00, "2024-04-30", transaction="1"),
        paid(2, 20_00, "2021-04-30", buyer=CCG, transaction="2"),
        paid(3, 300_00, "2017-04-30", buyer=OLDER, transaction="3"),
        paid(4, 4000_00, "2024-04-30", buyer=LEEDS, transaction="4"),
    )
    for path in ("/v1/spend", "/v1/totals", "/v1/payments", "/v1/transactions"):
        alone = await model.ask(path, buyer=ICB)
        assert alone["predecessors"] == []
        both = await model.ask(path, buyer=ICB, with_predecessors="true")
        assert [tuple(each.values()) for each in both["predecessors"]] == [
            (CCG, ICB, "2022-07-02", "a corrected Order"),
            (OLDER, CCG, "2018-04-01", "an Order"),
        ]
        amounts = [(alone, "1.00", 1), (both, "321.00", 3)]
        for answer, amount, number in amounts:
            if "amount" in answer:
                assert answer["amount"] == amount
            else:
                assert len(answer["items"]) == number
    none = await model.ask("/v1/spend", with_predecessors="true", status=422)
    assert none["errors"][0]["field"] == "buyer"


async def test_a_statement_holds_a_year_against_that_of_its_predecessors(model: Model) -> None:
    member_of = [member(definition="community-interest")]
    await model.project(
        succeeded(CCG, ICB, "2022-07-01"),
        classified(memberships=member_of),
        paid(1, 90_00, "2022-08-31"),
        paid(2, 10_00, "2022-04-30", buyer=CCG),
        paid(3, 80_00, "2021-04-30", buyer=CCG),
    )
    path = f"/v1/statements/{ICB}/2022-23"
    told = {None: ("90.00", None), "true": ("100.00", "80.00")}
    for predecessors, paid_then in told.items():
        asked: dict[str, Any] = {"with_predecessors": predecessors} if predecessors else {}
        statement = await model.ask(path, **asked)
        values = {one["key"]: one["value"] for one in statement["sections"][0]["figures"]}
        assert (values["paid.total"], values["paid.before"]) == paid_then
