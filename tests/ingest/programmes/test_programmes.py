"""Payments in, what is unmapped filled in and loaded, and the figures of `api` restated."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.projections import PROJECTIONS
from services.api.projections.projection import apply_records
from services.api.queries.point_reads import PointReads
from services.ingest.__main__ import app
from services.ingest.programmes.load_programmes import load_programmes
from services.ingest.programmes.programme_map import MapLine
from shared.errors import Conflict
from tests.api.conftest import Model
from tests.conftest import MakeEngine
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.said import NOW, outbox_of

BUYER = "GB-NHS-15F"
SPEND = """\
Entity,Date,Expense Type,Expense Area,Supplier,Transaction,AP Amount (£)
NHS LEEDS CCG,30/04/2019,Hospices,Community Services,EXAMPLE HOSPICE,1001,31250.00
NHS LEEDS CCG,30/04/2019,Cont Care,Community Services,EXAMPLE CARE,1002,28000.00
NHS LEEDS CCG,29/05/2019,Cont Care,Community Services,EXAMPLE CARE,1003,-1200.00
NHS LEEDS CCG,29/05/2019,Drugs,Prescribing,EXAMPLE PHARMA,1004,99000.00
"""


@pytest.fixture(autouse=True)
def _own_schema(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", f"{prefix}_ingest")


@pytest.fixture
async def model(engine_for: MakeEngine) -> Model:
    engine = await engine_for("api")
    return Model(engine, PointReads(engine, 1))


async def run(*arguments: str, code: int = 0) -> Any:
    done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.output


async def restate(ingest: AsyncEngine, model: Model) -> dict[str | None, str]:
    """Spend by programme, once the read model has all that ingest has published."""
    waiting = await outbox_of(ingest)
    for projection in PROJECTIONS:
        records = [
            ConsumerRecord(topic, 0, offset, 0, 0, key, data, None, 0, 0, tuple(headers.items()))
            for offset, (topic, _, key, headers, data) in enumerate(waiting)
            if topic == projection.topic.name
        ]
        if records:
            await apply_records(model.engine, projection, records, NOW)
    answer = await model.ask("/v1/spend", group_by="programme", buyer=BUYER)
    return {row["programme"]: row["amount"] for row in answer["rows"]}


async def sheet_to_fill_in(model: Model) -> list[dict[str, str]]:
    transport = httpx.ASGITransport(model.app(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        asked = {"buyer": BUYER}
        accept = {"accept": "text/csv"}
        answer = await client.get("/v1/programmes/unmapped", params=asked, headers=accept)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_the_largest_codes_are_mapped_first_and_a_load_can_be_taken_back(
    engine: AsyncEngine, model: Model, tmp_path: Path
) -> None:
    spend = tmp_path / "spend.csv"
    spend.write_text(SPEND)
    await run("import", str(spend), "--buyer", BUYER, "--quiet")
    assert await restate(engine, model) == {None: "157050.00"}

    rows = await sheet_to_fill_in(model)
    assert [(row["unit"], row["expense_type"], row["gross_amount"]) for row in rows] == [
        ("Prescribing", "Drugs", "99000.00"),
        ("Community Services", "Hospices", "31250.00"),
        ("Community Services", "Cont Care", "29200.00"),
    ]
    rows[0]["programme"], rows[1]["programme"] = "Medicines", "End of life"
    filled = tmp_path / "filled.csv"
    with filled.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    load = ("programmes", "load", str(filled), "--buyer", BUYER, "--who", "A. Officer")
    dry = await run(*load, "--dry-run", "--json")
    assert (dry["version"], len(dry["added"]), dry["left_blank"]) == (0, 2, 1)
    assert await restate(engine, model) == {None: "157050.00"}, "a dry run changes nothing"
    await run(*load)
    mapped = {"Medicines": "99000.00", "End of life": "31250.00", None: "26800.00"}
    assert await restate(engine, model) == mapped
    assert "nothing changes" in await run(*load)

    further = tmp_path / "further.csv"
    further.write_text(
        "Cost centre,From,Programme\ncommunity services,01/05/2019,Continuing care\n"
    )
    await run("programmes", "load", str(further), "--buyer", BUYER)
    later = mapped | {None: "28000.00", "Continuing care": "-1200.00"}
    assert await restate(engine, model) == later, "from its day on, and codes named together win"
    await run("programmes", "undo", "--buyer", BUYER, "--version", "2")
    again = await run("programmes", "undo", "--buyer", BUYER, "--version", "2", code=1)
    assert "the map stands at version 3" in again
    assert await restate(engine, model) == mapped
    told = await run("programmes", "history", "--buyer", BUYER)
    assert "version 1 again" in told
    assert "A. Officer" in told

    exported = tmp_path / "map.csv"
    await run("programmes", "export", "--buyer", BUYER, "--out", str(exported), "--version", "2")
    await run("programmes", "load", str(exported), "--buyer", BUYER, "--whole")
    assert await restate(engine, model) == later
    assert "version 4, 3 lines" in await run("programmes", "list", "--buyer", BUYER)

    further.write_text("unit,programme\n,Carers\nA,B\nA,C\n")
    refused = await run("programmes", "load", str(further), "--buyer", BUYER, code=2)
    assert "further.csv, row 2: no code is named" in refused
    assert "further.csv, row 4: row 3 says 'B' of the same codes" in refused


async def test_the_door_keeps_who_looked_at_which_version(
    door: httpx.AsyncClient, locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    given: dict[str, Any] = {"buyer": BUYER, "who": "A. Officer"}
    first = {"unit": "31110", "since": "2024-04-01", "programme": "End of life"}
    put = await door.put("/v1/programmes", json=given | {"lines": [first]})
    assert (put.status_code, put.json()["version"], len(put.json()["added"])) == (200, 1, 1)
    other = {"expense_type": "Drugs", "programme": "Medicines"}
    stale = await door.post("/v1/programmes", json=given | {"lines": [other], "version": 0})
    assert stale.status_code == 409
    added = await door.post("/v1/programmes", json=given | {"lines": [other], "version": 1})
    assert added.json()["lines"] == 2
    sheet = await door.get(
        "/v1/programmes", params={"buyer": BUYER}, headers={"accept": "text/csv"}
    )
    files = {"file": ("map.csv", sheet.content)}
    again = await door.post("/v1/programmes/file", data=given | {"whole": "true"}, files=files)
    assert (again.json()["version"], again.json()["removed"]) == (2, [])
    files = {"file": ("map.csv", b"unit,programme\nA,B\nA,C\n")}
    bad = await door.post("/v1/programmes/file", data=given, files=files)
    assert (bad.status_code, bad.json()["errors"][0]["row"]) == (422, 3)
    assert (await door.post("/v1/programmes/undo", json=given)).status_code == 422
    twice = [await door.post("/v1/programmes/undo", json=given | {"version": 2}) for _ in "12"]
    assert [each.status_code for each in twice] == [200, 409], "an undo does not undo itself"
    undone = twice[0]
    assert [line["expense_type"] for line in undone.json()["removed"]] == ["Drugs"]
    shown = (await door.get("/v1/programmes", params={"buyer": BUYER})).json()
    assert (shown["version"], shown["came_from"], len(shown["lines"])) == (3, "version 1 again", 1)
    versions = await door.get("/v1/programmes/versions", params={"buyer": BUYER})
    assert [(each["version"], each["lines"]) for each in versions.json()] == [
        (3, 1),
        (2, 2),
        (1, 1),
    ]
    nobodys = [{"programme": "Carers"}]
    refused = await door.post("/v1/programmes", json=given | {"lines": nobodys})
    assert refused.json()["errors"][0]["field"] == "lines.0.unit"
    leeds = bearer("ingest:write", buyers=["GB-LAE-LDS"])
    others = await locked_door.put("/v1/programmes", json=given | {"lines": []}, headers=leeds)
    assert others.status_code == 403


async def test_two_officers_do_not_change_one_map_past_each_other(engine: AsyncEngine) -> None:
    async def load(unit: str) -> object:
        line = MapLine(unit, None, None, None, "Carers")
        return await load_programmes(
            *(engine, BUYER, [line], unit, "a test", NOW), whole=True, looked_at=0
        )

    done = await asyncio.gather(*map(load, "ABC"), return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in done) == 2
