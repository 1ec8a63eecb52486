"""Corrections of payments: every revision kept, the last one counts, each published once."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.keyed_ids import supplier_id
from shared.access import issue_token
from shared.database import begin
from shared.envelope import read_published
from shared.events import PaymentCorrected
from shared.identity import partition_key
from tests.ingest.conftest import KEY
from tests.ingest.said import outbox_of, payment, rows_of

REASON = "Keyed 1,250.00; the invoice says 1,205.00"


async def posted(door: httpx.AsyncClient, headers: dict[str, str] | None = None) -> str:
    key = {"Idempotency-Key": "first"} | (headers or {})
    answer = await door.post("/v1/payments", json={"id": "1", **payment()}, headers=key)
    [payment_id] = answer.json()["payment_ids"]
    return f"/v1/payments/{payment_id}/corrections"


def correction(revision: int = 0, who: str | None = "A Clerk", **changes: Any) -> dict[str, Any]:
    given = {"revision": revision, "reason": REASON, "changes": changes}
    return given if who is None else given | {"who": who}


async def corrected(engine: AsyncEngine) -> list[tuple[bytes, PaymentCorrected]]:
    return [
        (key, read_published(PaymentCorrected, data))
        for _, _, key, headers, data in await outbox_of(engine)
        if headers["ce_type"] == PaymentCorrected.TYPE.encode()
    ]


async def test_a_corrected_amount_is_a_revision_with_who_and_why(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    path = await posted(door)
    for _ in range(2):  # the answer got lost, and it was sent again
        answer = await door.post(path, json=correction(amount="1,205.00"))
        assert answer.status_code == 200, answer.text
        assert [each["amount"] for each in answer.json()["revisions"]] == ["1250.00", "1205.00"]
    assert (await door.get(path)).json() == answer.json()
    last = answer.json()["revisions"][-1]
    assert (last["why"], last["reason"], last["who"]) == ("officer", REASON, "A Clerk")
    [*_, (_, _, _, _, published)] = await outbox_of(engine)
    assert b"A Clerk" not in published
    assert REASON.encode() not in published
    [(key, fact)] = await corrected(engine)
    assert key == partition_key(supplier_id("Leeds Mind"))
    assert (fact.revision, fact.amount_pence, fact.why) == (1, 120_500, "officer")
    assert fact.replaced is not None
    assert fact.replaced.amount_pence == 125_000
    [kept] = await rows_of(engine, "select amount_pence from payments")
    assert kept.amount_pence == 125_000


async def test_another_payee_is_told_to_both_suppliers(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    path = await posted(door)
    assert (await door.post(path, json=correction(payee="Leeds MIND CIC"))).status_code == 200
    (one, fact), (other, same) = await corrected(engine)
    assert fact == same
    keys = [partition_key(supplier_id(payee)) for payee in ("Leeds Mind", "Leeds MIND CIC")]
    assert sorted([one, other]) == sorted(keys)


async def test_a_withdrawn_payment_counts_nowhere_until_it_is_stated_again(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    path = await posted(door)
    for revision, withdrawn in ((0, True), (1, False)):
        given = correction(revision) | {"withdrawn": withdrawn}
        assert (await door.post(path, json=given)).status_code == 200
    (_, gone), (_, back) = await corrected(engine)
    assert (gone.withdrawn, gone.replaced is None, gone.amount_pence) == (True, False, 125_000)
    assert (back.withdrawn, back.replaced, back.revision) == (False, None, 2)


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    (correction(amount="1,250.00"), 422, "changes nothing"),
    (correction(amount="a lot"), 422, "amount"),
    (correction(payment_date="31/04/2024"), 422, "payment_date"),
    (correction(payee=None), 422, "payee is missing"),
    (correction(buyer="GB-LAE-CLD"), 422, "buyer"),
    (correction(payment_date="1950-04-01"), 422, "payment_date"),
    (correction(3, amount="1"), 409, "stands at revision 0"),
    (correction(who=None, amount="1"), 422, "who"),
]


async def test_what_can_not_be_is_refused_with_the_reason(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    path = await posted(door)
    for given, status, said in REFUSED:
        answer = await door.post(path, json=given)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert await corrected(engine) == []


async def test_half_a_character_is_refused_with_its_field(door: httpx.AsyncClient) -> None:
    path = await posted(door)
    sent = json.dumps(correction(payee="\ud800x"))  # as "\\ud800x" in JSON
    answer = await door.post(path, content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "payee" in answer.text


async def test_of_two_officers_the_second_hears_that_it_was_corrected_meanwhile(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    path = await posted(door)
    sent = [door.post(path, json=correction(amount=f"1,20{n}.00")) for n in range(4)]
    answers = await asyncio.gather(*sent)
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert len(await corrected(engine)) == 1
    nobody = "/v1/payments/00000000-0000-5000-8000-000000000000/corrections"
    assert (await door.post(nobody, json=correction(amount="1"))).status_code == 404


async def test_a_token_names_who_corrects_and_for_which_buyer(
    locked_door: httpx.AsyncClient,
) -> None:
    def officer(*scopes: str, buyer: str = "GB-LAE-LDS", name: str = "a.clerk") -> dict[str, str]:
        token = issue_token(KEY, name, list(scopes), datetime.now(UTC), buyers=[buyer])
        return {"authorization": f"Bearer {token}"}

    path = await posted(locked_door, officer("ingest:write"))
    given = correction(who=None, amount="1,205.00")

    async def status(headers: dict[str, str]) -> int:
        return (await locked_door.post(path, json=given, headers=headers)).status_code

    assert await status(officer("ingest:write")) == 403
    assert await status(officer("payments:write", buyer="GB-LAE-CLD")) == 403
    assert await status(officer("payments:write", name="x" * 201)) == 422
    assert await status(officer("payments:write")) == 200
    seen = (await locked_door.get(path, headers=officer("payments:write"))).json()
    assert (seen["withheld"], seen["revisions"][1]["payee"]) == (True, None)
    assert seen["revisions"][1]["who"] == "a.clerk"
    seen = (await locked_door.get(path, headers=officer("payments:write", "personal:read"))).json()
    assert (seen["withheld"], seen["revisions"][1]["payee"]) == (False, "Leeds Mind")


async def test_a_revision_that_is_kept_can_not_be_changed(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await door.post(await posted(door), json=correction(amount="1,205.00"))
    with pytest.raises(DBAPIError, match="kept as they are"):
        async with begin(engine) as tx:
            await tx.execute(text("update payment_revisions set amount_pence = 1"))


async def test_a_field_beside_changes_is_told_where_it_stands(door: httpx.AsyncClient) -> None:
    path = await posted(door)
    given = {"revision": 0, "reason": REASON, "who": "A Clerk", "amount": "1,205.00"}
    answer = await door.post(path, json=given)
    assert answer.status_code == 422
    assert 'under changes: "changes": {"amount": ...}' in answer.json()["detail"]
