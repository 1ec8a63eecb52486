"""Reviews and decisions over HTTP, on the real database."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.classify_suppliers import classify_suppliers
from services.classify.pounds.count_payments import count_payments
from services.classify.pounds.paid import Paid, paid_by, read_payment
from services.classify.pounds.read_payments import Passed
from services.classify.routes import routes
from shared.access import Guard, issue_token
from shared.door.web import open_door
from tests.classify.database import (
    DEFINITIONS,
    LATER,
    NOW,
    announced,
    basis_of,
    load_folder,
    supplier,
)
from tests.classify.registries import (
    charity_row,
    northern_row,
    write_charities,
    write_csv,
    write_northern_ireland,
)
from tests.classify.test_sighting import payment
from tests.conftest import MakeEngine
from tests.support.pages import check_page

KEY = SecretStr("a secret that only this test has, long enough")
LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"
HOSPICE, HALL, ROW, PERSON, LINKS = map(
    supplier,
    ("St Lukes Hospice", "Harrowfell Hall", "Lantern Row", "J Smith", "Beckside Link Workers CIC"),
)
_PAID = (
    ("St Lukes Hospice", LEEDS, 500_00),
    ("St Lukes Hospice", BRADFORD, 1_00),
    ("Harrowfell Hall", BRADFORD, 900_50),
    ("Lantern Row", LEEDS, -3_00),
    ("J Smith", LEEDS, 7_000_00),
    ("Beckside Link Workers CIC", LEEDS, 1_000_000_00),
)
RECORDS: Sequence[Any] = [
    payment(payee, offset, buyer=buyer, amount_pence=pence)
    for offset, (payee, buyer, pence) in enumerate(_PAID)
]


@pytest.fixture
async def engine(engine_for: MakeEngine, tmp_path: Path) -> AsyncEngine:
    """Three payees whose names two charities share, one since a day, and a person."""
    made = await engine_for("classify")
    names = ("St Lukes Hospice", "Harrowfell Hall")
    write_charities(
        tmp_path,
        [
            charity_row(f"90001{number}{twin}", name)
            for number, name in enumerate(names)
            for twin in (1, 2)
        ],
    )
    write_northern_ireland(
        tmp_path,
        [
            northern_row(number, **{"Charity name": "Lantern Row", "Date registered": "14/12/2017"})
            for number in ("100001", "100002")
        ],
    )
    await load_folder(made, tmp_path)
    await classify_suppliers(made, await basis_of(made), [HOSPICE, HALL, ROW, PERSON], [], NOW)
    await count_payments(made, RECORDS, NOW)
    await announced(made)
    return made


async def payments_of(supplier_ids: Collection[str], _: Passed) -> AsyncGenerator[Paid]:
    """What is paid, as the topic would tell it."""
    for record in RECORDS:
        for paid in paid_by(read_payment(record), record.key):
            if paid.supplier_id in supplier_ids:
                yield paid


async def _ready() -> list[str]:
    return []


@asynccontextmanager
async def door(
    engine: AsyncEngine, *scopes: str, buyers: tuple[str, ...] = ("*",)
) -> AsyncIterator[httpx.AsyncClient]:
    """The classifier's door; with scopes it has a token key and the caller a token."""
    app = open_door("classify", "", _ready)
    app.include_router(
        routes(
            *(engine, DEFINITIONS, partial(basis_of, engine), payments_of),
            *(Guard(KEY if scopes else None), lambda: LATER),
        )
    )
    token = issue_token(KEY, "an officer", list(scopes), datetime.now(UTC), buyers=list(buyers))
    headers = {"authorization": f"Bearer {token}"} if scopes else {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://classify", headers=headers
    ) as client:
        yield client


OFFICER = ("spend:read", "personal:read", "review:write")


async def test_the_most_pounds_come_first_with_all_that_a_decision_needs(
    engine: AsyncEngine,
) -> None:
    async with door(engine, *OFFICER) as client:
        answer = (await client.get("/v1/reviews")).json()
        await check_page(client, "/v1/reviews", "reviews", "payee")
    assert answer["next"] is None
    assert [(r["payee"], r["amount"]) for r in answer["reviews"]] == [
        ("Harrowfell Hall", "900.50"),
        ("St Lukes Hospice", "501.00"),
        ("Lantern Row", "-3.00"),
    ]
    hospice = answer["reviews"][1]
    assert hospice["paid"] == [
        {"buyer": LEEDS, "lines": 1, "amount": "500.00"},
        {"buyer": BRADFORD, "lines": 1, "amount": "1.00"},
    ]
    assert {c["organisation"] for c in hospice["candidates"]} == {
        "GB-CHC-9000101",
        "GB-CHC-9000102",
    }
    assert {m["definition"] for m in hospice["memberships"]} == {d.name for d in DEFINITIONS}
    assert hospice["evidence"]
    assert (hospice["revision"], hospice["withheld"]) == (1, False)


async def test_the_days_from_which_a_supplier_counts_are_shown(engine: AsyncEngine) -> None:
    async with door(engine, *OFFICER) as client:
        reviews = (await client.get("/v1/reviews")).json()["reviews"]
        waiting = next(r for r in reviews if r["payee"] == "Lantern Row")
        shown = await client.get(f"/v1/suppliers/{ROW.supplier_id}")
    assert {m["since"] for m in waiting["memberships"]} == {"2017-12-14"}
    assert shown.json()["memberships"] == waiting["memberships"]


async def test_of_one_buyer_by_what_it_paid_page_by_page(engine: AsyncEngine) -> None:
    async with door(engine, *OFFICER) as client:
        ask: dict[str, Any] = {"buyer": BRADFORD, "limit": 1}
        first = (await client.get("/v1/reviews", params=ask)).json()
        rest = await client.get("/v1/reviews", params=ask | {"cursor": first["next"]})
        pages = [first, rest.json()]
        wrong = await client.get("/v1/reviews", params={"cursor": "1.2"})
    assert [r["payee"] for page in pages for r in page["reviews"]] == [
        "Harrowfell Hall",
        "St Lukes Hospice",
    ]
    assert pages[1]["next"] is None
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "cursor")


async def test_names_are_for_officers_of_the_buyers_that_pay(engine: AsyncEngine) -> None:
    async def seen(*scopes: str, buyers: tuple[str, ...] = ()) -> list[str | None]:
        async with door(engine, *scopes, buyers=buyers) as client:
            answer = await client.get("/v1/reviews")
        for review in answer.json()["reviews"]:
            assert review["withheld"] is (review["payee"] is None)
        return [review["payee"] for review in answer.json()["reviews"]]

    assert await seen("review:write", buyers=("*",)) == [None] * 3
    assert await seen() == [None] * 3
    assert await seen(*OFFICER, buyers=(BRADFORD,)) == ["Harrowfell Hall", "St Lukes Hospice"]


async def test_who_speaks_for_one_buyer_is_not_told_what_others_paid(engine: AsyncEngine) -> None:
    async with door(engine, *OFFICER, buyers=(BRADFORD,)) as client:
        reviews = (await client.get("/v1/reviews")).json()["reviews"]
        others = await client.get("/v1/reviews", params={"buyer": LEEDS})
    assert [(each["amount"], [one["buyer"] for one in each["paid"]]) for each in reviews] == [
        ("900.50", [BRADFORD]),
        ("1.00", [BRADFORD]),
    ]
    assert (others.status_code, others.json()["detail"]) == (
        *(403,),
        f"the token does not speak for {LEEDS}",
    )
    async with door(engine, "spend:read") as client:
        assert (await client.get("/v1/reviews")).status_code == 403


async def test_who_reads_only_sees_the_organisations_and_how_to_see_the_payee(
    engine: AsyncEngine,
) -> None:
    worded = supplier("St Lukes Hospice (Wincanton)")
    person = supplier("Mr J Smith - Harrowfell Hall")
    basis = await basis_of(engine)
    await classify_suppliers(engine, basis, [worded, person], [], NOW)
    async with door(engine) as client:
        answer = (await client.get("/v1/reviews")).json()
    assert "LOCALPOUND_TOKEN_KEY" in answer["to_see_payees"]
    assert (
        "tokens issue --subject NAME --scope spend:read --scope personal:read"
        in (answer["to_see_payees"])
    )
    shown = {each["supplier_id"]: each for each in answer["reviews"]}
    hall = shown[HALL.supplier_id]
    assert (hall["payee"], hall["withheld"]) == (None, True)
    assert {c["organisation"] for c in hall["candidates"]} == {"GB-CHC-9000111", "GB-CHC-9000112"}
    assert any(said.startswith("It is Harrowfell Hall (GB-CHC-90001") for said in hall["evidence"])
    assert any(said.startswith("That it is this organisation") for said in hall["evidence"])
    assert shown[worded.supplier_id]["candidates"]
    assert "WINCANTON" not in str(answer).upper()
    assert shown[person.supplier_id]["rule"] == "names-a-person"
    assert (shown[person.supplier_id]["candidates"], shown[person.supplier_id]["evidence"]) == (
        [],
        [],
    )
    async with door(engine, "spend:read", "review:write") as client:
        locked = (await client.get("/v1/reviews")).json()["to_see_payees"]
        told = (await client.get(f"/v1/suppliers/{HALL.supplier_id}")).json()
    assert locked.startswith("The token lacks personal:read")
    assert (told["payee"], told["to_see_payee"], told["place"]) == (None, locked, None)
    assert told["candidates"]
    async with door(engine, *OFFICER) as client:
        assert (await client.get("/v1/reviews")).json()["to_see_payees"] is None


def body(decision: str, revision: int = 1, **given: Any) -> dict[str, Any]:
    return {"decision": decision, "revision": revision, "why": "An invoice says so", **given}


async def test_a_decision_takes_the_supplier_out_of_review_and_can_be_revoked(
    engine: AsyncEngine,
) -> None:
    path = f"/v1/reviews/{HOSPICE.supplier_id}"
    given = body("organisation", organisations=["GB-CHC-9000102"], who="somebody else")
    async with door(engine, *OFFICER, buyers=(LEEDS,)) as client:
        done = await client.post(f"{path}/decision", json=given)
        assert done.json() | {"decided_at": ""} == {
            "supplier_id": HOSPICE.supplier_id,
            "revision": 2,
            "tier": "auto",
            "rule": "decided",
            "counts_under": [definition.name for definition in DEFINITIONS],
            "decided_at": "",
            "dry_run": False,
            "suppliers": 1,
            "moves": [],
        }
        late = await client.post(f"{path}/decision", json=given)
        assert (late.status_code, late.json()["title"]) == (409, "Conflict")
        shown = (await client.get(f"/v1/suppliers/{HOSPICE.supplier_id}")).json()
        assert shown["organisation"] == "GB-CHC-9000102"
        assert shown["evidence"][0].startswith("an officer decided on 1 May 2026")
        waiting = (await client.get("/v1/reviews")).json()["reviews"]
        assert HOSPICE.supplier_id not in {review["supplier_id"] for review in waiting}
        undone = await client.post(f"{path}/revoke", json={"revision": 2, "why": "A mistake"})
        assert (undone.json()["revision"], undone.json()["tier"]) == (3, "review")
        history = (await client.get(f"{path}/decisions")).json()["decisions"]
    assert [(d["decision"], d["who"], d["why"]) for d in history] == [
        ("organisation", "an officer", "An invoice says so"),
        ("revoked", "an officer", "A mistake"),
    ]


async def test_without_a_token_key_who_decides_must_be_said(engine: AsyncEngine) -> None:
    path = f"/v1/reviews/{HALL.supplier_id}/decision"
    async with door(engine) as client:
        nobody = await client.post(path, json=body("not-vcse"))
        assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "who")
        assert (await client.post(path, json=body("not-vcse", who="J"))).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"why": ""}, 422),
        ({"why": "  "}, 422),
        ({"decision": "maybe"}, 422),
        ({"organisations": ["9000101"]}, 422),
        ({"organisations": ["GB-CHC-9999999"], "decision": "organisation"}, 422),
        ({"decision": "organisation", "name": "A name that no list prints"}, 422),
        ({"revision": 9}, 409),
        ({"also": 1}, 422),
    ],
)
async def test_what_is_wrong_with_a_decision_is_said(
    engine: AsyncEngine, wrong: dict[str, Any], status: int
) -> None:
    async with door(engine, *OFFICER) as client:
        path = f"/v1/reviews/{HALL.supplier_id}/decision"
        answer = await client.post(path, json=body("person") | wrong)
        assert (answer.status_code, answer.headers["content-type"]) == (
            *(status,),
            "application/problem+json",
        )
    assert await announced(engine) == []


async def test_who_may_decide(engine: AsyncEngine) -> None:
    path = f"/v1/reviews/{HALL.supplier_id}/decision"
    async with door(engine, "spend:read", "personal:read") as client:
        assert (await client.post(path, json=body("person"))).status_code == 403
    async with door(engine, *OFFICER, buyers=(LEEDS,)) as client:
        refused = await client.post(path, json=body("person"))
        assert (refused.status_code, refused.json()["detail"]) == (
            *(403,),
            "the token speaks for no buyer that paid this supplier",
        )
        missing = await client.post(
            "/v1/reviews/0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11/revoke",
            json={"revision": 1, "why": "x"},
        )
        assert missing.status_code == 403
    async with door(engine, *OFFICER) as client:
        missing = await client.post(
            "/v1/reviews/0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11/revoke",
            json={"revision": 1, "why": "x"},
        )
        assert missing.status_code == 404


async def test_what_is_decided_of_a_person_is_for_officers_only(engine: AsyncEngine) -> None:
    path = f"/v1/reviews/{PERSON.supplier_id}"
    async with door(engine, *OFFICER) as client:
        why = "J Smith of 1 Example Street is a carer"
        given = body("person") | {"why": why}
        assert (await client.post(f"{path}/decision", json=given)).status_code == 200
        assert "Smith" in (await client.get(f"{path}/decisions")).text
    async with door(engine, "spend:read", "review:write") as client:
        for page in (f"{path}/decisions", f"/v1/suppliers/{PERSON.supplier_id}", "/v1/reviews"):
            answer = await client.get(page)
            assert answer.status_code == 200
            assert "Smith" not in answer.text
            assert "officer" not in answer.text


async def test_what_was_decided_before_is_withheld_where_it_may_be_a_person_now(
    engine: AsyncEngine,
) -> None:
    path = f"/v1/reviews/{PERSON.supplier_id}"
    trust = {"organisations": ["GB-CHC-9999999"], "name": "J Smith Trust"}
    async with door(engine, *OFFICER) as client:
        for given in (body("another") | trust, body("person") | {"revision": 2}):
            assert (await client.post(f"{path}/decision", json=given)).status_code == 200
    async with door(engine, *OFFICER, buyers=(BRADFORD,)) as client:
        history = (await client.get(f"{path}/decisions")).json()["decisions"]
    assert [(d["decision"], d["organisations"], d["name"], d["why"]) for d in history] == [
        ("another", [], None, None),
        ("person", [], None, None),
    ]
    async with door(engine, *OFFICER, buyers=(LEEDS,)) as client:
        assert "J Smith Trust" in (await client.get(f"{path}/decisions")).text


@pytest.fixture
async def listed(engine_for: MakeEngine, tmp_path: Path) -> AsyncEngine:
    """A payee whose name a list has as a community interest company, without a number."""
    made = await engine_for("classify")
    names = [("Community Interest Company", LINKS.payee), ("Registered charity", "Thornbeck Aid")]
    write_csv(tmp_path / "organisation_names_uk.csv", ("org_type", "name"), names)
    await load_folder(made, tmp_path)
    await classify_suppliers(made, await basis_of(made), [LINKS], [], NOW)
    await count_payments(made, RECORDS, NOW)
    return made


_GONE = {
    "buyer": LEEDS,
    "what": "community-interest",
    "before": "counts",
    "after": "does not count",
    "suppliers": 1,
    "lines": 1,
    "amount": "1000000.00",
}


async def test_a_right_match_without_a_number_can_be_confirmed_and_goes_on_to_count(
    listed: AsyncEngine,
) -> None:
    path = f"/v1/reviews/{LINKS.supplier_id}"
    async with door(listed, *OFFICER) as client:
        [waiting] = (await client.get("/v1/reviews")).json()["reviews"]
        [candidate] = waiting["candidates"]
        assert candidate["organisation"] is None
        yes = body("organisation", name=candidate["name"])
        done = (await client.post(f"{path}/decision", json=yes)).json()
        assert (done["tier"], done["moves"]) == ("auto", [])
        shown = (await client.get(f"/v1/suppliers/{LINKS.supplier_id}")).json()
        assert shown["organisation_name"] == LINKS.payee
        assert shown["legal_form"] == "community interest company"
        before = {m["definition"] for m in waiting["memberships"]}
        assert {m["definition"] for m in shown["memberships"]} == before == {*done["counts_under"]}
        assert "community-interest" in before


async def _away(supplier_ids: Collection[str], _: Passed) -> AsyncGenerator[Paid]:
    if supplier_ids:
        raise KafkaConnectionError
    for paid in tuple[Paid, ...]():
        yield paid


async def test_a_dry_run_tells_the_pounds_that_a_decision_would_move_and_changes_nothing(
    listed: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/reviews/{LINKS.supplier_id}"
    await announced(listed)
    other: dict[str, Any] = {"organisations": ["GB-COH-99000109"], "name": "Beckside Trading"}
    async with door(listed, *OFFICER) as client:

        async def would(**given: Any) -> dict[str, Any]:
            answer = await client.post(
                f"{path}/decision?dry_run=true", json=body("another", **other, **given)
            )
            found: dict[str, Any] = answer.json()
            return found

        unsaid = await would()
        assert (unsaid["dry_run"], unsaid["tier"], unsaid["counts_under"]) == (True, "auto", [])
        assert _GONE in unsaid["moves"]
        form = await would(legal_form="community interest company")
        assert "community-interest" in form["counts_under"]
        assert form["moves"] == []
        wrong = await would(legal_form="a club")
        assert wrong["errors"][0]["field"] == "legal_form"
        assert (await client.get(f"{path}/decisions")).json() == {"decisions": []}
        done = (await client.post(f"{path}/decision", json=body("another", **other))).json()
        assert (done["revision"], _GONE in done["moves"]) == (2, True)
        undo = {"revision": 2, "why": "It was right"}
        undone = (await client.post(f"{path}/revoke", json=undo)).json()
    # A broker that is away takes no decision back: only what it moves is not said.
    monkeypatch.setattr(sys.modules[__name__], "payments_of", _away)
    async with door(listed, *OFFICER) as client:
        unsaid = (await client.post(f"{path}/decision", json=body("not-vcse", 3))).json()
    assert (unsaid["revision"], unsaid["moves"]) == (4, None)
    back = _GONE | {"before": "does not count", "after": "counts"}
    assert (undone["tier"], back in undone["moves"]) == ("review", True)
    assert len(await announced(listed)) == 3


@pytest.mark.parametrize(("buyer", "pounds"), [(LEEDS, "500.00"), (BRADFORD, "1.00")])
async def test_a_token_of_a_buyer_is_told_only_of_its_own_pounds_that_a_decision_moves(
    engine: AsyncEngine, buyer: str, pounds: str
) -> None:
    path = f"/v1/reviews/{HOSPICE.supplier_id}/decision?dry_run=true"
    async with door(engine, *OFFICER, buyers=(buyer,)) as client:
        moves = (await client.post(path, json=body("not-vcse"))).json()["moves"]
    assert {(move["buyer"], move["amount"]) for move in moves} == {(buyer, pounds)}
