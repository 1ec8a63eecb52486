"""GET /v1/transactions: the 25,000 pounds are by transaction, not by line."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from services.api.routes.payments.transactions import TransactionPage
from services.ingest.buyers.buyer import Buyer
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.payment_rows import PaymentRows
from services.ingest.payments.payment import accepted
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.shapes.sheets import find_tables
from shared.events import PaymentAccepted
from tests.api.conftest import Model, token
from tests.api.facts import HOSPICE, ICB, LEEDS, NOW, PERSON, classified, corrected, paid, unmatched


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


async def test_lines_of_a_file_are_grouped_by_its_transaction_number(
    model: Model, tmp_path: Path
) -> None:
    path = tmp_path / "croydon.csv"
    path.write_text(
        "Date,Supplier,Transaction Number,Expense Area,Amount\n"
        "30/04/2024,Saint Example Hospice,89,Adults,20000.00\n"
        "30/04/2024,Saint Example Hospice,89,Children,6000.00\n"
        "30/04/2024,Saint Example Hospice,90,Children,-6000.00\n"
    )
    buyers = {ICB: Buyer(ICB, "NHS West Yorkshire ICB", "integrated care board")}
    with open_file(path, Limits()) as opened:
        rows = FileRows(find_tables(opened.sheets, path.name, NOW.date(), lambda _: {}), NOW.date())
        lines = PaymentRows(rows, ICB, "f")
        payments = [lines.read(row, buyers, NOW) for row in rows if row.number > 1]
    await model.project(
        classified().model_copy(update={"supplier_id": UUID(payments[0].supplier_id)}),
        *(PaymentAccepted.model_validate_json(accepted(one)) for one in payments),
    )
    below, above = sorted(await listed(model), key=lambda each: float(each["amount"]))
    assert (above["transaction"], above["line_count"], above["amount"]) == ("89", 2, "26000.00")
    assert above["over_25000"]
    assert (below["transaction"], below["amount"]) == ("90", "-6000.00")
    [credit] = [one for one in payments if one.amount_pence < 0]
    shown = await model.ask(f"/v1/payments/{credit.payment_id}")
    assert shown["reversal"]["role"] == "reverses"
