"""What all lists share: orders, fields, forms, tags, and pages of what is rare."""

import asyncio
import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from services.api.lists import search
from services.api.routes.agreements.agreement_answer import AgreementAnswer
from services.api.routes.agreements.notice_list import NoticeItem
from services.api.routes.agreements.show_renewal import RenewalAnswer
from services.api.routes.door import Answer, Door
from services.api.routes.payments.payment_answer import PaymentAnswer
from services.api.routes.payments.transactions import TransactionAnswer
from shared.door.accepted import CSV_TYPE
from shared.door.turns import Turns
from shared.lists import copied_rows, whole_list
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from tests.api.conftest import Model, token
from tests.api.facts import (
    ICB,
    LEEDS,
    PERSON,
    classified,
    notice,
    paid,
    registered,
    supplier,
    unmatched,
)

AMOUNTS = (700, -300, 700, 20, 0, 90_000)


async def amounts_of(model: Model, **query: Any) -> list[str]:
    """Of all pages, one after another."""
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/payments", **query, **cursor)
        found += [item["amount"] for item in page["items"]]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


@pytest.fixture
async def paid_model(model: Model) -> Model:
    """Payments of two buyers, to a hospice and to someone who may be a person."""
    buyers = (ICB, LEEDS, ICB)
    await model.project(
        classified(),
        unmatched(PERSON),
        *(
            paid(n, pence, f"2024-04-{1 + n:02}", buyer=buyers[n % 3], reference=f"=INV {n}")
            for n, pence in enumerate(AMOUNTS)
        ),
        paid(7, 55, "2024-04-09", payee=PERSON, purpose="Of A N Other"),
    )
    return model


async def test_payments_are_had_in_any_declared_order_page_by_page(paid_model: Model) -> None:
    largest = ["900.00", "7.00", "7.00", "0.20", "0.00", "-3.00"]
    of: dict[str, Any] = {"supplier": supplier()}
    assert await amounts_of(paid_model, **of, sort="-amount", limit=2) == largest
    assert await amounts_of(paid_model, **of, sort="amount", limit=3) == largest[::-1]
    oldest = ["7.00", "-3.00", "7.00", "0.20", "0.00", "900.00", "0.55"]
    assert await amounts_of(paid_model, sort="payment_date", limit=2) == oldest
    page = await paid_model.ask("/v1/payments", **of, sort="amount", limit=1)
    said = await paid_model.ask("/v1/payments", cursor=page["next"], status=422)
    assert "cursor is none of this list with these filters" in said["detail"]
    said = await paid_model.ask("/v1/payments", sort="payee", status=422)
    assert "known are: -payment_date, payment_date, -amount, amount" in said["detail"]


async def test_pages_by_amount_are_of_a_supplier_or_of_what_is_over_25_000(
    paid_model: Model,
) -> None:
    amounts = (25_000_00, 25_000_01, 31_000_00, -40_000_00)
    await paid_model.project(*(paid(10 + n, each) for n, each in enumerate(amounts)))
    large: dict[str, Any] = {"over_25000": "true", "limit": 1}
    assert await amounts_of(paid_model, sort="-amount", **large) == ["31000.00", "25000.01"]
    assert len(await amounts_of(paid_model, sort="-amount", supplier=supplier(), **large)) == 2
    assert len(await amounts_of(paid_model, over_25000="false")) == len(AMOUNTS) + 3
    said = await paid_model.ask("/v1/payments", sort="-amount", status=422)
    assert "of one supplier= or organisation=, or of over_25000=true" in said["detail"]
    sheet = await paid_model.ask_sheet("/v1/payments", sort="-amount")
    assert [row["amount"] for row in sheet][:3] == ["31000.00", "25000.01", "25000.00"]


async def test_a_page_of_what_is_rare_ends_after_so_many_rows_and_the_next_goes_on(
    paid_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", 4)
    first = await paid_model.ask("/v1/payments", amount="7.00", limit=1)
    assert (first["items"], first["next"] is None) == ([], False)
    rare: dict[str, Any] = {"amount": "7.00", "limit": 1, "supplier": supplier()}
    for sort in ("-payment_date", "payment_date", "amount"):
        assert await amounts_of(paid_model, **rare, sort=sort) == ["7.00", "7.00"]


@pytest.mark.parametrize("officer", [False, True])
async def test_names_withheld_are_so_in_every_form(paid_model: Model, *, officer: bool) -> None:
    scopes = ("payments:read", *(("personal:read",) if officer else ()))
    asked: dict[str, Any] = {"token": token(*scopes, buyers=[ICB]), "sort": "payment_date"}
    page = await paid_model.ask("/v1/payments", **asked)
    sheet = await paid_model.ask_sheet("/v1/payments", **asked)
    lines = (await paid_model.ask_file("/v1/payments", NDJSON_TYPE, **asked)).text
    parquet = (await paid_model.ask_file("/v1/payments", PARQUET_TYPE, **asked)).content
    assert [json.loads(line) for line in lines.splitlines()] == page["items"]
    for line in lines.splitlines():
        PaymentAnswer.model_validate_json(line)
    rows = pq.read_table(io.BytesIO(parquet)).to_pylist()
    payees = [item["payee"] for item in page["items"]]
    assert payees[-1] == (PERSON if officer else None)
    assert [row["payee"] for row in rows] == payees
    assert [row["payee"] or None for row in sheet] == payees
    assert [str(row["amount"]) for row in rows] == [item["amount"] for item in page["items"]]
    assert sheet[0]["reference"] == "'=INV 0"
    assert (PERSON in lines) is officer


@pytest.mark.parametrize(
    ("path", "model_of_items", "query"),
    [
        ("/v1/transactions", TransactionAnswer, {}),
        ("/v1/agreements", AgreementAnswer, {}),
        ("/v1/renewals", RenewalAnswer, {"before": "2099-01-01"}),
        ("/v1/notices", NoticeItem, {"state": "served"}),
    ],
)
async def test_every_list_is_had_whole_as_its_pages_have_it(
    model: Model, path: str, model_of_items: type[Answer], query: dict[str, Any]
) -> None:
    await model.project(
        *(registered(f"WY-{n}") for n in range(3)),
        *(notice(1, f"WY-{n}") for n in range(3)),
        *(paid(n, 26_000_00, f"2024-04-0{1 + n}", transaction=f"T{n}") for n in range(3)),
    )
    items = (await model.ask(path, **query))["items"]
    assert len(items) == 3
    lines = (await model.ask_file(path, NDJSON_TYPE, **query)).text.splitlines()
    assert [json.loads(line) for line in lines] == items
    for line in lines:
        model_of_items.model_validate_json(line)
    rows = pq.read_table(io.BytesIO((await model.ask_file(path, PARQUET_TYPE, **query)).content))
    sheet = await model.ask_sheet(path, **query)
    assert list(sheet[0]) == rows.column_names
    assert [row["buyer"] for row in sheet] == rows.column("buyer").to_pylist() == [ICB] * 3
    assert (await model.ask(path, **query, limit=2))["next"] is not None
    tag = (await model._get(path, None, query)).headers["etag"]
    again = await model._get(path, None, query, **{"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await model.ask(path, **query, fields="buyer"))["items"] == [{"buyer": ICB}] * 3


async def test_only_the_fields_that_are_asked_for_in_that_order(paid_model: Model) -> None:
    asked: dict[str, Any] = {"fields": "amount,payee,amount", "buyer": LEEDS}
    page = await paid_model.ask("/v1/payments", **asked)
    sheet = await paid_model.ask_sheet("/v1/payments", **asked)
    lines = (await paid_model.ask_file("/v1/payments", NDJSON_TYPE, **asked)).text.splitlines()
    for items in (page["items"], sheet, [json.loads(line) for line in lines]):
        assert [list(item) for item in items] == [["amount", "payee"]] * 2
    parquet = (await paid_model.ask_file("/v1/payments", PARQUET_TYPE, **asked)).content
    assert pq.read_table(io.BytesIO(parquet)).column_names == ["amount", "payee"]
    said = await paid_model.ask("/v1/payments", fields="pence", status=422)
    assert "'pence' is no field; known are: payment_id, buyer" in said["detail"]


async def test_a_whole_list_is_not_sent_again_while_nothing_was_written(
    paid_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = (await paid_model.ask_file("/v1/payments", CSV_TYPE)).headers["etag"]
    assert tag.startswith("W/")
    for media_type in (NDJSON_TYPE, PARQUET_TYPE):
        other = await paid_model.ask_file("/v1/payments", media_type)
        assert other.headers["etag"] != tag

    async def same(_: Any) -> list[str]:
        return ["whatever else is written to the database of the tests"]

    monkeypatch.setattr(whole_list, "_moment", same)
    tag = (await paid_model.ask_file("/v1/payments", CSV_TYPE)).headers["etag"]
    for asked, status in (({}, 304), ({"fields": "amount"}, 200), ({"buyer": LEEDS}, 200)):
        headers = {"if-none-match": tag}
        again = await paid_model._get("/v1/payments", None, asked, CSV_TYPE, **headers)
        assert (again.status_code, again.content == b"") == (status, status == 304)
    monkeypatch.undo()
    tag = (await paid_model.ask_file("/v1/payments", CSV_TYPE)).headers["etag"]
    await paid_model.project(paid(9, 1, "2024-05-01"))
    assert (await paid_model.ask_file("/v1/payments", CSV_TYPE)).headers["etag"] != tag


async def test_a_tag_stays_while_what_is_answered_stays_and_a_file_s_never_longer(
    paid_model: Model,
) -> None:
    of_leeds: dict[str, Any] = {"buyer": LEEDS, "supplier": supplier()}

    async def tags(path: str) -> tuple[str, str]:
        page, file = [
            await paid_model._get(path, None, of_leeds if "pay" in path else {"buyer": LEEDS}, form)
            for form in ("*/*", CSV_TYPE)
        ]
        return page.headers["etag"], file.headers["etag"]

    async def changed(*facts: Any) -> list[tuple[bool, bool]]:
        paths = ("/v1/payments", "/v1/suppliers")
        before = [await tags(path) for path in paths]
        await paid_model.project(*facts)
        after = [await tags(path) for path in paths]
        return [(a[0] != b[0], a[1] != b[1]) for a, b in zip(before, after, strict=True)]

    await paid_model.project(paid(20, 1_00, "2024-05-01", payee="ICB ONLY LTD", buyer=ICB))
    of_another = classified("ICB ONLY LTD", organisation="GB-COH-02787912")
    # A file is not made to find its tag: whatever is written may have changed it.
    assert await changed(of_another) == [(False, True)] * 2
    assert (
        await changed(classified(revision=2, organisation="GB-CHC-1234567")) == [(True, True)] * 2
    )


async def in_progress(model: Model) -> int:
    async with model.engine.connect() as connection:
        statement = (
            "select count(*) from pg_stat_activity where application_name ="
            " current_setting('application_name') and pid <> pg_backend_pid()"
            " and state <> 'idle' and query <> ''"
        )
        return int(await connection.scalar(text(statement)) or 0)


async def test_a_client_that_goes_away_ends_the_statement(
    paid_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_BYTES_AT_ONCE", 1)
    gone = asyncio.Event()
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))
        if len(sent) == 4:  # the head, the header and the first rows
            assert await in_progress(paid_model) == 1
            gone.set()
            await asyncio.sleep(30)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/v1/payments",
        "query_string": b"",
        "headers": [(b"accept", CSV_TYPE.encode())],
    }
    app = paid_model.app(None)
    for _ in range(4):  # more often than there are turns
        sent.clear()
        gone.clear()
        async with asyncio.timeout(10):
            await app(scope, receive, send)
        assert len(sent) == 4
        assert await in_progress(paid_model) == 0


async def test_so_many_whole_lists_at_a_time_and_no_more(
    paid_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Door, "files", Turns("files are sent", 0, in_line=0))
    monkeypatch.setattr(paid_model, "apps", {})  # this door is made so, and no other test's
    refused = await paid_model._get("/v1/payments", None, {}, CSV_TYPE)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert "0 files are sent at a time" in refused.json()["detail"]
    assert await paid_model.ask("/v1/payments", limit=1), "pages are answered meanwhile"
