"""Rejects that are no payment: dismissed with a reason, told apart, and opened again."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.routes.test_reject_corrections import (
    LINES,
    WHO,
    bring,
    correct,
    edited,
    export,
    mended,
)
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.routes.test_taking_back import GIVEN_UP, change, content, cut_after, cut_short
from tests.ingest.said import payment

__all__ = ["cut_after"]
WHY = {"reason": "a note of the publisher, no payment", **WHO}


async def rejects(door: httpx.AsyncClient, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await door.get(f"/v1/rejects?state={state}")).json()["rejects"]
    return found


async def accounts(door: httpx.AsyncClient, import_id: str) -> tuple[int, dict[str, int], str]:
    """Rows read, the rows of each outcome, which add up to them, and the pounds still open."""
    shown = (await door.get(f"/v1/imports/{import_id}")).json()
    counted = {name: shown[name]["rows"] for name in ("accepted", "rejected", "dismissed")}
    used = [each["rows"] for each in shown["corrected"].values()]
    skipped = [each["rows"] for each in shown["skipped_by_kind"].values()]
    parts = [*counted.values(), *used, *skipped, shown["already_known"]["rows"]]
    assert sum(parts) == shown["read"]
    return shown["read"], counted, shown["rejected"]["pounds"]


async def test_a_dismissed_reject_is_counted_apart_and_opened_again(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, LINES))
    [wrong_day, *_] = await rejects(door, "open")
    address = f"/v1/rejects/{wrong_day['reject_id']}"
    assert await accounts(door, run.import_id) == (
        5,
        {"accepted": 1, "rejected": 3, "dismissed": 0},
        "20.00",
    )
    done = await door.post(f"{address}/dismissal", json=WHY)
    assert (done.status_code, done.json()["outcome"]) == (200, "dismissed")
    assert await accounts(door, run.import_id) == (
        5,
        {"accepted": 1, "rejected": 2, "dismissed": 1},
        "0.00",
    )
    shown = (await door.get(f"/v1/imports/{run.import_id}")).json()
    assert shown["dismissed"]["pounds"] == "20.00"
    assert len(await rejects(door, "open")) == 2
    [told] = await rejects(door, "dismissed")
    assert (told["corrected_by"], told["reason"]) == (WHO["who"], wrong_day["reason"])
    assert (await door.post(f"{address}/dismissal", json=WHY)).status_code == 409
    mend = {"row": {"payment_date": "2024-04-30"}, **WHO}
    assert (await door.post(f"{address}/correction", json=mend)).status_code == 409

    assert (await door.post(f"{address}/reopening", json=WHY)).json()["outcome"] == "reopened"
    assert (await door.post(f"{address}/reopening", json=WHY)).status_code == 409
    assert len(await rejects(door, "open")) == 3
    assert (await door.post(f"{address}/correction", json=mend)).json()["outcome"] == "accepted"
    history = (await door.get(f"{address}/corrections")).json()
    assert [each["outcome"] for each in history] == ["dismissed", "reopened", "accepted"]
    assert history[0]["reason"] == WHY["reason"]
    assert (await accounts(door, run.import_id))[1] == {
        "accepted": 1,
        "rejected": 2,
        "dismissed": 0,
    }


async def test_a_spreadsheet_corrects_some_and_dismisses_others(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, LINES))

    def edit(row: dict[str, str]) -> None:
        mended(row)
        if row["amount"] == "many":
            row["dismiss because"] = "a note, no payment"

    sheet = edited(await export(door), edit)
    done = await correct(door, sheet)
    assert (done["accepted"], done["dismissed"], done["rejected"]) == (2, 1, 0)
    assert (await correct(door, sheet))["already_settled"] == 3
    assert await rejects(door, "open") == []


async def test_a_record_is_dismissed_by_who_may_see_it(locked_door: httpx.AsyncClient) -> None:
    officer = bearer("ingest:write", "personal:read")
    bad = [{"id": "1", **payment(payee=None)}]
    key = {"idempotency-key": "k"}
    await locked_door.post("/v1/payments", json=bad, headers=officer | key)
    [reject] = (await locked_door.get("/v1/rejects", headers=officer)).json()["rejects"]
    address = f"/v1/rejects/{reject['reject_id']}/dismissal"
    said = {"reason": "sent by mistake"}
    blind = await locked_door.post(address, json=said, headers=bearer("ingest:write"))
    assert blind.status_code == 403
    others = bearer("ingest:write", "personal:read", buyers=["GB-LAE-CLD"])
    assert (await locked_door.post(address, json=said, headers=others)).status_code == 404
    assert (await locked_door.post(address, json=said, headers=officer)).status_code == 200


async def test_rejects_of_an_import_that_was_given_up_are_open_no_more(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: pytest.MonkeyPatch
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    reject, _ = await rejects(door, "open")
    path = f"/v1/rejects/{reject['reject_id']}/dismissal"
    assert (await door.post(path, json=WHY)).status_code == 409, "its file is being imported"
    await door.post(f"{address}/taking-back", json=GIVEN_UP)
    assert await rejects(door, "open") == []
    assert len(await rejects(door, "dropped")) == 2
    assert (await door.post(path, json=WHY)).status_code == 422


async def test_a_row_of_a_sheet_that_is_read_no_more_is_dismissed_all_the_same(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, LINES))
    await change(engine, "update imports set shapes = '[]'")
    [wrong_day, *_] = await rejects(door, "open")
    done = await door.post(f"/v1/rejects/{wrong_day['reject_id']}/dismissal", json=WHY)
    assert done.json()["outcome"] == "dismissed"
    shown = (await door.get(f"/v1/imports/{run.import_id}")).json()
    assert (shown["dismissed"]["rows"], shown["rejected"]["rows"]) == (1, 2)
