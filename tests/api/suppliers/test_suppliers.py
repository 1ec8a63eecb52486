"""Suppliers and organisations: who they are, why, and what they were paid."""

import json
from typing import Any

import pytest

from services.api.routes.suppliers.organisation_list import OrganisationPage
from services.api.routes.suppliers.organisations import OrganisationAnswer
from services.api.routes.suppliers.profile import profile
from services.api.routes.suppliers.suppliers import SupplierAnswer
from services.api.spend.locality import locality
from shared.events import Candidate, Exclusion, Flag
from tests.api.conftest import Model, token
from tests.api.facts import (
    CHARITY,
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    classified,
    member,
    paid,
    supplier,
    unmatched,
    withheld,
)


def check(model: Any, answer: Any) -> None:
    model.model_validate_json(json.dumps(answer))


async def test_a_supplier_comes_with_evidence_memberships_and_totals_by_year(model: Model) -> None:
    await model.project(
        classified(
            memberships=[member("2001-01-01", "2015-06-09"), member("2016-01-01", None, "ci")],
            candidates=(Candidate(organisation=CHARITY, name="Saint Example", score=0.97),),
        ),
        paid(1, 100_00, "2015-03-31"),
        paid(2, 10_00, "2015-06-09", buyer=LEEDS),
        paid(3, 1_00, "2015-06-10"),
    )
    answer = await model.ask(f"/v1/suppliers/{supplier()}")
    check(SupplierAnswer, answer)
    assert answer["evidence"] == [f"{HOSPICE} is the name of the charity"]
    assert answer["buyers"] == [LEEDS, ICB]
    assert answer["candidates"][0]["organisation"] == CHARITY
    assert [(m["definition"], m["since"], m["until"]) for m in answer["memberships"]] == [
        ("registered-charity", "2001-01-01", "2015-06-09"),
        ("ci", "2016-01-01", None),
    ]
    assert answer["amount"] == "111.00"
    assert [
        (y["financial_year"], y["amount"], y["definitions"]["registered-charity"]["amount"])
        for y in answer["financial_years"]
    ] == [("2014-15", "100.00", "100.00"), ("2015-16", "11.00", "10.00")]


PROFILE: dict[str, Any] = {
    "flags": (Flag(flag="nhs-charity", rule="its name"),),
    "exclusions": (Exclusion(definition="general", version="1", rule="an NHS charity"),),
    "charity_probability": 0.99,
    "income": 2_500_000,
    "income_band": "1m to 5m",
    "size": "large",
    "place": "Leeds",
    "places": ("Kirklees",),
    "reach": "regional",
    "locality_rule": "its postcode",
}


async def test_flags_income_and_place_travel_to_supplier_and_organisation(model: Model) -> None:
    await model.project(classified(**PROFILE), paid(1))
    for path, checked in (
        (f"/v1/suppliers/{supplier()}", SupplierAnswer),
        (f"/v1/organisations/{CHARITY}", OrganisationAnswer),
    ):
        answer = await model.ask(path)
        check(checked, answer)
        assert answer["flags"] == [{"flag": "nhs-charity", "rule": "its name"}]
        assert (answer["income"], answer["income_band"], answer["size"]) == (
            2_500_000,
            "1m to 5m",
            "large",
        )
        assert (answer["place"], answer["places"], answer["reach"]) == (
            "Leeds",
            ["Kirklees"],
            "regional",
        )
        assert (answer["locality"], answer["locality_rule"]) == (None, "its postcode")
        to_leeds = await model.ask(f"{path}?buyer_place=Leeds")
        assert to_leeds["locality"] == "local"
        await model.ask(f"{path}?buyer_place=Leds", status=422)
    answer = await model.ask(f"/v1/suppliers/{supplier()}")
    assert answer["charity_probability"] == 0.99
    assert answer["exclusions"][0]["rule"] == "an NHS charity"


async def test_a_newer_revision_replaces_the_profile(model: Model) -> None:
    await model.project(classified(**PROFILE), paid(1))
    await model.project(classified(revision=2))
    answer = await model.ask(f"/v1/suppliers/{supplier()}")
    assert (answer["flags"], answer["income"], answer["place"], answer["exclusions"]) == (
        [],
        None,
        None,
        [],
    )


async def test_what_is_withheld_has_no_profile(model: Model) -> None:
    await model.project(unmatched(**PROFILE), paid(1, payee=PERSON))
    answer = await model.ask(f"/v1/suppliers/{withheld()}")
    check(SupplierAnswer, answer)
    assert answer["withheld"]
    assert (answer["flags"], answer["place"], answer["exclusions"]) == ([], None, [])
    assert (answer["score"], answer["revision"], answer["recorded_at"]) == (None, None, None)


@pytest.mark.parametrize(
    ("places", "asked", "reach"),
    [([], None, None), ([], "Leeds", "national"), (["Leeds"], None, "national")],
)
def test_a_buyer_elsewhere_is_not_told_that_a_body_lies_beyond_a_system_that_is_not_its_own(
    places: list[str], asked: str | None, reach: str | None
) -> None:
    croydon = PROFILE | {"place": None, "places": places, "reach": "national"}
    shown = profile(croydon, asked)
    assert shown["reach"] == reach
    assert (shown["locality_rule"] is None) is (reach is None)


@pytest.mark.parametrize(
    ("place", "places", "reach", "to_leeds", "to_wakefield"),
    [
        ("Leeds", [], "local", "local", "regional"),
        ("Leeds", [], "national", "local", "regional"),
        (None, ["Leeds"], "national", "local", "regional"),
        (None, [], "national", "national", "national"),
        (None, [], None, "unknown", "unknown"),
    ],
)
def test_locality_is_said_of_a_buyers_place_and_a_supplier(
    place: str | None, places: list[str], reach: str | None, to_leeds: str, to_wakefield: str
) -> None:
    assert locality("Leeds", place, places, reach) == to_leeds
    assert locality("Wakefield District", place, places, reach) == to_wakefield


async def test_a_supplier_not_yet_classified_is_shown_as_such(model: Model) -> None:
    await model.ask(f"/v1/suppliers/{withheld(HOSPICE)}", status=404)
    await model.project(paid(1))
    answer = await model.ask(f"/v1/suppliers/{withheld(HOSPICE)}")
    check(SupplierAnswer, answer)
    assert (answer["tier"], answer["coverage"]["lines"]["unmatched"]) == (None, 1.0)
    officer = token("spend:read", "personal:read")
    answer = await model.ask(f"/v1/suppliers/{supplier()}", token=officer)
    assert (answer["tier"], answer["coverage"]["lines"]["awaiting"]) == (None, 1.0)


async def test_suppliers_that_are_one_organisation_are_added_up(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        classified("ST EXAMPLE HOSPICE LTD", memberships=[member()]),
        paid(1, 100_00),
        paid(2, 50_00, payee="ST EXAMPLE HOSPICE LTD", buyer=LEEDS),
    )
    answer = await model.ask(f"/v1/organisations/{CHARITY}")
    check(OrganisationAnswer, answer)
    assert (answer["amount"], answer["organisation_name"]) == ("150.00", "Saint Example Hospice")
    assert [s["payee"] for s in answer["suppliers"]] == [HOSPICE, "ST EXAMPLE HOSPICE LTD"]
    assert [(r["buyer"], r["financial_year"], r["amount"]) for r in answer["rows"]] == [
        (LEEDS, "2024-25", "50.00"),
        (ICB, "2024-25", "100.00"),
    ]
    problem = await model.ask("/v1/organisations/GB-CHC-1", status=404)
    assert "GB-CHC-1" in problem["detail"]


async def test_the_largest_under_a_definition(model: Model) -> None:
    await model.project(
        classified("BIG CHARITY", organisation="GB-CHC-1", memberships=[member()]),
        classified(
            "REMOVED CHARITY", organisation="GB-CHC-2", memberships=[member(until="2015-06-09")]
        ),
        classified("EXAMPLE CIC", organisation=None, memberships=[member(definition="ci")]),
        classified("A COMPANY", organisation="GB-COH-1"),
        unmatched(),
        paid(1, 100_00, payee="BIG CHARITY"),
        paid(2, 30_00, "2015-06-09", payee="REMOVED CHARITY"),
        paid(3, 900_00, "2015-06-10", payee="REMOVED CHARITY"),
        paid(4, 500_00, payee="EXAMPLE CIC"),
        paid(5, 800_00, payee="A COMPANY", buyer=LEEDS),
        paid(6, 70_00, payee="A N OTHER"),
    )
    answer = await model.ask("/v1/organisations", definition="registered-charity")
    check(OrganisationPage, answer)
    assert [
        (i["organisation"], i["definitions"]["registered-charity"]["amount"], i["amount"])
        for i in answer["items"]
    ] == [("GB-CHC-1", "100.00", "100.00"), ("GB-CHC-2", "30.00", "930.00")]
    assert answer["amount"] == "2400.00", "the whole, with what is not listed"
    assert answer["coverage"]["pounds"]["unmatched"] == pytest.approx(70 / 2400, abs=1e-6)
    largest = await model.ask("/v1/organisations", limit=2)
    assert [i["organisation"] for i in largest["items"]] == ["GB-CHC-2", "GB-COH-1"]
    of_icb = await model.ask("/v1/organisations", buyer=ICB, definition="ci")
    assert [(i["organisation"], i["organisation_name"]) for i in of_icb["items"]] == [
        (None, "Saint Example Hospice")
    ]
    problem = await model.ask("/v1/organisations", definition="ncvo", status=422)
    assert "known are: ci, registered-charity" in problem["detail"]
