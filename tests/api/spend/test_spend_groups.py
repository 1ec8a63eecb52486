"""GET /v1/spend by the codes of a ledger and by what is known of a supplier."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.api.asked.question import GROUPS
from services.api.routes.spend.spend_answer import SpendAnswer
from tests.api.conftest import Model
from tests.api.facts import (
    CHARITY,
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    classified,
    mapped,
    member,
    paid,
    registered,
    unmatched,
)

NAME_ONLY: dict[str, Any] = {
    "tier": "review",
    "organisation": None,
    "organisation_name": "Example C.I.C.",
}


@pytest.fixture
async def ledger(model: Model) -> Model:
    """Two buyers, credits, every code and none, suppliers of every kind, a map that changes."""
    profile: dict[str, Any] = {"income_band": "5m and above", "reach": "regional"}
    await model.project(
        classified(memberships=[member("2001-01-01", "2024-06-09")], **profile),
        classified("ST EXAMPLE HOSPICE LTD", memberships=[member()], **profile),
        classified("EXAMPLE CIC", memberships=[member(definition="ci")], **NAME_ONLY),
        unmatched(),
        paid(1, 100_00, unit="0123", expense_type="Voluntary", programme="EOL", place="Leeds"),
        paid(2, -30_00, "2024-06-09", unit="0123", expense_type="Voluntary"),
        paid(3, 7_00, "2024-06-10", payee="ST EXAMPLE HOSPICE LTD", unit="9, Moor Rd"),
        paid(4, 50_00, "2025-01-15", payee="EXAMPLE CIC", buyer=LEEDS, expense_type="Grants"),
        paid(5, 3_00, "2025-04-01", payee=PERSON),
        paid(6, 11_00, "2024-07-31", payee="SEEN FIRST TODAY", programme="EOL"),
        mapped("End of life", "2024-06-15", ledger_programme="EOL"),
        registered(kind="grant", end="2024-06-02", route="council"),
    )
    return model


def _amounts(figures: dict[str, Any]) -> list[Decimal]:
    known = figures["definitions"].values()
    amounts = [figures, *known, *(each["unsettled"] for each in known)]
    return [Decimal(each["amount"]) for each in amounts]


async def test_any_cut_adds_up_to_the_whole(ledger: Model) -> None:
    chance = Random(7)
    cuts: list[tuple[str, ...]] = [(group,) for group in GROUPS]
    cuts += [tuple(chance.sample(GROUPS, 3)) for _ in range(10)]
    for cut in [*cuts, GROUPS]:
        answer = await ledger.ask("/v1/spend", group_by=",".join(cut))
        SpendAnswer.model_validate(answer)
        assert answer["group_by"] == list(cut)
        sums = [sum(each) for each in zip(*map(_amounts, answer["rows"]), strict=True)]
        assert sums == _amounts(answer), cut
        assert sum(row["lines"] for row in answer["rows"]) == answer["lines"] == 6, cut
        assert set(cut) <= set(answer["rows"][0])


async def test_a_buyer_sees_its_units_types_of_expense_and_own_programmes(ledger: Model) -> None:
    async def by(group: str, **query: Any) -> list[tuple[Any, str]]:
        rows = (await ledger.ask("/v1/spend", group_by=group, **query))["rows"]
        return [(row[group], row["amount"]) for row in rows]

    assert await by("unit") == [("0123", "70.00"), ("9, Moor Rd", "7.00"), (None, "64.00")]
    assert await by("expense_type", unit="0123") == [("Voluntary", "70.00")]
    assert await by("unit", ledger_programme=["EOL", ""], to="2024-06-30") == [
        ("0123", "70.00"),
        ("9, Moor Rd", "7.00"),
    ]
    assert await by("unit", unit=["9, Moor Rd", ""]) == [("9, Moor Rd", "7.00"), (None, "64.00")]
    assert await by("ledger_programme", expense_type="Grants") == [(None, "50.00")]
    assert await by("ledger_programme", ledger_programme="EOL") == [("EOL", "111.00")]


async def test_quarters_are_those_of_the_financial_year(ledger: Model) -> None:
    rows = (await ledger.ask("/v1/spend", group_by="quarter"))["rows"]
    assert [(row["quarter"], row["amount"]) for row in rows] == [
        ("2024-25 Q1", "77.00"),
        ("2024-25 Q2", "11.00"),
        ("2024-25 Q4", "50.00"),
        ("2025-26 Q1", "3.00"),
    ]


@pytest.mark.parametrize(
    ("group", "rows"),
    [
        ("legal_form", [("charity", "127.00"), (None, "14.00")]),
        ("income_band", [("5m and above", "77.00"), (None, "64.00")]),
        ("reach", [("regional", "77.00"), (None, "64.00")]),
        ("agreement_kind", [("grant", "77.00"), ("no-agreement", "64.00")]),
        ("tier", [("auto", "77.00"), ("none", "3.00"), ("review", "50.00"), (None, "11.00")]),
    ],
)
async def test_the_spend_by_what_suppliers_are(
    ledger: Model, group: str, rows: list[tuple[str | None, str]]
) -> None:
    found = (await ledger.ask("/v1/spend", group_by=group))["rows"]
    assert [(row[group], row["amount"]) for row in found] == rows


async def test_what_counts_and_what_is_matched_can_be_reconciled(ledger: Model) -> None:
    """A register knows the company by its name only: it counts, and waits for a person."""
    found = (await ledger.ask("/v1/spend"))["definitions"]
    assert found["ci"] == {
        "lines": 1,
        "amount": "50.00",
        "share": pytest.approx(50 / 141, abs=1e-6),
        "difference": "0.00",
        "unsettled": {"lines": 1, "amount": "50.00", "share": 1.0},
    }
    assert found["registered-charity"]["amount"] == "77.00"
    assert found["registered-charity"]["difference"] == "27.00"
    turned = (await ledger.ask("/v1/spend", definition="registered-charity,ci"))["definitions"]
    assert turned["ci"]["difference"] == "-27.00"
    assert found["registered-charity"]["unsettled"] == {"lines": 0, "amount": "0.00", "share": 0.0}


async def test_the_spend_with_an_organisation_is_that_with_the_suppliers_that_it_is(
    ledger: Model,
) -> None:
    answer = await ledger.ask("/v1/spend", organisation=CHARITY, group_by="buyer")
    assert [(row["buyer"], row["amount"]) for row in answer["rows"]] == [(ICB, "77.00")]
    nothing = await ledger.ask("/v1/spend", organisation=CHARITY, buyer=LEEDS)
    assert (nothing["amount"], nothing["lines"]) == ("0.00", 0)
    for path in ("/v1/spend", "/v1/payments", "/v1/transactions"):
        problem = await ledger.ask(path, organisation="GB-CHC-1", status=422)
        [error] = problem["errors"]
        assert error["field"] == "organisation"
        assert "/v1/organisations?name=" in error["reason"]


async def test_the_payments_to_an_organisation_come_newest_first_page_by_page(
    ledger: Model,
) -> None:
    asked: dict[str, Any] = {"organisation": CHARITY, "limit": 1}
    page = await ledger.ask("/v1/payments", **asked)
    seen = page["items"]
    while page["next"]:
        page = await ledger.ask("/v1/payments", **asked, cursor=page["next"])
        seen += page["items"]
    assert [each["amount"] for each in seen] == ["7.00", "-30.00", "100.00"]
    one = await ledger.ask(
        "/v1/payments", organisation=CHARITY, supplier=str(paid().supplier_id), unit="0123"
    )
    assert [each["payee"] for each in one["items"]] == [HOSPICE, HOSPICE]
    other = await ledger.ask(
        "/v1/payments", organisation=CHARITY, supplier=str(paid(payee=PERSON).supplier_id)
    )
    assert other["items"] == []


@pytest.mark.parametrize(
    ("query", "amount"),
    [
        ({"legal_form": "charity"}, "127.00"),
        ({"legal_form": ["", "charity"]}, "141.00"),
        ({"income_band": ""}, "64.00"),
        ({"reach": "regional", "tier": "auto"}, "77.00"),
        ({"tier": "review,none"}, "53.00"),
        ({"route": "council"}, "77.00"),
        ({"agreement_kind": "no-agreement", "tier": ""}, "11.00"),
        ({"recurrence": "recurrent", "unit": "0123"}, "70.00"),
        ({"quarter": ["2024-25 Q1", "2025-26 Q1"]}, "80.00"),
        ({"month": "2024-06,2024-07", "quarter": "2024-25 Q1"}, "-23.00"),
        ({"min_amount": "11", "max_amount": "50.00"}, "61.00"),
        ({"max_amount": "-0.01", "group_by": "unit,financial_year"}, "-30.00"),
        ({"min_amount": "7", "programme": "End of life", "from_": "2024-07-01"}, "11.00"),
    ],
)
async def test_the_spend_is_filtered_by_whatever_it_is_cut_by(
    ledger: Model, query: dict[str, Any], amount: str
) -> None:
    assert (await ledger.ask("/v1/spend", **query))["amount"] == amount
