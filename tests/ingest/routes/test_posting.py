"""`POST /v1/payments`: what is taken, what is refused, and that sending again changes nothing."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.metrics import PAYMENTS
from shared.access import ANYONE, issue_token
from shared.database import begin
from shared.door.answers import keyed, lock_answer
from shared.identity import identify
from shared.metrics import RECORDS
from tests.ingest.bad_payments import CONTENT, Bad
from tests.ingest.conftest import KEY
from tests.ingest.said import LEDGER, binary, event, payment, published_data, rows_of

PLAIN = "application/json"


async def post(
    door: httpx.AsyncClient,
    body: object,
    *,
    key: str | None = "one",
    content_type: str = PLAIN,
    path: str = "/v1/payments",
    **headers: str,
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": content_type} | {n.replace("_", "-"): v for n, v in headers.items()}
    if key is not None:
        given["idempotency-key"] = f'"{key}"'
    return await door.post(path, content=content, headers=given)


def row(name: str, **changes: Any) -> dict[str, Any]:
    return {"id": name, **payment(**changes)}


async def test_one_payment_by_plain_json(door: httpx.AsyncClient, engine: AsyncEngine) -> None:
    answer = await post(door, row("AP-1"))
    assert answer.status_code == 200
    payment_id = identify("payment", "GB-LAE-LDS", "/buyers/GB-LAE-LDS", "AP-1")
    assert answer.json() == {
        "accepted": 1,
        "already_known": 0,
        "rejected": [],
        "payment_ids": [payment_id],
    }
    [kept] = await rows_of(engine, "select * from payments")
    assert str(kept.payment_id) == payment_id


async def test_good_rows_are_taken_and_bad_ones_are_named(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    rows = [row("1"), row("2", payee=""), row("3"), row("1"), {"no": "id"}, 7]
    answer = await post(door, rows)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["already_known"]) == (2, 1)
    assert [(each["row"], each["field"]) for each in body["rejected"]] == [
        (2, "payee"),
        (5, "id"),
        (6, ""),
    ]
    kept = await rows_of(engine, "select reject_id, content from rejects order by origin")
    assert [each["reject_id"] for each in body["rejected"]] == [each.reject_id for each in kept]
    assert json.loads(kept[0].content)["id"] == "2"


@pytest.mark.parametrize(
    "content_type", ["application/cloudevents+json", "application/cloudevents+json; charset=UTF-8"]
)
async def test_a_cloudevent_in_structured_mode(door: httpx.AsyncClient, content_type: str) -> None:
    answer = await post(door, event("1", payment()), content_type=content_type)
    assert answer.json()["payment_ids"] == [identify("payment", "GB-LAE-LDS", LEDGER, "1")]


async def test_cloudevents_in_a_batch(door: httpx.AsyncClient) -> None:
    events = [event("1", payment()), event("2", payment()), event("3", payment(), "x.v1")]
    answer = await post(door, events, content_type="application/cloudevents-batch+json")
    assert answer.json()["payment_ids"] == [
        identify("payment", "GB-LAE-LDS", LEDGER, n) for n in ("1", "2")
    ]
    assert [each["row"] for each in answer.json()["rejected"]] == [3]


async def test_a_cloudevent_in_binary_mode(door: httpx.AsyncClient) -> None:
    answer = await post(
        door,
        payment(),
        ce_specversion="1.0",
        ce_id="caf%C3%A9",
        ce_source=LEDGER,
        ce_type="payment.posted.v1",
    )
    assert answer.json()["payment_ids"] == [identify("payment", "GB-LAE-LDS", LEDGER, "café")]


@pytest.mark.parametrize("bad", CONTENT.values(), ids=CONTENT)
async def test_a_request_without_a_usable_row_is_a_problem_that_names_row_and_field(
    door: httpx.AsyncClient, engine: AsyncEngine, bad: Bad
) -> None:
    headers = {
        name.replace("_", "-"): value.decode()
        for name, value in bad.headers
        if name.startswith("ce_")
    }
    answer = await post(door, bad.value, **headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert (error["row"], error["field"]) == (1, bad.field)
    assert bad.reason in error["reason"]
    [kept] = await rows_of(engine, "select * from rejects")
    assert (kept.reject_id, bytes(kept.content)) == (error["reject_id"], bad.value)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"nope", PLAIN, 400),
        (b'{"payee": "\xff"}', PLAIN, 400),
        (b'{"amount": NaN}', PLAIN, 400),
        (b"[]", PLAIN, 400),
        (b"{}", "application/cloudevents-batch+json", 400),
        (b"payment", "text/csv", 415),
        (b"x" * (8 * 1024 * 1024 + 1), PLAIN, 413),
        (json.dumps([1] * 5_001).encode(), PLAIN, 413),
    ],
)
async def test_a_request_that_is_no_rows_is_refused_whole(
    door: httpx.AsyncClient, engine: AsyncEngine, body: bytes, content_type: str, status: int
) -> None:
    answer = await post(door, body, content_type=content_type)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await rows_of(engine, "select * from rejects") == []


@pytest.mark.parametrize("around", [b"%s", b"[%s]", b'{"data":%s,"id":"1"}'])
async def test_a_name_given_twice_is_refused_whole(
    door: httpx.AsyncClient, engine: AsyncEngine, around: bytes
) -> None:
    said = json.dumps(row("1")).encode()
    twice = said.removesuffix(b"}") + b',"payee":"Another"}'
    answer = await post(door, around % twice)
    assert answer.status_code == 422
    assert "'payee' is given twice" in answer.json()["detail"]
    assert await rows_of(engine, "select * from payments") == []


async def test_a_body_whose_length_is_not_said_is_measured(door: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(9):
            yield b"x" * 1024 * 1024

    answer = await door.post(
        "/v1/payments",
        content=chunks(),
        headers={"content-type": PLAIN, "idempotency-key": "one"},
    )
    assert answer.status_code == 413


async def test_data_nested_too_deeply_is_one_bad_row(door: httpx.AsyncClient) -> None:
    deep = b"[" * 300 + b"]" * 300
    body = b'[%s, {"id": "1", "payee": %s}]' % (json.dumps(row("2")).encode(), deep)
    answer = await post(door, body)
    assert answer.status_code == 200
    [rejected] = answer.json()["rejected"]
    assert (rejected["row"], answer.json()["accepted"]) == (2, 1)


@pytest.mark.parametrize("key", [None, "", "x" * 256, "two words"])
async def test_without_a_usable_idempotency_key_nothing_is_done(
    door: httpx.AsyncClient, engine: AsyncEngine, key: str | None
) -> None:
    answer = await post(door, row("1"), key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]
    assert await rows_of(engine, "select * from payments") == []


async def test_sent_again_it_gets_the_same_answer(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    rows = [row("1"), row("2", payee="")]
    first = await post(door, rows)
    again = await post(door, rows)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(await published_data(engine, "payments.v1")) == 1


async def test_a_problem_is_replayed_as_the_problem_that_it_was(door: httpx.AsyncClient) -> None:
    first, again = [await post(door, row("1", payee="")) for _ in range(2)]
    assert (again.status_code, again.content) == (422, first.content)
    assert again.headers["content-type"] == "application/problem+json"


async def test_a_key_is_not_for_another_request(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await post(door, row("1"))
    answer = await post(door, row("2"))
    assert answer.status_code == 422
    assert "used before with another request" in answer.json()["detail"]
    assert len(await rows_of(engine, "select * from payments")) == 1


async def test_while_a_request_is_worked_on_its_key_is_in_conflict(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    answer_id = keyed(ANYONE, "/v1/payments", "one", []).answer_id
    async with begin(engine) as tx:
        assert await lock_answer(tx, answer_id)
        assert (await post(door, row("1"))).status_code == 409
        assert (await post(door, row("1"), key="two")).status_code == 200
    assert (await post(door, row("1"))).status_code == 200


async def test_requests_at_the_same_time_are_worked_on_once(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    rows = [row(str(number)) for number in range(300)]
    answers = await asyncio.gather(*(post(door, rows) for _ in range(8)))
    statuses = [each.status_code for each in answers]
    assert set(statuses) <= {200, 409}
    worked = [
        each
        for each in answers
        if each.status_code == 200 and "idempotency-replayed" not in each.headers
    ]
    assert len(worked) == 1
    assert worked[0].json()["accepted"] == 300
    assert len(await published_data(engine, "payments.v1")) == 300


def posted(route: str, outcome: str) -> tuple[float, float]:
    """Counted so far: payments by HTTP with this outcome, records quarantined at the route."""
    return (
        PAYMENTS.labels("http", outcome)._value.get(),
        RECORDS.labels(route, "quarantined")._value.get(),
    )


async def test_what_came_by_http_is_counted_once_it_is_committed(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    before = posted("/v1/payments", "rejected")
    async with engine.begin() as tx:
        await tx.execute(text("alter table answers add constraint none_more check (false)"))
    assert (await post(door, row("1", amount="x"), key="a")).status_code == 500
    assert posted("/v1/payments", "rejected") == before
    async with engine.begin() as tx:
        await tx.execute(text("alter table answers drop constraint none_more"))
    for _ in range(2):
        assert (await post(door, row("1", amount="x"), key="b")).status_code == 422
    assert posted("/v1/payments", "rejected") == (before[0] + 1, before[1] + 1)


def bearer(scopes: list[str], buyers: list[str]) -> str:
    token = issue_token(KEY, "officer", scopes, datetime.now(UTC), buyers=buyers)
    return f"Bearer {token}"


async def test_an_officer_speaks_for_the_buyers_of_the_token(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    mine = bearer(["ingest:write"], ["GB-LAE-LDS"])
    other = row("2", buyer="GB-LAE-CLD")
    assert (await post(locked_door, row("1"))).status_code == 401
    assert (await post(locked_door, row("1"), authorization=bearer([], []))).status_code == 403
    assert (await post(locked_door, [row("1"), other], authorization=mine)).status_code == 403
    nobodys = bearer(["ingest:write"], [])
    assert (await post(locked_door, row("1"), authorization=nobodys)).status_code == 403
    assert await rows_of(engine, "select * from payments") == []
    assert (await post(locked_door, row("1"), authorization=mine)).status_code == 200


async def test_a_key_belongs_to_its_caller(locked_door: httpx.AsyncClient) -> None:
    token = issue_token(KEY, "another", ["ingest:write"], datetime.now(UTC), buyers=["*"])
    first = bearer(["ingest:write"], ["*"])
    assert (await post(locked_door, row("1"), authorization=first)).status_code == 200
    second = await post(locked_door, row("2"), authorization=f"Bearer {token}")
    assert second.status_code == 200


async def test_headers_of_binary_mode_are_part_of_the_request(door: httpx.AsyncClient) -> None:
    sent = {name: value.decode() for name, value in binary("1") if name.startswith("ce_")}
    assert (await post(door, payment(), **sent)).status_code == 200
    assert (await post(door, payment(), **(sent | {"ce_id": "2"}))).status_code == 422
