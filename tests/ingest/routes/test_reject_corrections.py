"""One body's rejects reviewed: exported, corrected, brought back, and counted at last."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import orjson
import pytest
from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.arrivals.read_records import read_payments
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.payments.post_payments import post_payments
from services.ingest.rejects.reject_cells import (
    Record,
    corrected_record,
    corrected_row,
    record_cells,
    row_cells,
)
from services.ingest.routes.reject_spreadsheet import XLSX_TYPE
from shared.door.accepted import CSV_TYPE
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.said import NOW, binary, buyers_of, payment, published_data, rows_of

WHO = {"who": "Finance officer"}
LINES = [
    "2024-04-30,12.50,Adults,Leeds Mind",
    "2024-04-31,20.00,Adults,Leeds Mind",
    "2024-05-01,,Adults,=cmd|'/c calc'!A1",
    "2024-05-02,many,Adults,Leeds Mind",
]


async def bring(engine: AsyncEngine, path: Path) -> Run:
    return await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)


async def export(door: httpx.AsyncClient, kind: str = CSV_TYPE, **filters: str) -> bytes:
    got = await door.get("/v1/rejects", params=filters, headers={"accept": kind})
    assert got.status_code == 200, got.text
    return got.content


def edited(sheet: bytes, edit: Callable[[dict[str, str]], None]) -> bytes:
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    for row in rows:
        edit(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


async def correct(door: httpx.AsyncClient, sheet: bytes, name: str = "r.csv") -> dict[str, Any]:
    sent = await door.post("/v1/rejects/corrections", data=WHO, files={"file": (name, sheet)})
    assert sent.status_code == 200, sent.text
    said: dict[str, Any] = sent.json()
    return said


def mended(row: dict[str, str]) -> None:
    row["payment_date"] = row["payment_date"].replace("2024-04-31", "2024-04-30")
    row["amount"] = row["amount"] or "30.00"


async def test_a_review_settles_rejects_and_moves_the_totals(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, LINES))
    sheet = await export(door, import_id=run.import_id)
    assert b"\"'=cmd|'/c calc'!A1\"" in sheet or b"'=cmd|'/c calc'!A1" in sheet
    done = await correct(door, edited(sheet, mended))
    assert (done["accepted"], done["rejected"]) == (2, 1)
    [again] = done["rejected_again"]
    assert again["field"] == "amount"
    paid = await rows_of(engine, "select payee, amount_pence, source, source_id from payments")
    assert sorted((row.amount_pence, row.payee) for row in paid) == [
        (1250, "Leeds Mind"),
        (2000, "Leeds Mind"),
        (3000, "=cmd|'/c calc'!A1"),
    ]
    assert {row.source for row in paid} == {f"/files/{run.file_id}"}
    assert len(await published_data(engine, "payments.v1")) == 3
    shown = (await door.get(f"/v1/imports/{run.import_id}")).json()
    assert shown["rejected"]["rows"] == 1
    assert shown["corrected"]["accepted"] == {"rows": 2, "pounds": "50.00"}
    rows = (shown[name]["rows"] for name in ("accepted", "already_known", "rejected"))
    header = shown["skipped_by_kind"]["header"]["rows"]
    assert sum(rows) + 2 + header == shown["read"]
    settled = (await door.get("/v1/rejects?state=settled")).json()["rejects"]
    assert {each["corrected_by"] for each in settled} == {"Finance officer"}
    history = (await door.get(f"/v1/rejects/{settled[0]['reject_id']}/corrections")).json()
    assert history[0]["changes"] == {"payment_date": ["2024-04-31", "2024-04-30"]}
    once_more = await correct(door, edited(sheet, mended))
    assert (once_more["already_settled"], once_more["accepted"]) == (2, 0)


async def test_what_the_publisher_corrects_later_is_known(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    """Two real equal lines, one of which was printed wrong: corrected, it is the second."""
    twice = [LINES[0], "2024-04-30,x,Adults,Leeds Mind"]
    await bring(engine, write_csv(tmp_path, twice))

    def equal(row: dict[str, str]) -> None:
        row["amount"] = "12.50"

    sheet = await export(door)
    assert (await correct(door, edited(sheet, equal)))["accepted"] == 1
    assert len(await rows_of(engine, "select * from payments")) == 2
    again = await bring(engine, write_csv(tmp_path, [LINES[0], LINES[0]], "corrected.csv"))
    assert (again.tally.accepted.rows, again.tally.already_known.rows) == (0, 2)


async def test_a_line_that_an_earlier_file_has_is_not_counted_twice(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, [LINES[0], "2024-03-01,1,Adults,x"], "march.csv"))
    await bring(engine, write_csv(tmp_path, ["2024-04-30,x,Adults,Leeds Mind", "2024-06-01,2,,x"]))

    def equal(row: dict[str, str]) -> None:
        row["amount"] = "12.50"

    done = await correct(door, edited(await export(door), equal))
    assert (done["accepted"], done["already_known"]) == (0, 1)


async def test_a_spreadsheet_program_brings_rejects_back(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, LINES))
    book = openpyxl.load_workbook(io.BytesIO(await export(door, XLSX_TYPE, state="open")))
    sheet = book.active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}, "no formula"
    place = titles.index("amount") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, place).value = 30.5
    changed = tmp_path / "changed.xlsx"
    book.save(changed)
    done = await correct(door, changed.read_bytes(), "changed.xlsx")
    assert (done["accepted"], done["rejected"]) == (2, 1), "the date is still none"


async def test_one_reject_by_json_is_settled_once_and_rejected_again_with_the_new_reason(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, LINES[:2]))
    [reject] = (await door.get("/v1/rejects")).json()["rejects"]
    address = f"/v1/rejects/{reject['reject_id']}/correction"
    wrong = await door.post(address, json={"row": {"amount": "many"}, **WHO})
    assert wrong.status_code == 422
    both = {"payment_date": "2024-04-29", "amount": "many"}
    assert (await door.post(address, json={"row": both, **WHO})).status_code == 422
    [still] = (await door.get("/v1/rejects?state=open")).json()["rejects"]
    assert (still["field"], still["outcome"]) == ("amount", "rejected")
    last = {"row": {"amount": "20.00"}, **WHO}
    assert (await door.post(address, json={"row": {"amount": "1"}})).status_code == 422, "who?"
    done = await door.post(address, json=last)
    assert (done.status_code, done.json()["outcome"]) == (200, "accepted")
    assert (await door.post(address, json=last)).status_code == 409
    none = await door.post("/v1/rejects/none/correction", json=last)
    assert none.status_code == 404


async def test_records_of_http_go_through_the_posting_path(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    bad = [{"id": "1", **payment(amount_pence=None, amount="12,50x")}, {"id": "2", "buyer": "x"}]
    posted = await door.post("/v1/payments", json=bad, headers={"idempotency-key": "k"})
    assert posted.status_code == 422

    def fix(row: dict[str, str]) -> None:
        row["amount"] = "12.50" if row["amount"] else ""

    done = await correct(door, edited(await export(door), fix))
    assert (done["accepted"], done["rejected"]) == (1, 1)
    good = [{"id": "1", **payment(amount_pence=1250)}]
    again = await door.post("/v1/payments", json=good, headers={"idempotency-key": "l"})
    assert again.json()["already_known"] == 1, "the sender's own correction, under the same id"


async def test_a_record_of_kafka_goes_through_the_posting_path_under_its_own_id(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    value = orjson.dumps(payment(payee=None))
    record = ConsumerRecord(
        *("finance.payments", 0, 7, 0, 0, b"GB-LAE-LDS", value, None, 0, 1),
        tuple(binary("AP-1")),
    )
    buyers = await buyers_of(engine)
    first = await post_payments(engine, read_payments([record], buyers, NOW), buyers, NOW)
    [reject] = first.rejects
    address = f"/v1/rejects/{reject.id}/correction"
    done = await door.post(address, json={"row": {"payee": "Leeds Mind"}, **WHO})
    assert done.json()["outcome"] == "accepted", done.text
    again = replace(record, value=orjson.dumps(payment()))
    sent = await post_payments(engine, read_payments([again], buyers, NOW), buyers, NOW)
    assert (len(sent.already_known), sent.already_known[0].payment_id) == (
        1,
        done.json()["payment_id"],
    )


async def test_a_payment_of_a_wrong_type_is_told_the_type_of_payments(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    headers = [
        (name, b"payment.posted.v9" if name == "ce_type" else value)
        for name, value in binary("AP-1")
    ]
    record = ConsumerRecord(
        *("finance.payments", 0, 7, 0, 0, b"GB-LAE-LDS", orjson.dumps(payment()), None, 0, 1),
        tuple(headers),
    )
    buyers = await buyers_of(engine)
    first = await post_payments(engine, read_payments([record], buyers, NOW), buyers, NOW)
    [reject] = first.rejects
    address = f"/v1/rejects/{reject.id}/correction"
    wrong = await door.post(address, json={"row": {"ce_type": "payment.posted.v8"}, **WHO})
    assert wrong.json()["errors"][0]["reason"] == reject.reason
    assert "payment.posted.v1 is expected" in reject.reason
    done = await door.post(address, json={"row": {"ce_type": "payment.posted.v1"}, **WHO})
    assert done.json()["outcome"] == "accepted", done.text


async def test_who_may_not_see_names_corrects_nothing(
    locked_door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, LINES))
    own, officer = bearer("ingest:write"), bearer("ingest:write", "personal:read")
    csv_asked = {"accept": CSV_TYPE}
    assert (await locked_door.get("/v1/rejects", headers=own | csv_asked)).status_code == 403
    sheet = await locked_door.get("/v1/rejects", headers=officer | csv_asked)
    files = {"file": ("r.csv", edited(sheet.content, mended))}
    refused = await locked_door.post("/v1/rejects/corrections", files=files, headers=own)
    assert refused.status_code == 403
    other = bearer("ingest:write", "personal:read", buyers=["GB-LAE-CLD"])
    strange = await locked_door.post("/v1/rejects/corrections", files=files, headers=other)
    assert strange.json()["not_known"] == 3
    done = await locked_door.post("/v1/rejects/corrections", files=files, headers=officer)
    assert done.json()["accepted"] == 2
    assert {row.who for row in await rows_of(engine, "select who from reject_corrections")} == {"o"}


async def test_rejects_are_found_by_what_is_said_of_them(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, LINES))
    for query, count in [
        (f"import_id={run.import_id}", 3),
        ("import_id=00000000-0000-5000-8000-000000000000", 0),
        ("field=amount", 2),
        ("reason=IS%20BLANK", 1),
        ("since=2026-11-24T00:00:00Z", 0),
        ("until=2026-11-24T00:00:00Z&state=open", 3),
        ("state=settled", 0),
    ]:
        found = (await door.get(f"/v1/rejects?{query}")).json()["rejects"]
        assert len(found) == count, query


NAMES = ("Date", "", "Amount", "Amount")


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({}, ("2024-04-30", None, 12.5, 13)),
        ({"Amount": "1"}, ("2024-04-30", None, "1", 13)),
        ({"Amount (2)": "", "column 2": "x"}, ("2024-04-30", "x", 12.5, None)),
    ],
)
def test_a_row_keeps_what_was_not_changed(cells: dict[str, str], row: tuple[Any, ...]) -> None:
    kept = {"Date": "2024-04-30", "column 2": None, "Amount": 12.5, "Amount (2)": 13}
    content = orjson.dumps(kept)
    before = row_cells(content, NAMES)
    assert before == {"Date": "2024-04-30", "column 2": "", "Amount": "12.5", "Amount (2)": "13"}
    assert corrected_row(content, NAMES, before | cells) == row


def test_fields_beyond_the_columns_are_moved_or_taken_away() -> None:
    content = orjson.dumps({"Date": "x", "surplus": ["y", "z"]})
    before = row_cells(content, ("Date",))
    assert before == {"Date": "x", "surplus 1": "y", "surplus 2": "z"}
    gone = before | {"surplus 1": "", "surplus 2": ""}
    assert corrected_row(content, ("Date",), gone) == ("x",)


def test_members_of_a_record_are_cells() -> None:
    said = {"id": "1", "data": {"payee": "x", "amount_pence": 5, "lines": [{"a": 1}]}}
    headers: list[tuple[str, bytes | None]] = list(binary("9"))
    record = Record(orjson.dumps(said), headers)
    cells = record_cells(record, "unit")
    assert (cells["data.payee"], cells["data.unit"], cells["ce_id"]) == ("x", "", "9")
    cells |= {"data.amount_pence": "7", "data.unit": "Adults", "ce_id": "10", "data.payee": ""}
    content, headers = corrected_record(record, cells)
    assert orjson.loads(content) == {
        "id": "1",
        "data": {"amount_pence": 7, "lines": [{"a": 1}], "unit": "Adults"},
    }
    assert ("ce_id", b"10") in headers
