"""GET /v1/quality: what is amiss, how much it is of, and where the rows are."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.api.routes.quality.quality_answer import QualityAnswer
from shared.events import BuyerSucceeded
from tests.api.conftest import Model, token
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    NOW,
    PERSON,
    classified,
    corrected,
    paid,
    registered,
    unmatched,
)
from tests.support.suppliers import supplier_id

CCG = "GB-NHS-15F"
OFFICER = ("payments:read", "personal:read")


async def report(model: Model, buyer: str = ICB, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await model.ask("/v1/quality", buyer=buyer, **query)
    QualityAnswer.model_validate_json(json.dumps(answer))
    return answer


def found(answer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {each["rule"]: each["findings"] for each in answer["rules"] if each["found"]}


async def rows(model: Model, finding: dict[str, Any]) -> list[dict[str, Any]]:
    page: dict[str, Any] = await model.ask(finding["payments"])
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_payments_without_a_unit_are_counted_and_the_link_lists_them(model: Model) -> None:
    gone, mended = paid(8, 9_000_00), paid(9, 800_00)
    await model.project(
        classified(),
        *(paid(number, 100_00, unit="Leeds") for number in range(5)),
        *(paid(5 + number, 1_000_00 + number) for number in range(2)),
        paid(7, -50_00),
        gone,
        corrected(gone, withdrawn=True),
        mended,
        corrected(mended, unit="Leeds"),
        paid(1, 1_00, buyer=LEEDS),
    )
    answer = await report(model, financial_year="2024-25", as_of="2024-05-01")
    assert (answer["lines"], answer["amount"], answer["gross"]) == (9, "3250.01", "3350.01")
    [missing] = found(answer)["field-missing"]
    assert (missing["field"], missing["lines"], missing["amount"]) == ("unit", 3, "1950.01")
    assert missing["gross"] == "2050.01"
    listed = await rows(model, missing)
    assert sorted(each["amount"] for each in listed) == ["-50.00", "1000.00", "1000.01"]
    fields = {each["field"]: each for each in answer["completeness"]}
    assert (fields["unit"]["given"], fields["unit"]["share_of_lines"]) == ("sometimes", 0.333333)
    assert (fields["purpose"]["given"], fields["purpose"]["payments"]) == ("never", None)
    assert fields["organisation"]["given"] == "always"
    by_month = await report(model, by="month")
    assert [each["period"] for each in by_month["periods"]] == ["2024-04"]


async def test_what_classify_has_not_settled_is_listed_by_its_class(model: Model) -> None:
    await model.project(
        classified(),
        unmatched(),
        unmatched("REDACTED", redacted=True),
        *(paid(1, 100, payee=payee) for payee in (HOSPICE, PERSON, "REDACTED", "A NEW ONE")),
    )
    fields = {each["field"]: each for each in (await report(model))["completeness"]}
    assert (fields["payee"]["lines"], fields["organisation"]["lines"]) == (1, 3)
    assert len(await rows(model, fields["payee"])) == 1
    assert {each["withheld"] for each in await rows(model, fields["organisation"])} == {True}


async def test_each_cut_of_the_payments_finds_its_own(model: Model) -> None:
    other = UUID(supplier_id(HOSPICE, company_number="01234567"))
    numbered = paid(90, 900_00, "2024-04-30", reference="INV 90").model_copy(
        update={"supplier_id": other}
    )
    await model.project(
        classified(),
        classified("HOSPICE").model_copy(update={"supplier_id": other, "payee": HOSPICE}),
        numbered,
        paid(91, 900_00, "2024-05-01", reference="INV 90"),  # the same invoice once more
        *(paid(number, 600_00, "2024-04-30", reference="INV 1", unit="Leeds") for number in (1, 2)),
        *(paid(10 + n, 100, "2024-04-30", programme=f"P{n}", unit=f"U{n}") for n in range(5)),
        paid(15, 100, "2024-04-30", programme="p0 ", unit="U0"),
        paid(20, -40_000_00, "2024-07-31"),
        paid(30, 700_00, "2027-01-31"),
        *(paid(40 + n, 100_000_00, f"2025-{4 + n:02}-30", unit="New") for n in range(3)),
        *(paid(50 + n, 110_000_00, f"2025-{4 + n:02}-30", unit="Leeds") for n in range(3)),
    )
    answer = await report(model, as_of="2026-11-23")
    by_rule = found(answer)
    assert by_rule["line-repeated"][0]["amount"] == "600.00"
    assert len(await rows(model, by_rule["line-repeated"][0])) == 2
    [twice] = by_rule["invoice-under-two-suppliers"]
    assert (twice["reference"], twice["measure"], twice["amount"]) == ("INV 90", 2, "900.00")
    assert len(await rows(model, twice)) == 2
    [name] = by_rule["payee-under-several-suppliers"]
    by_supplier = [await rows(model, supplier) for supplier in name["suppliers"]]
    assert (name["measure"], name["lines"]) == (2, sum(map(len, by_supplier)))
    assert by_rule["supplier-many-programmes"][0]["measure"] == 5
    assert by_rule["supplier-month-negative"][0]["amount"] == "-40000.00"
    assert [each["from"] for each in by_rule["month-negative"]] == ["2024-07-01"]
    [appeared] = by_rule["unit-appeared"]
    assert (appeared["unit"], appeared["amount"], appeared["measure"]) == (
        *("New", "300000.00"),
        0.47619,
    )
    assert len(await rows(model, appeared)) == 3
    assert [each["from"] for each in by_rule["month-missing"]] == ["2024-08-01", "2024-06-01"]
    assert answer["last_payment"] == "2025-06-30"
    assert by_rule["month-overdue"][0]["from"] == "2025-07-01"


async def test_a_month_recorded_late_is_judged_by_when_it_was_first_recorded(model: Model) -> None:
    history = paid(1, 100, "2026-09-30").model_copy(update={"recorded_at": NOW.replace(month=10)})
    late = paid(2, 100, "2026-10-31").model_copy(
        update={"recorded_at": NOW.replace(month=12, day=9)}
    )
    in_time = paid(3, 100, "2026-11-30").model_copy(update={"recorded_at": NOW.replace(month=12)})
    later = corrected(in_time, unit="Leeds").model_copy(
        update={"recorded_at": NOW.replace(year=2027)}
    )
    history_later = corrected(history, unit="Leeds").model_copy(
        update={"recorded_at": NOW.replace(year=2027)}
    )
    await model.project(classified(), history, late, in_time, later, history_later)
    [finding] = found(await report(model, as_of="2027-12-01"))["month-late"]
    assert (finding["from"], finding["measure"]) == ("2026-10-01", 9)
    alone = await report(model, as_of="2027-12-01", from_="2026-10", to="2026-10")
    assert len(found(alone)["month-late"]) == 1, "the months before are known, whatever is asked"


async def test_names_that_may_be_persons_stay_withheld_in_both_forms(model: Model) -> None:
    person = paid(1, 900_00, payee=PERSON, reference="=A N OTHER 1")
    again = paid(2, 900_00, payee=PERSON, reference="=A N OTHER 1")
    await model.project(unmatched(), person, again)
    for reader, seen in (
        (token(*OFFICER, buyers=[ICB]), True),
        (token("payments:read"), False),
        (token(*OFFICER, buyers=[LEEDS]), False),
    ):
        answer = await model.ask("/v1/quality", buyer=ICB, token=reader)
        assert ("A N OTHER" in json.dumps(answer)) is seen
        sheet = await model.ask_sheet("/v1/quality", buyer=ICB, token=reader)
        [row] = [each for each in sheet if each["name"] == "line-repeated"]
        assert (row["payees"], row["reference"]) == (
            (PERSON, "'=A N OTHER 1") if seen else ("withheld", "")
        )


async def test_the_sheet_has_every_field_period_and_finding(model: Model) -> None:
    await model.project(classified(), paid(1, -100_00, unit="-1+1"), paid(2, 50_00))
    sheet = await model.ask_sheet("/v1/quality", buyer=ICB, by="month", as_of="2024-05-01")
    parts = [row["part"] for row in sheet]
    assert (parts.count("completeness"), parts.count("period")) == (9, 9)
    [negative] = [row for row in sheet if row["name"] == "month-negative"]
    assert (negative["amount"], negative["gross"]) == ("-50.00", "150.00"), "amounts stay numbers"
    assert negative["payments"].startswith("/v1/payments?buyer=GB-NHS-QWO&from=2024-04-01")


async def test_with_its_predecessors_a_board_is_judged_as_one_ledger(model: Model) -> None:
    succession = BuyerSucceeded.model_validate(
        {
            "predecessor": CCG,
            "successor": ICB,
            "since": "2024-05-01",
            "source": "an Order",
            "recorded_at": NOW,
        },
        strict=False,
    )
    await model.project(
        succession,
        classified(),
        paid(1, buyer=CCG, on="2024-03-31"),
        *(paid(n, on=f"2024-0{5 + n}-28", unit="Leeds") for n in range(3)),
    )
    alone = found(await report(model, as_of="2024-08-01"))
    assert "month-missing" not in alone
    both = await report(model, as_of="2024-08-01", with_predecessors="true")
    assert [each["predecessor"] for each in both["predecessors"]] == [CCG]
    assert [each["from"] for each in found(both)["month-missing"]] == ["2024-04-01"]
    unit = next(each for each in both["completeness"] if each["field"] == "unit")
    assert [each["buyer"] for each in await rows(model, unit)] == [CCG]
    [overdue] = found(await report(model, buyer=CCG, as_of="2026-11-23"))["month-overdue"]
    assert (overdue["from"], overdue["to"]) == ("2024-04-01", "2024-04-30")


async def test_of_a_buyer_that_has_paid_nothing_there_is_nothing_to_say(model: Model) -> None:
    await model.project(registered())
    answer = await report(model)
    assert (answer["lines"], answer["first_payment"], found(answer)) == (0, None, {})
    assert {each["given"] for each in answer["completeness"]} == {"none"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "buyer"),
        ({"buyer": "GB-NHS-XXX"}, "'GB-NHS-XXX' is not known; known are: GB-NHS-QWO"),
        ({"buyer": ICB, "from": "2024-13"}, "'2024-13' is not a month such as 2024-04"),
        ({"buyer": ICB, "from": "2024-05", "to": "2024-04"}, "`from` is after `to`"),
        ({"buyer": ICB, "to": "2023-01", "financial_year": "2024-25"}, "leave no month"),
        ({"buyer": ICB, "financial_year": "2024-26"}, "is not a financial year such as 2024-25"),
        ({"buyer": ICB, "as_of": "2101-01-01"}, "as_of"),
        ({"buyer": ICB, "since": "2024-04"}, "'since' is not a parameter; known are: as_of, buyer"),
    ],
)
async def test_errors_say_what_would_be_right(
    model: Model, query: dict[str, str], said: str
) -> None:
    await model.project(paid())
    assert said in (await model.ask("/v1/quality", status=422, **query))["detail"]
