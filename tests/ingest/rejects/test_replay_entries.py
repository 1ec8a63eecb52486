"""Rejected rows of lists of agreements: exported, corrected, sent back, and in the register."""

import json
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.ingest.agreement_files.test_import_agreements import (
    HOSPICE,
    ROWS,
    bring,
    facts,
    release,
    write_register,
)
from tests.ingest.routes.test_dismissals import accounts, rejects
from tests.ingest.routes.test_reject_corrections import WHO, correct, edited, export
from tests.ingest.said import terms

CORRECTED = {
    "LCC/3": {"Start Date": "01/10/2025", "Annual Value": "9,000"},
    "LCC/4": {"Current end date": "30/09/2026"},
    "LCC/5": {"dismiss because": "never agreed"},
}


def mend(row: dict[str, str]) -> None:
    row.update(CORRECTED[row["Contract Ref:"]])


async def test_rows_of_a_register_are_corrected_where_they_were_rejected(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_register(tmp_path, ROWS, "register_2026-04.csv"))
    sheet = await export(door, import_id=run.import_id)
    done = await correct(door, edited(sheet, mend))
    assert (done["accepted"], done["dismissed"], done["rejected"]) == (2, 1, 0), done
    registered = {data["reference"]: data for _, data in await facts(engine)}
    assert registered["LCC/3"]["start"] == "2025-10-01"
    assert registered["LCC/3"]["lines"][0]["annual_amount_pence"] == 900_000
    assert registered["LCC/4"]["end"] == "2026-09-30"
    read, counted, _ = await accounts(door, run.import_id)
    assert (read, counted) == (7, {"accepted": 2, "rejected": 0, "dismissed": 1})
    shown = (await door.get(f"/v1/imports/{run.import_id}")).json()
    assert shown["corrected"]["accepted"] == {"rows": 2, "pounds": "9009.00"}
    # What the publisher corrects the same way later is known.
    mended = [tuple(row) for row in ROWS[:2]]
    mended += [("LCC/3", "Befriending", "Age UK Leeds", "01/10/2025", *ROWS[2][4:7], "9,000")]
    mended += [("LCC/4", *ROWS[3][1:4], "30/09/2026", *ROWS[3][5:])]
    later = await bring(engine, write_register(tmp_path, mended, "register_2026-05.csv"))
    assert (later.tally.accepted.rows, later.tally.already_known.rows) == (0, 4)


async def test_a_row_that_is_still_none_stays_open_and_one_reference_is_one_agreement(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_register(tmp_path, ROWS[:4], "register_2026-04.csv"))
    no_start, no_end = sorted(await rejects(door, "open"), key=lambda reject: reject["row"])
    for reject, row, field in [
        (no_end, {"Current end date": "31/02/2026"}, "end"),
        (no_start, {"Contract Ref:": HOSPICE[0], "Start Date": "01/01/2026"}, "reference"),
        (no_start, {"Nothing": "x"}, "Nothing"),
    ]:
        address = f"/v1/rejects/{reject['reject_id']}/correction"
        sent = await door.post(address, json={"row": row, **WHO})
        assert (sent.status_code, sent.json()["errors"][0]["field"]) == (422, field), sent.text
    assert len(await rejects(door, "open")) == 2, "no second reject is made of one"
    assert len(await facts(engine)) == 2


async def test_a_release_is_corrected_by_the_members_of_its_document(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    document: dict[str, Any] = release("2025-03-01", "2027-03-31")
    document["contracts"][0]["period"]["endDate"] = "2024-01-01T00:00:00Z"
    path = tmp_path / "release.jsonl"
    path.write_text(json.dumps(document), encoding="utf-8")
    run = await bring(engine, path)
    assert run.tally.rejected.rows == 1
    contracts = release("2025-03-01", "2027-03-31")["contracts"]

    def edit(row: dict[str, str]) -> None:
        row["contracts"] = json.dumps(contracts)

    done = await correct(door, edited(await export(door), edit))
    assert (done["accepted"], done["rejected_again"]) == (1, [])
    [(_, data)] = await facts(engine)
    assert data["end"] == "2027-03-31"


async def test_a_posted_agreement_goes_through_the_posting_path(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    bad = [{"id": "1", **terms(start="2024-04-31")}]
    await door.post("/v1/agreements", json=bad, headers={"idempotency-key": "k"})

    def edit(row: dict[str, str]) -> None:
        row["start"] = "2024-04-01"

    done = await correct(door, edited(await export(door), edit))
    assert done["accepted"] == 1, done
    assert [data["start"] for _, data in await facts(engine)] == ["2024-04-01"]
