"""GET /v1/payments: single payments, the newest first, by cursors that inserts do not disturb."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from services.api.queries.point_reads import PointReads
from services.api.routes.payments.payment_answer import PaymentDetail, PaymentPage
from tests.api.conftest import Model, token
from tests.api.facts import (
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

OFFICER = token("payments:read", "personal:read")


async def pages(model: Model, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/payments", **query, **cursor)
        PaymentPage.model_validate_json(json.dumps(page))
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_a_payment_says_under_which_definitions_it_counts_on_its_day(model: Model) -> None:
    payment = paid(1, -12_345_67, "2015-06-09", reference="INV 1", place="Leeds")
    await model.project(
        classified(memberships=[member(until="2015-06-09"), member("2016-01-01", None, "ci")]),
        payment,
    )
    answer = await model.ask(f"/v1/payments/{payment.payment_id}")
    PaymentDetail.model_validate_json(json.dumps(answer))
    assert answer["amount"] == "-12345.67"
    assert answer["payment_date"] == "2015-06-09"
    assert (answer["payee"], answer["reference"], answer["place"]) == (HOSPICE, "INV 1", "Leeds")
    assert answer["definitions"] == ["registered-charity"]
    assert answer["organisation"] == "GB-CHC-9000001"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/payments/0b8e3c5e-5f0e-5a52-9f0a-4a8d2f6f9a11", 404, "no payment is known"),
        ("/v1/payments/1", 422, "payment_id: must be an id such as 0c1f7f5e"),
        ("/v1/payments?limit=501", 422, "limit: must be 500 or less"),
        ("/v1/payments?supplier=x", 422, "supplier: must be an id such as 0c1f7f5e"),
        ("/v1/payments?payee=x", 422, "known are: amount, buyer, coverage, cursor, fields, from"),
        ("/v1/payments?from=2024-02-02&to=2024-02-01", 422, "`from` is after `to`"),
        ("/v1/payments?without=amount", 422, "known are: reference, transaction, unit"),
        ("/v1/payments?coverage=auto", 422, "known are: matched, review, unmatched"),
        ("/v1/payments?amount=1.234", 422, "amount is not an amount of pounds such as 1234.56"),
    ],
)
async def test_errors_say_what_is_wrong(model: Model, path: str, status: int, said: str) -> None:
    assert said in (await model.ask(path, status=status))["detail"]


async def test_pages_neither_skip_nor_repeat_while_payments_arrive(model: Model) -> None:
    first = [paid(n, n, f"2024-04-{1 + n % 5:02}", buyer=[ICB, LEEDS][n % 2]) for n in range(40)]
    await model.project(*first)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for number in range(100):
        page = await model.ask("/v1/payments", limit=3, **cursor)
        seen += [item["payment_id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
        await model.project(paid(1000 + number, 1, "2024-05-01"))
    newest_first = sorted(
        first, key=lambda payment: (payment.payment_date, payment.payment_id), reverse=True
    )
    assert seen == [str(payment.payment_id) for payment in newest_first]


async def test_lists_are_cut_by_buyer_supplier_and_day(model: Model) -> None:
    await model.project(
        classified(),
        *(paid(n, n, f"2024-04-{1 + n:02}", payee=HOSPICE) for n in range(9)),
        *(paid(n, n, f"2024-04-{1 + n:02}", payee=PERSON, buyer=LEEDS) for n in range(9)),
    )
    for query, count in (
        ({}, 18),
        ({"buyer": LEEDS}, 9),
        ({"supplier": withheld(buyer=LEEDS)}, 9),
        ({"supplier": withheld(buyer=LEEDS), "buyer": ICB}, 0),
        ({"from_": "2024-04-03", "to": "2024-04-04"}, 4),
        ({"from_": "2024-04-03", "to": "2024-04-04", "supplier": str(supplier())}, 2),
    ):
        found = await pages(model, limit=2, **query)
        assert len(found) == count, query
        assert found == sorted(found, key=lambda p: (p["payment_date"], p["payment_id"]))[::-1]


async def test_a_cursor_is_good_for_its_own_question_only(model: Model) -> None:
    await model.project(*(paid(n, n) for n in range(3)))
    cursor = (await model.ask("/v1/payments", limit=1, buyer=ICB))["next"]
    middle = len(cursor) // 2
    tampered = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1 :]
    for query in (
        {"cursor": tampered, "buyer": ICB},
        {"cursor": cursor, "buyer": LEEDS},
        {"cursor": cursor},
        {"cursor": "nonsense", "buyer": ICB},
        {"cursor": "", "buyer": ICB},
        {"cursor": "é", "buyer": ICB},
    ):
        problem = await model.ask("/v1/payments", status=422, **query)
        assert problem["errors"][0]["field"] == "cursor"
    assert await model.ask("/v1/payments", limit=2, buyer=ICB, cursor=cursor)
    await model.ask("/v1/agreements", status=422, cursor=cursor)


async def test_a_payment_seen_before_its_supplier_awaits_classification(model: Model) -> None:
    payment = paid(1)
    await model.project(payment)
    answer = await model.ask(f"/v1/payments/{payment.payment_id}")
    assert (answer["tier"], answer["withheld"], answer["payee"]) == (None, True, None)
    assert answer["supplier_id"] == withheld(HOSPICE)
    await model.project(classified())
    answer = await model.ask(f"/v1/payments/{payment.payment_id}")
    assert (answer["tier"], answer["withheld"], answer["payee"]) == ("auto", False, HOSPICE)
    assert answer["supplier_id"] == str(supplier())
    await model.project(unmatched(HOSPICE, revision=2))
    assert (await model.ask(f"/v1/payments/{payment.payment_id}"))["payee"] is None


async def test_a_read_survives_the_loss_of_an_idle_connection(model: Model) -> None:
    payment = paid(1)
    await model.project(payment)
    path = f"/v1/payments/{payment.payment_id}"
    await model.ask(path)
    async with model.engine.begin() as tx:
        await tx.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = current_setting('application_name')"
                " and pid <> pg_backend_pid()"
            )
        )
    assert (await model.ask(path))["payment_id"] == str(payment.payment_id)


async def test_reads_by_key_wait_for_their_turn_and_keep_no_more_than_their_connections(
    model: Model,
) -> None:
    reads = PointReads(model.engine, 2)
    slow = "select pg_sleep(0.01), $1::int as n"
    rows = await asyncio.gather(*(reads.fetchrow(slow, n) for n in range(20)))
    assert [row["n"] for row in rows] == list(range(20))
    assert model.engine.pool.status().endswith("Current Checked out connections: 2")
    for _ in range(3):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reads.fetchrow("select pg_sleep($1)", 30.0), 0.05)
    assert (await reads.fetchrow(slow, 7))["n"] == 7, "what was given up holds no turn"
    await reads.close()
    assert model.engine.pool.status().endswith("Current Checked out connections: 0")


@pytest.mark.parametrize(
    ("query", "pence"),
    [
        ({"without": "unit"}, [-2000_00, 50_00]),
        ({"without": "unit,reference"}, [50_00]),
        ({"unit": "Leeds"}, [0, 1000_00, 50_00]),
        ({"coverage": ["review", "awaiting"], "token": OFFICER}, [50_00]),
        ({"coverage": ["review", "awaiting"]}, []),
        ({"coverage": "unmatched"}, [50_00]),
        ({"coverage": "matched", "amount": "50.00"}, [50_00]),
        ({"amount": "-2,000"}, [-2000_00]),
        ({"whole_thousands": "true"}, [-2000_00, 1000_00]),
    ],
)
async def test_lists_are_narrowed_by_what_a_quality_report_finds(
    model: Model, query: dict[str, Any], pence: list[int]
) -> None:
    await model.project(
        classified(),
        paid(1, 50_00, payee=PERSON),
        paid(2, 50_00, unit="Leeds"),
        paid(3, 1000_00, unit="Leeds"),
        paid(4, -2000_00, reference="CN 4"),
        paid(5, 0, unit="Leeds", reference="INV 5"),
    )
    for more in ({}, {"buyer": ICB}):
        found = await pages(model, limit=2, **query, **more)
        assert sorted(each["amount"] for each in found) == sorted(f"{n // 100}.00" for n in pence)


async def test_a_cursor_is_of_its_filters(model: Model) -> None:
    await model.project(*(paid(number, 100 + number) for number in range(3)))
    page = await model.ask("/v1/payments", limit=1, without="unit")
    asked = {"cursor": page["next"], "without": "purpose"}
    refused = await model.ask("/v1/payments", status=422, **asked)
    assert "cursor is none of this list with these filters" in refused["detail"]
