"""The review of one body's rejects: exported, corrected, brought back, and the totals of `api`."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.projections.payments import PAYMENTS as PROJECTION
from services.api.projections.projection import apply_records
from services.api.queries.totals import read_totals
from services.ingest.__main__ import app
from tests.conftest import MakeEngine
from tests.ingest.said import NOW, outbox_of

HEADER = (
    "Department Family,Entity,Date,Expense Type,Expense Area,Supplier,Transaction,AP Amount (£)"
)
LINES = [
    "DHSC,NHS LEEDS CCG,30/04/2019,Hospices,End of life,EXAMPLE HOSPICE,1001,31250.00",
    "DHSC,NHS LEEDS CCG,31/04/2019,Hospices,End of life,EXAMPLE HOSPICE,1002,28000.00",
    "DHSC,NHS LEEDS CCG,30/04/2019,Cont Care,Continuing care,,1003,26400.50",
    "DHSC,NHS LEEDS CCG,29/04/2019,Cont Care,Continuing care,EXAMPLE CARE,1004,2x6400.50",
    "DHSC,NHS LEEDS CCG,29/04/2019,Cont Care,Continuing care,EXAMPLE CARE,1005,-1200.00",
]
MENDED = {
    "1002": ("Date", "30/04/2019"),
    "1003": ("Supplier", "EXAMPLE HOMECARE"),
    "1004": ("AP Amount (£)", "26,400.50"),
}
BEFORE, RESTATED = 31_250_00 - 1_200_00, 31_250_00 - 1_200_00 + 28_000_00 + 2 * 26_400_50


@pytest.fixture(autouse=True)
def _own_schema(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", f"{prefix}_ingest")


async def run(*arguments: str) -> Any:
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


async def restated(ingest: AsyncEngine, api: AsyncEngine) -> Sequence[Any]:
    """The control totals of the read model, once it has all that ingest has published."""
    records = [
        ConsumerRecord(topic, 0, offset, 0, 0, key, data, None, 0, 0, tuple(headers.items()))
        for offset, (topic, _, key, headers, data) in enumerate(await outbox_of(ingest))
        if topic == PROJECTION.topic.name
    ]
    await apply_records(api, PROJECTION, records, NOW)
    async with api.connect() as connection:
        return list(await read_totals(connection))


async def test_the_review_of_one_bodys_rejects(
    engine: AsyncEngine, engine_for: MakeEngine, tmp_path: Path
) -> None:
    api = await engine_for("api")
    path = tmp_path / "april.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    [imported] = (await run("import", str(path), "--buyer", "GB-LAE-LDS", "--json"))["files"]
    assert (imported["read"], imported["accepted"], imported["rejected"]) == (6, 2, 3)
    [[*_, lines, pence]] = await restated(engine, api)
    assert (lines, pence) == (2, BEFORE)

    out = tmp_path / "rejects.xlsx"
    await run("rejects", "export", "--import", imported["import_id"], "--out", str(out))
    book = openpyxl.load_workbook(out)
    sheet = book.active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        assert sheet.cell(row, titles.index("reason") + 1).value
        column, value = MENDED[str(sheet.cell(row, titles.index("Transaction") + 1).value)]
        sheet.cell(row, titles.index(column) + 1).value = value
    book.save(out)
    done = await run("rejects", "correct", str(out), "--who", "A. Officer", "--json")
    assert done["outcomes"] == {"accepted": 3}

    [[*_, lines, pence]] = await restated(engine, api)
    assert (lines, pence) == (5, RESTATED)
    mended = [line.replace("31/04", "30/04").replace("2x6400", "26400") for line in LINES]
    mended[2] = mended[2].replace(",,", ",EXAMPLE HOMECARE,")
    path.with_name("corrected.csv").write_text("\n".join([HEADER, *mended]) + "\n", "utf-8")
    again = await run(
        "import", str(tmp_path / "corrected.csv"), "--buyer", "GB-LAE-LDS", "--json", "--quiet"
    )
    assert (again["total"]["accepted"], again["total"]["already_known"]) == (0, 5)
    kept = tmp_path / "as it came.csv"
    await run("imports", "file", imported["import_id"], "--out", str(kept))
    assert kept.read_bytes() == path.read_bytes()
