"""`GET /v1/imports`: what became of the rows of files."""

from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.said import NOW


async def test_imports_are_shown_with_what_became_of_their_rows(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ["2024-04-30,12.50,Adults,Leeds Mind", "2024-04-30,,x,y"])
    for _ in range(3):
        run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    first = (await door.get("/v1/imports?limit=2")).json()
    rest = (await door.get("/v1/imports", params={"limit": 2, "after": first["next"]})).json()
    shown = first["imports"] + rest["imports"]
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
    assert (await door.get("/v1/imports?after=nonsense")).status_code == 422
    missing = await door.get("/v1/imports/00000000-0000-5000-8000-000000000000")
    assert missing.status_code == 404
