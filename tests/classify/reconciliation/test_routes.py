"""The Reconciliation Service API 0.2 on a real database, judged by its published schemas."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator
from pydantic import SecretStr
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.basis.basis import Basis
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import Registers
from services.classify.reconciliation.cross_origin import CrossOrigin
from services.classify.reconciliation.manifest import PATH
from services.classify.reconciliation.query import LARGEST_BATCH
from services.classify.reconciliation.reconcile_names import rank_by_rules
from services.classify.reconciliation.reconciling import Reconciling
from services.classify.routes.reconcile import reconcile_routes
from shared.access import Guard, issue_token
from shared.door.web import open_door
from tests.classify.database import DEFINITIONS, basis_of, load_folder
from tests.classify.registries import charity_row, write_charities, write_csv
from tests.conftest import MakeEngine
from tests.support.data import data_folder

KEY = SecretStr("a secret that only this test has, long enough")
EVIL = 'Thornbeck <script>alert("x")</script> & Sons'
HOSPICE = "GB-CHC-9000101"


def client(
    engine: AsyncEngine,
    key: SecretStr | None = None,
    url: str = "",
    at_hand: Callable[[], Awaitable[Basis]] | None = None,
) -> httpx.AsyncClient:
    async def ready() -> list[str]:
        return []

    app = open_door("classify", "", ready)
    app.add_middleware(CrossOrigin, path=PATH)
    given = Reconciling(
        engine,
        partial(rank_by_rules, at_hand or partial(basis_of, engine)),
        DEFINITIONS,
        Guard(key),
        url,
        today=lambda: date(2021, 6, 1),
    )
    app.include_router(reconcile_routes(given))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door")


@pytest.fixture
async def engine(engine_for: MakeEngine, tmp_path: Path) -> AsyncEngine:
    engine = await engine_for("classify")
    rows = [
        charity_row("9000101", "Thornbeck Hospice", company="09990001"),
        charity_row("9000102", EVIL),
        charity_row("9000103", "Thornbeck Hospital Charity", "removed"),
        *(charity_row(f"90002{n:02}", f"Harrowfell Group {n:02}") for n in range(45)),
    ]
    rows[0][7:] = ["2500000", "Local", "HX1 1AA"]
    write_charities(tmp_path, rows)
    write_csv(
        tmp_path / "organisation_names_uk.csv",
        ("org_type", "name"),
        [("School", "Thornbeck School")],
    )
    await load_folder(engine, tmp_path)
    return engine


@pytest.fixture
async def door(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    async with client(engine) as open_client:
        yield open_client


async def ask(door: httpx.AsyncClient, **queries: Any) -> dict[str, Any]:
    answer = await door.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_name_is_reconciled_with_evidence_and_features(door: httpx.AsyncClient) -> None:
    found = await ask(
        door,
        q0={"query": "THE THORNBECK HOSPICE", "type": "charity"},
        q1={"query": "J Smith"},
        q2={"query": "", "properties": [{"pid": "company_number", "v": "9990001"}]},
    )
    assert list(found) == ["q0", "q1", "q2"]
    candidate, *others = found["q0"]["result"]
    assert (candidate["id"], candidate["name"], candidate["match"]) == (
        HOSPICE,
        "Thornbeck Hospice",
        True,
    )
    assert candidate["score"] > 70
    assert {other["name"] for other in others} == {"Thornbeck Hospital Charity", EVIL}
    assert all(other["score"] < 5 and not other["match"] for other in others)
    assert {"id": "charity", "name": "Charity"} in candidate["type"]
    features = {feature["id"]: feature["value"] for feature in candidate["features"]}
    assert features["name_exact"] is True
    assert features["rule:exact-name"] is True
    assert "the name of the organisation, are the same" in candidate["description"]
    assert found["q1"] == {"result": []}
    assert found["q2"]["result"][0]["id"] == HOSPICE


async def test_who_asks_before_the_first_index_is_made_is_told_to_come_again(
    engine: AsyncEngine, stack: Addresses, tmp_path: Path
) -> None:
    registers = Registers(stack.database, "any", str(tmp_path))
    none_yet = BasisInForce(engine, registers, DEFINITIONS, longest_wait=0)
    async with client(engine, at_hand=none_yet.at_hand) as door:
        answer = await door.post("/reconcile", data={"queries": '{"q": {"query": "a"}}'})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "index of the registers is being made" in answer.json()["detail"]


@pytest.mark.parametrize("query", [HOSPICE, "9000101"])
async def test_an_identifier_is_answered_by_what_bears_it(
    door: httpx.AsyncClient, query: str
) -> None:
    [candidate] = (await ask(door, q={"query": query}))["q"]["result"]
    assert (candidate["id"], candidate["score"], candidate["match"]) == (HOSPICE, 100, True)


async def test_get_answers_as_post_does(door: httpx.AsyncClient) -> None:
    queries = json.dumps({"q": {"query": "Thornbeck Hospice"}})
    got = await door.get("/reconcile", params={"queries": queries})
    posted = await door.post("/reconcile", data={"queries": queries})
    assert got.json() == posted.json()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"queries": "{"}, 422),
        ({"queries": '{"q": {}}'}, 422),
        ({"extend": '{"ids": ["a"]}'}, 422),
        ({"extend": '{"ids": ["a"], "properties": [{"id": "colour"}]}'}, 422),
        ({}, 422),
        ({"other": "x"}, 422),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(LARGEST_BATCH + 1)})}, 413),
        ({"queries": "x" * 1_000_001}, 413),
    ],
)
async def test_bad_questions_are_problems(
    door: httpx.AsyncClient, form: dict[str, str], status: int
) -> None:
    answer = await door.post("/reconcile", data=form)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/preview?id=GB-CHC-1",
        "/preview?id=%00",
        "/preview",
        "/flyout/entity?id=x",
        "/flyout/colour?id=x",
        "/flyout/type?id=x",
        "/feature?id=x",
        "/suggest/entity?prefix=a&cursor=-1",
        "/properties?limit=0",
        "/properties?limit=99999999999999999999",
    ],
)
async def test_what_is_not_known_is_a_problem(door: httpx.AsyncClient, path: str) -> None:
    answer = await door.get(f"/reconcile{path}")
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_form_is_refused(door: httpx.AsyncClient) -> None:
    answer = await door.post("/reconcile", json={"queries": {}})
    assert answer.status_code == 422
    answer = await door.post(
        "/reconcile",
        content=b"queries=\xff",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 422


async def test_suggestions_begin_as_typed_and_go_on_by_cursor(door: httpx.AsyncClient) -> None:
    async def suggested(prefix: str, cursor: int = 0) -> list[str]:
        answer = await door.get(
            "/reconcile/suggest/entity", params={"prefix": prefix, "cursor": cursor}
        )
        return [each["name"] for each in answer.json()["result"]]

    assert await suggested("the thornbeck hos") == [
        "Thornbeck Hospice",
        "Thornbeck Hospital Charity",
    ]
    assert await suggested(HOSPICE) == ["Thornbeck Hospice"]
    assert await suggested("thornbeck school") == []
    assert await suggested("%") == []
    pages = [await suggested("harrowfell", cursor) for cursor in (0, 20, 40)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [name for page in pages for name in page] == [
        f"Harrowfell Group {n:02}" for n in range(45)
    ]
    types = (await door.get("/reconcile/suggest/type?prefix=company")).json()["result"]
    assert {"community-interest-company"} < {each["id"] for each in types}
    properties = (await door.get("/reconcile/suggest/property?prefix=post")).json()["result"]
    assert [each["id"] for each in properties] == ["postcode"]


async def test_what_a_register_prints_can_not_run_in_a_preview(door: httpx.AsyncClient) -> None:
    answer = await door.get("/reconcile/preview?id=GB-CHC-9000102")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    flyout = await door.get("/reconcile/flyout/entity?id=GB-CHC-9000102")
    for html in (answer.text, flyout.json()["html"]):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
    other = await door.get("/reconcile/feature?id=rule:<script>")
    assert "<script" not in other.text


async def test_data_extension_gives_values_of_every_kind(door: httpx.AsyncClient) -> None:
    ids = ["income", "place", "definitions", "other_names", "flags", "charity_number"]
    extend = {"ids": [HOSPICE, "GB-CHC-9000103", "x"], "properties": [{"id": i} for i in ids]}
    answer = await door.post("/reconcile", data={"extend": json.dumps(extend)})
    told = answer.json()
    assert [each["id"] for each in told["meta"]] == ids
    assert told["rows"]["x"] == {name: [] for name in ids}
    hospice = told["rows"][HOSPICE]
    assert hospice["income"] == [{"int": 2_500_000}]
    assert hospice["place"] == [{"str": "Calderdale"}]
    assert {"str": "registered-charity"} in hospice["definitions"]
    assert hospice["charity_number"] == [{"str": "9000101"}]
    assert told["rows"]["GB-CHC-9000103"]["flags"] == [{"str": "nhs-charity"}]


async def test_any_page_may_ask_this_part_of_the_door(door: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://refine.example"}
    for path in ("/reconcile", "/reconcile/suggest/entity?prefix=t", "/reconcile/preview?id=x"):
        answer = await door.get(path, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "*"
    asked = origin | {"Access-Control-Request-Method": "POST"}
    assert (await door.options("/reconcile", headers=asked)).status_code == 200
    elsewhere = await door.get("/health/live", headers=origin)
    assert "access-control-allow-origin" not in elsewhere.headers


def bearer(*scopes: str) -> str:
    return issue_token(KEY, "someone", list(scopes), datetime.now(UTC), buyers=[])


async def test_with_a_key_all_but_the_manifest_needs_a_token(engine: AsyncEngine) -> None:
    queries = {"queries": '{"q": {"query": "Thornbeck Hospice"}}'}
    narrow = bearer("reconcile:read")
    async with client(engine, KEY) as door:
        manifest = (await door.get("/reconcile")).json()
        assert manifest["authentication"]["in"] == "query"
        for path in (
            "/preview?id=x",
            "/suggest/entity?prefix=a",
            "/properties",
            "/flyout/type?id=x",
        ):
            assert (await door.get(f"/reconcile{path}")).status_code == 401
        assert (await door.get("/reconcile", params=queries)).status_code == 401
        assert (await door.post("/reconcile", data=queries)).status_code == 401
        for scope in ("spend:read", "reconcile:read"):
            answer = await door.post(
                "/reconcile", data=queries, headers={"Authorization": f"Bearer {bearer(scope)}"}
            )
            assert answer.status_code == 200
        wrong = {"Authorization": f"Bearer {bearer('review:write')}"}
        assert (await door.post("/reconcile", data=queries, headers=wrong)).status_code == 403
        for token, status in (
            (narrow, 200),
            (bearer("spend:read"), 403),
            (bearer("spend:read", "reconcile:read"), 403),
            ("x", 401),
        ):
            answer = await door.post(f"/reconcile?token={token}", data=queries)
            assert answer.status_code == status


async def test_openrefine_goes_on_with_the_token_that_its_address_held(engine: AsyncEngine) -> None:
    """It asks for the manifest at the address that it was given, then as the manifest says."""
    token = bearer("reconcile:read")
    async with client(engine, KEY) as door:
        told = (await door.get(f"/reconcile?token={token}")).json()
        suggest = told["suggest"]["entity"]
        for address in (
            told["preview"]["url"].replace("{{id}}", HOSPICE),
            suggest["service_url"] + suggest["service_path"] + "&prefix=thornbeck",
            suggest["flyout_service_url"]
            + suggest["flyout_service_path"].replace("${id}", HOSPICE),
            "".join(told["extend"]["propose_properties"].values()),
        ):
            assert address.startswith("http://door/reconcile/")
            assert (await door.get(address)).status_code == 200


async def test_behind_a_proxy_the_manifest_names_the_public_address(engine: AsyncEngine) -> None:
    async with client(engine, url="https://pound.example/classify/") as door:
        told = (await door.get("/reconcile")).json()
    assert told["view"]["url"] == "https://pound.example/classify/reconcile/preview?id={{id}}"
    assert told["batchSize"] == LARGEST_BATCH


@pytest.fixture(scope="module")
def standard() -> Path:
    folder = data_folder()
    if folder is None or not (folder.parent / "standards" / "reconciliation-0.2").is_dir():
        pytest.skip("the published schemas are not here: LOCALPOUND_DATA names the folder beside")
    return folder.parent / "standards" / "reconciliation-0.2"


async def test_every_answer_fits_the_published_schemas(
    standard: Path, engine: AsyncEngine, door: httpx.AsyncClient
) -> None:
    schemas = {
        path.stem: json.loads(path.read_text()) for path in (standard / "schemas").glob("*.json")
    }
    registry: Registry[Any] = Registry()
    for schema in schemas.values():
        resource = Resource.from_contents(schema, default_specification=DRAFT7)
        registry = registry.with_resource(schema["$id"].rstrip("#"), resource)

    def fits(name: str, answer: Any) -> None:
        Draft7Validator(schemas[name], registry=registry).validate(answer)

    async def get(path: str) -> Any:
        answer = await door.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    fits("manifest", await get("/reconcile"))
    async with client(engine, KEY) as locked:
        token = bearer("reconcile:read")
        fits("manifest", (await locked.get("/reconcile")).json())
        fits("manifest", (await locked.get(f"/reconcile?token={token}")).json())
    fits("suggest-entities-response", await get("/reconcile/suggest/entity?prefix=thornbeck"))
    fits("suggest-types-response", await get("/reconcile/suggest/type?prefix="))
    fits("suggest-properties-response", await get("/reconcile/suggest/property?prefix="))
    fits(
        "data-extension-property-proposal", await get("/reconcile/properties?type=charity&limit=3")
    )
    proposed = (await get("/reconcile/properties"))["properties"]
    extend = {"ids": [HOSPICE, "x"], "properties": [{"id": p["id"]} for p in proposed]}
    fits("data-extension-query", extend)
    answer = await door.post("/reconcile", data={"extend": json.dumps(extend)})
    fits("data-extension-response", answer.json())
    found = await ask(door, a={"query": "Thornbeck Hospice"}, b={"query": HOSPICE})
    assert found["a"]["result"]
    fits("reconciliation-result-batch", found)
    batches = standard / "examples" / "reconciliation-query-batch"
    for path in sorted((batches / "valid").glob("*.json")):
        answer = await door.post("/reconcile", data={"queries": path.read_text()})
        assert answer.status_code == 200, path.name
        fits("reconciliation-result-batch", answer.json())
        assert set(answer.json()) == set(json.loads(path.read_text()))
    for path in sorted((batches / "invalid").glob("*.json")):
        answer = await door.post("/reconcile", data={"queries": path.read_text()})
        assert answer.status_code == 422, path.name
