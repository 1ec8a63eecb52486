"""GET /v1/transactions: the 25,000 pounds are by transaction, not by line."""

import json
from typing import Any

from services.api.routes.transactions import TransactionPage
from tests.api.conftest import Model, token
from tests.api.facts import HOSPICE, LEEDS, PERSON, classified, corrected, paid, unmatched


async def listed(model: Model, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/transactions", limit=2, **query, **cursor)
        TransactionPage.model_validate_json(json.dumps(page))
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_lines_under_one_number_make_up_a_transaction(model: Model) -> None:
    split = [paid(n, 12_500_01 - n, transaction="T1", unit=f"Unit {n}") for n in range(2)]
    withdrawn = paid(9, 1_000_000_00, transaction="T1")
    await model.project(
        classified(),
        *split,
        withdrawn,
        corrected(withdrawn, withdrawn=True),
        paid(2, 25_000_00, transaction="T2"),
        paid(3, 99_000_00),  # bears no number
        paid(4, 30_000_00, "2024-05-31", transaction="T1"),  # the number is used again
        paid(5, 40_000_00, transaction="T1", payee=PERSON),
        paid(6, 50_000_00, transaction="T1", buyer=LEEDS),
    )
    every = await listed(model)
    assert [each["payment_date"] for each in every] == ["2024-05-31", *["2024-04-30"] * 4]
    amounts = {each["amount"]: each["over_25000"] for each in every}
    assert amounts == {
        "25000.01": True,
        "25000.00": False,
        "30000.00": True,
        "40000.00": True,
        "50000.00": True,
    }
    [one] = [each for each in every if each["line_count"] == 2]
    assert (one["payee"], one["transaction"], one["amount"]) == (HOSPICE, "T1", "25000.01")
    assert {line["unit"]: line["amount"] for line in one["lines"]} == {
        "Unit 0": "12500.01",
        "Unit 1": "12500.00",
    }
    assert [each["amount"] for each in await listed(model, over_25000=False)] == ["25000.00"]
    of_leeds = await listed(model, buyer=LEEDS, over_25000=True, from_="2024-04-30")
    assert [each["amount"] for each in of_leeds] == ["50000.00"]
    by_supplier = await listed(model, supplier=str(split[0].supplier_id), to="2024-05-01")
    assert [each["buyer"] for each in by_supplier].count(LEEDS) == 1
    assert len(by_supplier) == 3


async def test_of_what_may_be_a_person_number_and_purpose_are_withheld(model: Model) -> None:
    await model.project(unmatched(), paid(1, payee=PERSON, transaction="T 99", purpose="T 99"))
    for scopes, seen in ((["payments:read"], False), (["payments:read", "personal:read"], True)):
        page = await model.ask("/v1/transactions", token=token(*scopes))
        assert ("T 99" in str(page), PERSON in str(page)) == (seen, seen)
        [item] = page["items"]
        assert item["withheld"] is not seen
