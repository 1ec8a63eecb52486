"""`GET /v1/imports`: what became of the rows of files."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pyarrow.parquet as pq
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.routes.import_answer import ImportShown
from shared.door.accepted import CSV_TYPE
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.said import NOW


async def test_imports_are_shown_with_what_became_of_their_rows(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ["2024-04-30,12.50,Adults,Leeds Mind", "2024-04-30,,x,y"])
    for _ in range(3):
        run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    first = (await door.get("/v1/imports?limit=2")).json()
    rest = (await door.get("/v1/imports", params={"limit": 2, "cursor": first["next"]})).json()
    shown = first["imports"] + rest["imports"]
    for other in ({"buyer": "GB-LAE-LDS"}, {"state": "finished"}, {"sort": "started_at"}):
        refused = await door.get("/v1/imports", params={"cursor": first["next"], **other})
        assert refused.status_code == 422
        assert refused.json()["detail"].startswith("cursor is none of this list with these filters")
    assert sorted(each["run"] for each in shown) == [1, 2, 3]
    assert rest["next"] is None
    one = (await door.get(f"/v1/imports/{run.import_id}")).json()
    assert (one["read"], one["state"], one["file"]) == (3, "finished", path.name)
    assert one["already_known"] == {"rows": 1, "pounds": "12.50"}
    assert one["rejected_by_reason"] == {
        "amount is blank": {"rows": 1, "pounds": "0.00", "first_rows": [3]}
    }
    assert one["skipped_by_kind"] == {"header": {"rows": 1, "pounds": "0.00"}}
    [sheet] = one["sheets"]
    assert sheet["columns"]["payee"]["header"] == "beneficiary_name"
    for query, found in (
        ({"state": "finished", "buyer": "GB-LAE-LDS"}, 3),
        ({"state": "taken_back"}, 0),
    ):
        answer = (await door.get("/v1/imports", params=query)).json()
        assert len(answer["imports"]) == found, answer
    refused = (await door.get("/v1/imports?state=done")).json()
    assert "is no state of an import; known are: waiting, running" in refused["detail"]
    assert (await door.get("/v1/imports?buyer=GB-LAE-XXX")).status_code == 422
    assert (await door.get("/v1/imports?cursor=nonsense")).status_code == 422
    rising = (await door.get("/v1/imports?sort=started_at&limit=3")).json()
    assert (rising["imports"], rising["next"]) == (shown[::-1], None)
    missing = await door.get("/v1/imports/00000000-0000-5000-8000-000000000000")
    assert missing.status_code == 404


async def test_imports_are_had_whole_by_fields_and_once(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ["2024-04-30,12.50,=Adults,Leeds Mind", "2024-04-30,,x,y"])
    await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    later = NOW + timedelta(days=1)
    await import_file(engine, path, "GB-LAE-LDS", lambda: later, lambda *_: None)
    page = await door.get("/v1/imports")
    lines = (await door.get("/v1/imports", headers={"accept": NDJSON_TYPE})).text.splitlines()
    assert [json.loads(line) for line in lines] == page.json()["imports"]
    for line in lines:
        ImportShown.model_validate_json(line)
    sheet = await door.get("/v1/imports", headers={"accept": CSV_TYPE})
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"), newline="")))
    assert [row["run"] for row in rows] == ["2", "1"]
    assert (rows[1]["accepted.pounds"], rows[0]["already_known.rows"]) == ("12.50", "1")
    parquet = await door.get("/v1/imports?buyer=GB-LAE-LDS", headers={"accept": PARQUET_TYPE})
    table = pq.read_table(io.BytesIO(parquet.content))
    assert table.column("accepted.pounds").to_pylist() == [Decimal("0.00"), Decimal("12.50")]
    assert (await door.get("/v1/imports?fields=run,state")).json()["imports"] == [
        {"run": run, "state": "finished"} for run in (2, 1)
    ]
    has_it = await door.get("/v1/imports", headers={"if-none-match": page.headers["etag"]})
    assert (has_it.status_code, has_it.content) == (304, b"")
    refused = await door.get("/v1/imports?limit=2", headers={"accept": CSV_TYPE})
    assert "limit is of pages" in refused.json()["detail"]
