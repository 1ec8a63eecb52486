"""`GET /v1/rejects`: what could not be used, and why."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiokafka import ConsumerRecord
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.rejects.known_fields import is_known_field
from services.ingest.routes.rejects import as_text
from shared.access import issue_token
from shared.database import begin
from shared.errors import Rejected
from shared.inbox import Reject, quarantine
from tests.ingest.conftest import KEY
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.said import NOW, payment
from tests.support.pages import check_page


async def keep(engine: AsyncEngine, *contents: bytes, buyer: str = "GB-LAE-LDS") -> None:
    rejects = [
        Reject(f"test:{buyer}/{number}", "payee is missing", "payee", content, buyer)
        for number, content in enumerate(contents)
    ]
    for reject in rejects:  # what comes in one batch has no order among itself
        async with begin(engine) as tx:
            await quarantine(tx, [reject], NOW)


def bearer(*scopes: str, buyers: Sequence[str] = ("GB-LAE-LDS",)) -> dict[str, str]:
    token = issue_token(KEY, "o", list(scopes), datetime.now(UTC), buyers=list(buyers))
    return {"authorization": f"Bearer {token}"}


async def test_rejects_are_paged_in_the_order_of_arrival(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    for number in range(5):
        await keep(engine, b'{"n": %d}' % number)
    seen: list[str] = []
    page = (await door.get("/v1/rejects?limit=2")).json()
    of_others = {"cursor": page["next"], "buyer": "GB-LAE-LDS"}
    assert (await door.get("/v1/rejects", params=of_others)).status_code == 422
    while page["next"] is not None:
        seen += [each["content"] for each in page["rejects"]]
        page = (await door.get(f"/v1/rejects?limit=2&cursor={page['next']}")).json()
    seen += [each["content"] for each in page["rejects"]]
    assert seen == [f'{{"n": {number}}}' for number in range(5)]


async def test_rejects_of_one_buyer(door: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await keep(engine, b"leeds")
    await keep(engine, b"calderdale", buyer="GB-LAE-CLD")
    page = (await door.get("/v1/rejects", params={"buyer": "GB-LAE-CLD"})).json()
    assert [each["content"] for each in page["rejects"]] == ["calderdale"]
    assert page["rejects"][0]["reason"] == "payee is missing"
    await check_page(door, "/v1/rejects", "rejects", "reason")


async def test_an_officer_sees_the_rejects_of_the_own_buyers(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"leeds")
    await keep(engine, b"calderdale", buyer="GB-LAE-CLD")
    headers = bearer("ingest:write", "personal:read")
    page = (await locked_door.get("/v1/rejects", headers=headers)).json()
    assert [(each["content"], each["withheld"]) for each in page["rejects"]] == [("leeds", False)]
    [identifier] = [each["reject_id"] for each in page["rejects"]]
    whole = await locked_door.get(f"/v1/rejects/{identifier}/content", headers=headers)
    assert whole.content == b"leeds"
    other = await locked_door.get("/v1/rejects?buyer=GB-LAE-CLD", headers=headers)
    assert other.status_code == 403
    assert (await locked_door.get("/v1/rejects")).status_code == 401


async def test_content_is_withheld_from_who_may_not_see_personal_names(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"Mr A Person")
    headers = bearer("ingest:write")
    [shown] = (await locked_door.get("/v1/rejects", headers=headers)).json()["rejects"]
    assert (shown["content"], shown["encoding"], shown["withheld"]) == (None, None, True)
    assert shown["headers"] is None
    assert (shown["reason"], shown["field"]) == ("payee is missing", "payee")
    assert (shown["origin"], shown["size"]) == ("test:GB-LAE-LDS/0", 11)
    path = f"/v1/rejects/{shown['reject_id']}/content"
    answer = await locked_door.get(path, headers=headers)
    assert (answer.status_code, b"Person" in answer.content) == (403, False)


async def test_content_that_names_no_buyer_is_shown_to_who_speaks_for_all(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    async with begin(engine) as tx:
        await quarantine(tx, [Reject("test:none/0", "not JSON", "", b"x", None)], NOW)
    headers = bearer("ingest:write", "personal:read", buyers=("*",))
    [shown] = (await locked_door.get("/v1/rejects", headers=headers)).json()["rejects"]
    assert (shown["content"], shown["withheld"]) == ("x", False)


async def test_a_door_without_a_token_key_trusts_its_network(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"leeds")
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["content"], shown["withheld"]) == ("leeds", False)


async def test_bytes_that_are_no_text_are_shown_in_base64_and_given_whole(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = b"\xff" * 100_000
    await keep(engine, content)
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["encoding"], shown["size"]) == ("base64", 100_000)
    assert base64.b64decode(shown["content"]) == content[:65_536]
    whole = await door.get(f"/v1/rejects/{shown['reject_id']}/content")
    assert whole.content == content
    assert (await door.get("/v1/rejects/none/content")).status_code == 404


def bytes_of(header: dict[str, str | None]) -> bytes | None:
    value = header["value"]
    if value is None:
        return None
    return base64.b64decode(value) if header["encoding"] == "base64" else value.encode()


async def test_all_that_was_sent_is_kept_so_that_it_can_be_sent_again(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    sent: tuple[tuple[str, bytes | None], ...] = (
        ("ce_id", b"AP-1"),
        ("ce_source", "/städtisch".encode()),
        ("a\x00b", b"\x00"),
        ("trace", b"\xff\xfe"),
        ("trace", None),
    )
    record = ConsumerRecord("finance.payments", 2, 7, 0, 0, b"GB-LAE-LDS", b"{", None, 0, 1, sent)
    async with begin(engine) as tx:
        await quarantine(tx, [Reject.of_record(record, Rejected("not JSON"))], NOW)
        [row] = await tx.execute(text("select key, content, headers, origin from rejects"))
    assert (row.key, row.content, row.origin) == (b"GB-LAE-LDS", b"{", "kafka:finance.payments/2/7")
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert shown["headers"] == row.headers
    again = tuple((each["name"], bytes_of(each)) for each in shown["headers"])
    assert again == sent


async def test_headers_of_hostile_length_are_kept_and_left_out_of_the_list(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    reject = Reject("test:long/0", "not JSON", "", b"x", None, (("long", b"y" * 100_000),))
    async with begin(engine) as tx:
        await quarantine(tx, [reject], NOW)
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["headers"], shown["withheld"]) == (None, False)


@pytest.mark.parametrize(
    ("headers", "body", "kept"),
    [
        ({"content-type": "application/json"}, b'{"id": "1"}', {}),
        (
            {"content-type": "application/json", "ce-id": "1", "ce-specversion": "1.0"},
            b"{}",
            {"ce-id": "1", "ce-specversion": "1.0"},
        ),
        ({"content-type": "application/cloudevents-batch+json"}, b"[{}]", {}),
    ],
)
async def test_a_row_that_came_by_http_keeps_what_makes_it_an_event(
    door: httpx.AsyncClient, headers: dict[str, str], body: bytes, kept: dict[str, str]
) -> None:
    key = {"idempotency-key": '"k"'}
    answer = await door.post("/v1/payments", content=body, headers=headers | key)
    assert answer.status_code == 422
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    found = {header["name"]: header["value"] for header in shown["headers"]}
    assert found.pop("content-type") == headers["content-type"].replace("-batch", "")
    assert found == kept


def test_text_that_is_cut_inside_a_character_is_still_text() -> None:
    assert as_text("café".encode()[:-1], whole=False) == ("text", "caf")
    assert as_text("café".encode()[:-1], whole=True)[0] == "base64"


@pytest.mark.parametrize("query", ["cursor=LTE", "cursor=x", "limit=0", "limit=501"])
async def test_a_wrong_page_is_a_problem(door: httpx.AsyncClient, query: str) -> None:
    answer = await door.get(f"/v1/rejects?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_field_that_is_the_senders_own_text_is_withheld_with_the_content(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    rows = [
        {"id": "1", **payment(**{"ZEBEDEE QUILLFEATHER": 1})},
        {"id": "2", **payment(payee=" ")},
    ]
    headers = bearer("ingest:write") | {"idempotency-key": "1"}
    answer = await locked_door.post("/v1/payments", json=rows, headers=headers)
    assert [each["field"] for each in answer.json()["errors"]] == ["ZEBEDEE QUILLFEATHER", "payee"]
    page = await locked_door.get("/v1/rejects", headers=bearer("ingest:write"))
    assert "ZEBEDEE" not in page.text
    shown = {each["row"]: each["field"] for each in page.json()["rejects"]}
    assert shown == {1: None, 2: "payee"}
    page = await locked_door.get("/v1/rejects", headers=bearer("ingest:write", "personal:read"))
    assert "ZEBEDEE QUILLFEATHER" in {each["field"] for each in page.json()["rejects"]}


async def test_a_row_of_a_file_is_named_as_its_reader_finds_it(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, [",,,", "No,1.00,Adults,Leeds Mind"], "april.csv")
    await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["file"], shown["row"], shown["field"]) == ("april.csv", 3, "payment_date")


@pytest.mark.parametrize(
    ("field", "known"),
    [("", True), ("lines.0.programme", True), ("expense_type", True), ("A. Person", False)],
)
def test_only_names_of_ours_are_known_fields(field: str, *, known: bool) -> None:
    assert is_known_field(field) is known
