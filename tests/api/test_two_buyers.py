"""A person whom two buyers pay: nothing that an officer of one is answered joins the two.

Every route that reads is walked. What it answers of the other buyer holds no id that stands in what
it answers of the own one, and an id from either leads to that buyer alone.
"""

import base64
import re
from typing import Any

import pytest

from services.api.exports.asked import Publisher
from shared.door.accepted import CSV_TYPE
from shared.events import AgreementLine, KnownMember
from shared.lists.media_types import NDJSON_TYPE
from tests.api.conftest import KEY, Model, token
from tests.api.facts import (
    ICB,
    LEEDS,
    PERSON,
    acknowledged,
    agreement,
    corrected,
    member,
    paid,
    planned,
    raised,
    registered,
    supplier,
    unmatched,
    withheld,
)

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REFERENCE = "WY-1"

OF_A_BUYER: dict[str, list[str]] = {
    "/v1/payments": ["?buyer={buyer}", "?buyer={buyer}&limit=1"],
    "/v1/payments/{payment_id}": ["/v1/payments/{payment}"],
    "/v1/transactions": ["?buyer={buyer}", "?buyer={buyer}&limit=1"],
    "/v1/suppliers": ["?buyer={buyer}"],
    "/v1/suppliers/{supplier_id}": ["/v1/suppliers/{shown}"],
    "/v1/agreements": ["?buyer={buyer}"],
    "/v1/agreements/{agreement_id}": ["/v1/agreements/{agreement}"],
    "/v1/renewals": ["?before=2099-01-01&buyer={buyer}"],
    "/v1/notices": ["?buyer={buyer}"],
    "/v1/quality": ["?buyer={buyer}"],
    "/v1/spend": ["?buyer={buyer}&group_by=organisation,tier,month"],
    "/v1/spend/bridge": ["?from=2023-24&to=2024-25&buyer={buyer}"],
    "/v1/programmes/unmapped": ["?buyer={buyer}"],
    "/v1/commitments/{buyer}/{financial_year}": ["/v1/commitments/{buyer}/2024-25"],
    "/v1/statements/{buyer}/{financial_year}": ["/v1/statements/{buyer}/2024-25"],
    "/v1/exports/ocds": ["?buyer={buyer}"],
    "/v1/exports/{export}/problems": ["/v1/exports/spend-over-500/problems?buyer={buyer}"],
}
"""How each route that may tell of a payee is asked about one buyer: its query, or its path."""
OF_NO_PAYEE = {
    "/v1/organisations": "what matched none is not listed",
    "/v1/organisations/{organisation}": "of one organisation, which is public",
    "/v1/totals": "months of a buyer",
    "/v1/benchmarks": "figures of all payees together",
    "/v1/exports/spend-over-500": "as the standard has it: no id of a payee",
    "/v1/exports/spend-over-25000": "likewise",
    "/v1/exports/360giving": "no grant whose recipient may be a person",
    "/v1/exports/vcse-grants": "likewise",
    "/v1/statements/{buyer}/{financial_year}/versions": "statements as they were kept",
    "/v1/statements/{buyer}/{financial_year}/claims": "figures that officers state",
    "/v1/packs/{name}/{financial_year}": "the statement and its tables, as a file",
}
"""Routes that tell no payee apart."""
TAKEN_BACK = (
    "/v1/payments?supplier={id}",
    "/v1/payments?supplier={id}&sort=-amount",
    "/v1/transactions?supplier={id}",
    "/v1/agreements?provider={id}",
    "/v1/suppliers/{id}",
)
"""Where an id of a payee is asked by."""
LISTS = ("/v1/payments", "/v1/transactions", "/v1/suppliers", "/v1/agreements")


def officer(buyer: str) -> str:
    return token("spend:read", "payments:read", "personal:read", buyers=[buyer])


@pytest.fixture
async def two(model: Model) -> Model:
    """Both pay, and agreed with, one person; each has payments of the same kinds."""
    model.publisher = Publisher("ocds-a1b2c3", None, None)
    await model.project(unmatched())
    for buyer in (ICB, LEEDS):
        first = paid(1, 600_00, payee=PERSON, buyer=buyer, reference="R1", transaction="T1")
        await model.project(
            first,
            corrected(first, 650_00),
            paid(2, 700_00, "2023-05-01", payee=PERSON, buyer=buyer, transaction="T2"),
            *(paid(n, 900_00, payee=PERSON, buyer=buyer, reference="R12345") for n in (3, 4)),
            registered(
                _REFERENCE,
                buyer=buyer,
                provider=PERSON,
                supplier_id=supplier(PERSON),
                lines=(AgreementLine(programme="Care", annual_amount_pence=1),),
                members=(KnownMember(name=PERSON, supplier_id=supplier(PERSON)),),
            ),
        )
    await model.project(
        planned([("renewal", "2026-09-30")]),
        raised("2026-09-30"),
        acknowledged("2026-09-30", recipient=str(supplier(PERSON))),
    )
    return model


def ids_in(answered: str) -> set[str]:
    """Every id that stands in an answer, in its cursors too."""
    sealed = re.findall(r'"next":\s?"([^"]+)"', answered)
    told = [base64.urlsafe_b64decode(each + "==").decode("latin-1") for each in sealed]
    return set(_UUID.findall(" ".join([answered, *told])))


async def told_of(model: Model, buyer: str, bearer: str) -> set[str]:
    """Every id in what is answered about a buyer."""
    own = bearer == officer(buyer)
    names = {
        "buyer": buyer,
        "payment": str(paid(1, payee=PERSON, buyer=buyer).payment_id),
        "agreement": str(agreement(_REFERENCE, buyer)),
        "shown": str(supplier(PERSON)) if own else withheld(buyer=buyer),
    }
    found: set[str] = set()
    for route, asked in OF_A_BUYER.items():
        for each in asked:
            path = (each if each.startswith("/") else route + each).format(**names)
            answered = await model._get(path, bearer, {})
            assert answered.status_code == 200, (path, answered.text)
            found |= ids_in(answered.text)
    for route in LISTS:
        for form in (CSV_TYPE, NDJSON_TYPE):
            found |= ids_in((await model.ask_file(route, form, token=bearer, buyer=buyer)).text)
    return found


async def test_no_id_of_a_person_is_the_same_for_two_buyers(two: Model) -> None:
    own, other = LEEDS, ICB
    said = {
        path
        for path, verbs in two.app(KEY).openapi()["paths"].items()
        if "get" in verbs and path.startswith("/v1/")
    }
    assert said == OF_A_BUYER.keys() | OF_NO_PAYEE.keys(), (
        "a route is new, or gone: say in tests/api/test_two_buyers.py how it is asked of one buyer"
    )
    bearer = officer(own)
    of_own, of_other = await told_of(two, own, bearer), await told_of(two, other, bearer)
    assert str(supplier(PERSON)) in of_own
    assert withheld(buyer=other) in of_other
    assert of_own & of_other == set()
    for shown, buyer in [
        *((each, own) for each in (str(supplier(PERSON)), withheld(buyer=own))),
        (withheld(buyer=other), other),
    ]:
        for path in TAKEN_BACK:
            answered = await two.ask(path.format(id=shown), token=bearer)
            items = answered.get("items", [answered])
            whose = {each for item in items for each in item.get("buyers", [item.get("buyer")])}
            assert whose == {buyer}, path


async def test_an_id_that_means_nobody_here_is_refused_like_one_that_never_was(two: Model) -> None:
    nobody, readers = withheld("NOBODY"), token("spend:read", "payments:read")
    for path in TAKEN_BACK:
        status = 404 if path.endswith("/{id}") else 200
        answers = [
            str(await two.ask(path.format(id=each), token=readers, status=status))
            for each in (str(supplier(PERSON)), nobody)
        ]
        assert answers[0].replace(str(supplier(PERSON)), nobody) == answers[1], path


SUMS = {
    "/v1/spend",
    "/v1/quality",
    "/v1/statements/{buyer}/{financial_year}",
    "/v1/commitments/{buyer}/{financial_year}",
}
"""Routes of sums, and of agreements that count, which are true of all payees (Known limits in
docs/operations.md)."""
BY_TRAITS = (
    *(
        f"{path}?buyer={{buyer}}&{asked}"
        for path, filters in {
            "/v1/suppliers": ("definition=registered-charity", "legal_form=charity"),
            "/v1/payments": (),
        }.items()
        for asked in ("coverage=matched", "coverage=review", "coverage=unmatched", *filters)
    ),
    "/v1/spend/bridge?from=2023-24&to=2024-25&buyer={buyer}&definition=registered-charity",
)
"""How rows are sought by what matching says."""


def rows_of(answered: Any) -> Any:
    """What an answer has of payees, without the sums of a bridge and when it was known."""
    if isinstance(answered, dict) and "components" in answered:
        return [each["organisations"] for each in answered["components"]]
    return answered


async def rows_told_of(model: Model, buyer: str, bearer: str) -> dict[str, Any]:
    """Everything that rows say of the person as a payee of a buyer, by what was asked."""
    names = {
        "buyer": buyer,
        "payment": str(paid(1, payee=PERSON, buyer=buyer).payment_id),
        "agreement": str(agreement(_REFERENCE, buyer)),
        "shown": withheld(buyer=buyer),
    }
    asked = [
        each if each.startswith("/") else route + each
        for route, several in OF_A_BUYER.items()
        if route not in SUMS
        for each in several
    ]
    paths = [each.format(**names) for each in (*asked, *BY_TRAITS)]
    told = {path: rows_of(await model.ask(path, token=bearer)) for path in paths}
    for route in LISTS:
        for form in (CSV_TYPE, NDJSON_TYPE):
            file = await model.ask_file(route, form, token=bearer, buyer=buyer)
            told[f"{route} {form}"] = file.text
    for path in BY_TRAITS[:-1]:
        sheet = path.format(buyer=buyer)
        told[f"{sheet} {CSV_TYPE}"] = (await model.ask_file(sheet, CSV_TYPE, token=bearer)).text
    findings = await model.ask("/v1/quality", token=bearer, buyer=buyer)
    told["findings"] = [
        each["suppliers"] for rule in findings["rules"] for each in rule["findings"]
    ]
    return told


async def test_a_decision_of_one_buyer_s_officer_moves_no_row_of_the_other_s(two: Model) -> None:
    bearer, own = officer(LEEDS), f"/v1/suppliers/{supplier(PERSON)}"
    review = unmatched(
        revision=2,
        tier="review",
        score=0.8,
        rule="similar-name",
        legal_form="charity",
        memberships=[member("1994-06-01")],
        income=8_214_000,
        size="large",
        place="Leeds",
        places=("Leeds",),
        reach="regional",
    )
    await two.project(review)
    before, own_before = await rows_told_of(two, ICB, bearer), await two.ask(own, token=bearer)
    await two.project(unmatched(revision=3, tier="auto", score=1.0, rule="decided"))
    after, own_after = await rows_told_of(two, ICB, bearer), await two.ask(own, token=bearer)
    assert (own_before["tier"], own_after["tier"]) == ("review", "auto")
    for asked, told in before.items():
        assert after[asked] == told, asked
    counts = {
        path.format(buyer=ICB): len(before[path.format(buyer=ICB)]["items"])
        for path in BY_TRAITS[:-1]
    }
    assert {path.split("&")[1] for path, count in counts.items() if count} == {"coverage=unmatched"}


async def test_pounds_of_a_person_are_told_apart_by_buyer_alone(two: Model) -> None:
    bearer = officer(ICB)
    page = (await two.ask("/v1/suppliers", token=bearer))["items"]
    assert {(one["supplier_id"], *one["buyers"], one["amount"]) for one in page} == {
        (str(supplier(PERSON)), ICB, "3150.00"),
        (withheld(buyer=LEEDS), LEEDS, "3150.00"),
    }
    sheet = await two.ask_sheet("/v1/suppliers", token=bearer, sort="-amount")
    assert {(row["supplier_id"], row["amount"]) for row in sheet} == {
        (one["supplier_id"], one["amount"]) for one in page
    }
    years: dict[str, Any] = {"from": "2023-24", "to": "2024-25"}
    both = await two.ask("/v1/spend/bridge", token=bearer, **years)
    assert not any(part["organisations"] for part in both["components"])
    assert sum(part["rest"]["organisations"] for part in both["components"]) == 1
    of_one = await two.ask("/v1/spend/bridge", token=bearer, buyer=LEEDS, **years)
    [link] = {
        each["links"]["payments"] for part in of_one["components"] for each in part["organisations"]
    }
    assert withheld(buyer=LEEDS) in link
    assert {each["buyer"] for each in (await two.ask(link, token=bearer))["items"]} == {LEEDS}
