"""GET /v1/suppliers and /v1/organisations as lists: filters, orders, pages, whole files."""

import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from services.api.queries import supplier_page
from services.api.queries.largest import Ranking
from services.api.routes.door import Answer
from services.api.routes.figures import OrganisationFigures
from services.api.routes.suppliers.supplier_list import SupplierItem, SupplierPage
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from tests.api.conftest import Model, token
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    classified,
    member,
    paid,
    unmatched,
    withheld,
)

AWAITING = "NOBODY LOOKED YET"
AGREED_ONLY = "NOT PAID YET"


@pytest.fixture
async def some(model: Model) -> Model:
    """A charity, a company, a person, one not classified yet, and one that nobody paid."""
    await model.project(
        classified(memberships=[member("1994-06-01"), member("1994-06-01", None, "ci")]),
        classified("A COMPANY", organisation="GB-COH-1", organisation_name="=A Company"),
        classified(AGREED_ONLY, organisation="GB-CHC-5", organisation_name="Not Paid Yet"),
        unmatched(PERSON, legal_form=None),
        paid(1, 100_00),
        paid(2, 30_00, "2023-04-30", buyer=LEEDS),
        paid(3, 900_00, payee="A COMPANY", buyer=LEEDS),
        paid(4, 7_00, payee=PERSON),
        paid(5, -5_00, payee=AWAITING),
        paid(6, 9_00, payee=AWAITING),
    )
    return model


async def payees_of(model: Model, **query: Any) -> set[str | None]:
    """Of all pages of two items at most, none of which comes twice."""
    found: list[str | None] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/suppliers", limit=2, **query, **cursor)
        SupplierPage.model_validate_json(json.dumps(page))
        found += [item["payee"] for item in page["items"]]
        if page["next"] is None:
            assert len(found) == len(set(found))
            return set(found)
        cursor = {"cursor": page["next"]}


FILTERED: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {HOSPICE, "A COMPANY", AGREED_ONLY, PERSON, AWAITING}),
    ({"buyer": LEEDS}, {HOSPICE, "A COMPANY"}),
    ({"buyer": ICB}, {HOSPICE, PERSON, AWAITING}),
    ({"coverage": "awaiting"}, {AWAITING}),
    ({"coverage": "awaiting", "buyer": LEEDS}, set()),
    ({"coverage": "unmatched, awaiting"}, {PERSON, AWAITING}),
    ({"coverage": "matched", "buyer": LEEDS}, {HOSPICE, "A COMPANY"}),
    ({"definition": "ci"}, {HOSPICE}),
    ({"legal_form": "charity", "name": "paid"}, {AGREED_ONLY}),
    ({"name": PERSON}, set()),
    ({"organisation": "GB-COH-1"}, {"A COMPANY"}),
]


async def test_suppliers_are_listed_by_what_is_known_of_them(
    some: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = token("spend:read", "personal:read")
    for query, payees in FILTERED:
        assert await payees_of(some, token=officer, **query) == payees, query
        sheet = await some.ask_sheet("/v1/suppliers", token=officer, **query, sort="-amount")
        assert {row["payee"] for row in sheet} == payees, query
    monkeypatch.setattr(supplier_page, "LOOKED_AT", 3)
    monkeypatch.setattr(supplier_page, "_FEW", 0)
    for query, payees in FILTERED:
        assert await payees_of(some, token=officer, **query) == payees, f"{query} by few at a time"


async def test_amounts_are_of_the_buyer_that_is_asked_for(some: Model) -> None:
    by_payee = {row["payee"]: row for row in await some.ask_sheet("/v1/suppliers")}
    assert (by_payee[HOSPICE]["amount"], by_payee[HOSPICE]["buyers"]) == (
        "130.00",
        f"{LEEDS}; {ICB}",
    )
    assert by_payee[HOSPICE]["definitions"] == "ci; registered-charity"
    assert by_payee[AGREED_ONLY]["lines"] == "0"
    of_leeds = await some.ask_sheet("/v1/suppliers", buyer=LEEDS, sort="amount")
    assert [(row["amount"], row["lines"]) for row in of_leeds] == [("30.00", "1"), ("900.00", "1")]
    assert of_leeds[1]["organisation_name"] == "'=A Company"
    said = await some.ask("/v1/suppliers", sort="amount", status=422)
    assert "pages are by supplier_id" in said["detail"]


async def test_a_name_that_may_be_a_person_s_is_withheld_in_the_list(some: Model) -> None:
    page = await some.ask("/v1/suppliers", token=token("spend:read"))
    unnamed = {item["supplier_id"] for item in page["items"] if item["payee"] is None}
    assert unnamed == {withheld(), withheld(AWAITING)}
    assert page["withheld"]["count"] == 2
    sheet = await some.ask_sheet("/v1/suppliers", token=token("spend:read"))
    assert {row["supplier_id"] for row in sheet if not row["payee"]} == unnamed
    assert PERSON not in str(sheet)
    of_leeds = token("spend:read", "personal:read", buyers=[LEEDS])
    assert PERSON not in str(await some.ask("/v1/suppliers", token=of_leeds))


LISTS: list[tuple[str, type[Answer], str, dict[str, Any]]] = [
    ("/v1/suppliers", SupplierItem, "supplier_id", {}),
    ("/v1/organisations", OrganisationFigures, "organisation", {"definition": "ci"}),
]


async def test_the_whole_list_is_what_its_pages_have(some: Model) -> None:
    for path, model_of_items, key, query in LISTS:
        page = await some.ask(path, **query)
        items = page["items"]
        lines = (await some.ask_file(path, NDJSON_TYPE, **query)).text.splitlines()
        assert [json.loads(line) for line in lines] == items
        for line in lines:
            model_of_items.model_validate_json(line)
        rows = pq.read_table(io.BytesIO((await some.ask_file(path, PARQUET_TYPE, **query)).content))
        sheet = await some.ask_sheet(path, **query)
        assert list(sheet[0]) == rows.column_names
        assert (
            [row[key] for row in sheet] == rows.column(key).to_pylist() == [i[key] for i in items]
        )
        tag = (await some._get(path, None, query)).headers["etag"]
        again = await some._get(path, None, query, **{"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert (await some.ask(path, **query, fields=key))["items"] == [
            {key: i[key]} for i in items
        ]


async def test_each_figure_under_a_definition_is_a_column(some: Model) -> None:
    hospice, company = await some.ask_sheet(
        "/v1/organisations", sort="amount", fields="organisation,amount,definitions"
    )
    assert hospice["definitions.registered-charity.amount"] == "130.00"
    assert company["definitions.ci.unsettled.amount"] == "0.00"
    assert (company["amount"], company["organisation"]) == ("900.00", "GB-COH-1")


async def test_organisations_go_on_by_the_order_that_is_asked_for(some: Model) -> None:
    for sort in ("-amount", "amount", "organisation_name"):
        whole = (await some.ask("/v1/organisations", sort=sort))["items"]
        first = await some.ask("/v1/organisations", sort=sort, limit=1)
        rest = await some.ask("/v1/organisations", sort=sort, limit=1, cursor=first["next"])
        assert first["items"] + rest["items"] == whole
        assert rest["next"] is None
        names = [item["organisation_name"] for item in whole]
        assert names == sorted(names, reverse=sort == "amount")
    said = await some.ask("/v1/organisations", cursor=first["next"], limit=1, status=422)
    assert said["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("sort", "key"), [("amount", "7"), ("amount", 2**63), ("organisation_name", 7)]
)
def test_a_place_of_another_order_is_refused(sort: str, key: int | str) -> None:
    with pytest.raises(ValueError, match=str(key)):
        Ranking(None, sort).place(key, "GB-CHC-1", "")
