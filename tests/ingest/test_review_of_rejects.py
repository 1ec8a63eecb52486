"""The review of one body's rejects: exported, corrected, brought back, and the totals of `api`."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.main import Settings as ApiSettings
from services.api.main import build as build_api
from services.api.projections.payments import PAYMENTS as PROJECTION
from services.api.projections.projection import apply_records
from services.ingest.__main__ import app
from services.ingest.imports.import_file import import_file
from services.ingest.imports.tally import Tally
from shared.money import format_pounds, parse_pounds
from tests.conftest import MakeEngine
from tests.ingest.conftest import opened
from tests.ingest.said import NOW, outbox_of

LEEDS = "GB-LAE-LDS"
HEADER = (
    "Department Family,Entity,Date,Expense Type,Expense Area,Supplier,Transaction,AP Amount (£)"
)
LINES = [
    "DHSC,LEEDS CITY COUNCIL,30/04/2019,Hospices,End of life,EXAMPLE HOSPICE,1001,31250.00",
    "DHSC,LEEDS CITY COUNCIL,31/04/2019,Hospices,End of life,EXAMPLE HOSPICE,1002,28000.00",
    "DHSC,LEEDS CITY COUNCIL,30/05/2019,Cont Care,Continuing care,,1003,26400.50",
    "DHSC,LEEDS CITY COUNCIL,29/04/2019,Cont Care,Continuing care,EXAMPLE CARE,1004,2x6400.50",
    "DHSC,LEEDS CITY COUNCIL,29/05/2019,Cont Care,Continuing care,EXAMPLE CARE,1005,-1200.00",
    "DHSC,LEEDS CITY COUNCIL,29/05/2019,Cont Care,Continuing care,=1+1,1006,n/a",
]
MENDED = {
    "1002": ("Date", "30/04/2019"),
    "1003": ("Supplier", "EXAMPLE HOMECARE"),
    "1004": ("AP Amount (£)", "26,400.50"),
    "1006": ("dismiss because", "no amount was ever paid"),
}
BEFORE = {"2019-04": (1, "31250.00"), "2019-05": (1, "-1200.00")}
RESTATED = {"2019-04": (3, "85650.50"), "2019-05": (2, "25200.50")}


@pytest.fixture(autouse=True)
def _own_schema(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", f"{prefix}_ingest")


@pytest.fixture
async def read_model(engine_for: MakeEngine) -> AsyncEngine:
    return await engine_for("api")


@pytest.fixture
async def api(
    stack: Addresses, prefix: str, read_model: AsyncEngine
) -> AsyncIterator[httpx.AsyncClient]:
    """The doors of `api`, over the read model."""
    settings = ApiSettings(
        kafka=stack.kafka,
        database=stack.database,
        database_schema=f"{prefix}_api",
        topic_prefix=prefix,
        group_prefix=prefix,
    )
    async with opened(build_api(settings)) as client:
        yield client


async def run(*arguments: str) -> Any:
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


async def project(ingest: AsyncEngine, read_model: AsyncEngine) -> None:
    """Let the read model have all that ingest has published."""
    records = [
        ConsumerRecord(topic, 0, offset, 0, 0, key, data, None, 0, 0, tuple(headers.items()))
        for offset, (topic, _, key, headers, data) in enumerate(await outbox_of(ingest))
        if topic == PROJECTION.topic.name
    ]
    await apply_records(read_model, PROJECTION, records, NOW)


async def by_month(api: httpx.AsyncClient) -> dict[str, tuple[int, str]]:
    """Lines and pounds of each month, of which control totals and spend say the same."""
    totals = (await api.get("/v1/totals")).json()
    spend = (await api.get("/v1/spend", params={"group_by": "month"})).json()
    said = {row["month"]: (row["lines"], row["amount"]) for row in totals["rows"]}
    assert {row["month"]: (row["lines"], row["amount"]) for row in spend["rows"]} == said
    pence = sum(parse_pounds(amount) for _, amount in said.values())
    assert format_pounds(pence) == totals["amount"] == spend["amount"]
    return said


async def accounting(door: httpx.AsyncClient, import_id: str) -> Mapping[str, Any]:
    """What the import says became of its rows, which add up to those that were read."""
    shown: dict[str, Any] = (await door.get(f"/v1/imports/{import_id}")).json()
    parts = ("accepted", "already_known", "rejected", "dismissed")
    counts = [*(shown[name] for name in parts), *shown["corrected"].values()]
    counts += shown["skipped_by_kind"].values()
    assert sum(each["rows"] for each in counts) == shown["read"]
    return shown


def correct_sheet(path: Path) -> None:
    """What an officer does in a spreadsheet program: the reason beside each row, one cell each."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        assert sheet.cell(row, titles.index("reason") + 1).value
        column, value = MENDED[str(sheet.cell(row, titles.index("Transaction") + 1).value)]
        sheet.cell(row, titles.index(column) + 1).value = value
    book.save(path)


async def test_the_review_of_one_bodys_rejects(
    door: httpx.AsyncClient,
    engine: AsyncEngine,
    read_model: AsyncEngine,
    api: httpx.AsyncClient,
    tmp_path: Path,
) -> None:
    path = tmp_path / "april.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    [imported] = (await run("import", str(path), "--buyer", LEEDS, "--json"))["files"]
    import_id = imported["import_id"]
    assert (imported["read"], imported["accepted"], imported["rejected"]) == (7, 2, 4)
    await project(engine, read_model)
    assert await by_month(api) == BEFORE
    assert (await accounting(door, import_id))["rejected"] == {"rows": 4, "pounds": "54400.50"}

    for query, count in [("field=payment_date", 1), ("field=amount", 2), ("reason=blank", 1)]:
        found = (await door.get(f"/v1/rejects?import_id={import_id}&{query}")).json()["rejects"]
        assert len(found) == count, query
    out = tmp_path / "rejects.xlsx"
    await run("rejects", "export", "--import", import_id, "--out", str(out))
    await asyncio.to_thread(correct_sheet, out)
    done = await run("rejects", "correct", str(out), "--who", "A. Officer", "--json")
    assert done["outcomes"] == {"accepted": 3, "dismissed": 1}

    await project(engine, read_model)
    assert await by_month(api) == RESTATED
    shown = await accounting(door, import_id)
    assert shown["rejected"]["rows"] == 0
    assert shown["corrected"]["accepted"] == {"rows": 3, "pounds": "80801.00"}
    mended = [line.replace("31/04", "30/04").replace("2x6400", "26400") for line in LINES[:5]]
    mended[2] = mended[2].replace(",,", ",EXAMPLE HOMECARE,")
    path.with_name("corrected.csv").write_text("\n".join([HEADER, *mended]) + "\n", "utf-8")
    again = await run(
        "import", str(tmp_path / "corrected.csv"), "--buyer", LEEDS, "--json", "--quiet"
    )
    assert (again["total"]["accepted"], again["total"]["already_known"]) == (0, 5)
    [same] = (await run("import", str(path), "--buyer", LEEDS, "--json"))["files"]
    shown = await accounting(door, same["import_id"])
    assert same["rejected"] == shown["rejected"]["rows"] == 0
    assert same["rejected_and_since"]["corrected"] == {"rows": 3, "pounds": "80801.00"}
    assert same["rejected_and_since"]["dismissed"]["rows"] == shown["dismissed"]["rows"] == 1
    listed = (await run("imports", "list", "--buyer", LEEDS, "--json"))["imports"]
    assert {each["import_id"]: each["added"] for each in listed}.items() >= {
        (import_id, 5),  # two at once, three once they were corrected
        (same["import_id"], 0),
    }
    kept = tmp_path / "as it came.csv"
    await run("imports", "file", import_id, "--out", str(kept))
    assert kept.read_bytes() == path.read_bytes()


async def test_the_review_of_a_published_workbook(
    data: Path,
    door: httpx.AsyncClient,
    engine: AsyncEngine,
    read_model: AsyncEngine,
    api: httpx.AsyncClient,
    tmp_path: Path,
) -> None:
    """Two rows of 476 have no amount: one is given, the other said to be no payment."""
    path = data / "spend/nhs_over_25k_raw/HILL/HILL 00-03 - Nov 2019 to June 2020.xlsx"
    said = ("import", str(path), "--buyer", LEEDS, "--entity", "all", "--json")
    [imported] = (await run(*said))["files"]
    shown = await accounting(door, imported["import_id"])
    assert (shown["rejected"]["rows"], list(shown["rejected_by_reason"])) == (
        2,
        ["amount is blank"],
    )
    await project(engine, read_model)
    before = await by_month(api)
    out = tmp_path / "rejects.csv"
    await run("rejects", "export", "--import", shown["import_id"], "--out", str(out))
    with out.open(encoding="utf-8-sig", newline="") as file:
        one, other = rows = list(csv.DictReader(file))
    one[shown["sheets"][0]["columns"]["amount"]["header"]] = "30,000.00"
    other["dismiss because"] = "a note beside the table"
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, one)
        writer.writeheader()
        writer.writerows(rows)
    done = await run("rejects", "correct", str(out), "--who", "A. Officer", "--json")
    assert done["outcomes"] == {"accepted": 1, "dismissed": 1}, done
    await project(engine, read_model)
    after = await by_month(api)
    [month] = [month for month in after if after[month] != before.get(month)]
    lines, amount = before.get(month, (0, "0.00"))
    assert after[month] == (lines + 1, format_pounds(parse_pounds(amount) + 30_000_00))
    assert (await accounting(door, shown["import_id"]))["rejected"]["rows"] == 0


async def test_an_import_that_is_given_up_and_one_that_is_brought_anew_restate_the_totals(
    door: httpx.AsyncClient,
    engine: AsyncEngine,
    read_model: AsyncEngine,
    api: httpx.AsyncClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "april.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")

    def interrupt(done: int, _: Tally) -> None:
        if done == 4:
            raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr("services.ingest.imports.import_rows.BATCH_ROWS", 2)
        with pytest.raises(InterruptedError):
            await import_file(engine, path, LEEDS, lambda: NOW, interrupt)
    [shown] = (await door.get("/v1/imports")).json()["imports"]
    await project(engine, read_model)
    assert await by_month(api) == {"2019-04": BEFORE["2019-04"]}
    said = await run("imports", "take-back", shown["import_id"], "--why", "cut short")
    assert "1 rows, £31,250.00, count no longer" in said
    await project(engine, read_model)
    assert sum(lines for lines, _ in (await by_month(api)).values()) == 0

    [anew] = (await run("import", str(path), "--buyer", LEEDS, "--json"))["files"]
    assert (anew["run"], anew["accepted"], anew["already_known"]) == (2, 2, 0)
    await project(engine, read_model)
    assert await by_month(api) == BEFORE
    [first, *_] = (await door.get("/v1/rejects?state=open")).json()["rejects"]
    for verb, open_ones in [("dismiss", 3), ("reopen", 4)]:
        out = await run("rejects", verb, first["reject_id"], "--why", "an experiment")
        assert first["reject_id"] in out
        left = (await door.get("/v1/rejects?state=open")).json()["rejects"]
        assert len(left) == open_ones
