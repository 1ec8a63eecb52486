"""Lists of agreements: registered once, varied by a later edition, never ended by guess."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.agreement_files import import_agreements
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.imports.tally import Tally
from shared.errors import Rejected

LEEDS = "GB-LAE-LDS"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HEADER = (
    "Contract Ref:",
    "Contract Title",
    "Contractor/\nProvider",
    "Start Date",
    "Current end date",
    "Extension options",
    "Notice period",
    "Annual Value",
)
HOSPICE = ("LCC/1", "Hospice care", "Example Hospice", "01/04/2024", "31/03/2027")
ROWS = [
    (*HOSPICE, "plus 2 x 12 months", "six months' written notice", "£750,000"),
    ("LCC/2", "Advice", "Leeds Mind", "01/04/2025", "Ongoing", "", "", "1,200.50"),
    ("LCC/3", "Befriending", "Age UK Leeds", "TBC", "31/03/2027", "", "", "9"),
    ("LCC/4", "Lunch clubs", "Age UK Leeds", "01/10/2025", "31/09/2026", "", "", "9"),
    ("LCC/5", "Transport", "Age UK Leeds", "01/10/2025", "March 2027", "", "", "9"),
]


def write_register(folder: Path, rows: Sequence[Sequence[str]], name: str) -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file)
        writer.writerow(["Leeds City Council: register of contracts"])
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path


async def bring(engine: AsyncEngine, path: Path, buyer: str = LEEDS) -> Run:
    return await import_file(engine, path, buyer, lambda: NOW, lambda *_: None)


async def facts(engine: AsyncEngine) -> list[tuple[str, dict[str, Any]]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            text("select type, data from agreement_facts order by version, data->>'reference'")
        )
        return [(row[0], row[1]) for row in rows]


async def rejects(engine: AsyncEngine) -> list[tuple[str, str, str]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("select origin, field, reason from rejects"))
        return sorted((row[0].rpartition("/")[2], row[1], row[2]) for row in rows)


def outcome(run: Run) -> tuple[int, ...]:
    tally = run.tally
    counts = (tally.accepted, tally.already_known, tally.rejected, tally.skipped)
    return tally.read, *(count.rows for count in counts)


async def test_a_register_is_registered_and_a_later_edition_varies_what_changed(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_register(tmp_path, ROWS, "register_2026-04.csv")
    monkeypatch.setattr(import_agreements, "_BATCH_ROWS", 2)

    def stop(done: int, _: Tally) -> None:
        if done == 4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await import_file(engine, first, LEEDS, lambda: NOW, stop)
    run = await bring(engine, first)
    assert run.resumed_after == 4
    assert outcome(run) == (7, 2, 0, 3, 2)
    hospice, advice = [data for _, data in await facts(engine)]
    assert hospice["end"] == "2027-03-31"
    assert hospice["notice_period"] == "P6M"
    assert [each["length"] for each in hospice["extension_options"]] == ["P12M", "P12M"]
    assert hospice["lines"][0]["annual_amount_pence"] == 75_000_000
    assert "end" not in advice
    assert [(row, field) for row, field, _ in await rejects(engine)] == [
        ("5", "start"),
        ("6", "end"),
        ("7", "end"),
    ]
    assert run.sheets[0]["agreements"] == {"registered": 2}

    assert outcome(await bring(engine, first))[1:4] == (0, 2, 3)
    longer = (*HOSPICE[:4], "31/03/2028", "", "", "£800,000")
    later = await bring(engine, write_register(tmp_path, [longer], "register_2026-05-11.csv"))
    kind, data = (await facts(engine))[-1]
    assert kind == "agreement.varied.v1"
    assert (data["effective_on"], data["end"]) == ("2026-05-11", "2028-03-31")
    assert data["changes"] == ["extension", "value"]
    assert data["notice_period"] == "P6M"  # what an edition leaves blank stays as it was
    assert later.sheets[0]["gone"] == ["LCC/2"]
    older = await bring(engine, first)
    assert outcome(older)[1:4] == (0, 2, 3)
    assert older.sheets[0]["remarks"]["told by a newer edition already"] == 1
    assert len(await facts(engine)) == 3


async def test_an_import_says_how_many_had_ended_already(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    over = ("LCC/9", *HOSPICE[1:4], "30/04/2026")
    run = await bring(engine, write_register(tmp_path, [HOSPICE, over], "register_2026-05.csv"))
    assert run.sheets[0]["agreements"] == {"registered": 2}
    said = "had ended already: its buyer is asked once whether it is renewed, or ended"
    assert run.sheets[0]["remarks"][said] == 1


NOTICE = (
    "Notice Identifier,Notice Type,Organisation Name,Status,Title,Start Date,End Date,Awarded Date,"
    "Awarded Value,Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE],Contract start date,"
    "Contract end date"
)
NOTICES = [
    NOTICE,
    (
        "N-1,Contract,Leeds City Council,Awarded,Care,,,01/03/2026,300000,"
        '"[Example Care|1 Road, Leeds|COMPANIES_HOUSE|1234567|Yes|No]",01/04/2026,31/03/2029'
    ),
    "N-2,Contract,LEEDS CITY COUNCIL,Open,Later,,,,,,,",
    (
        "N-3,Contract,Kirklees Council,Awarded,Advice,,,01/03/2026,100,"
        "[A|x|NONE||No|No][B|y|NONE||No|No],01/04/2026,31/03/2027"
    ),
    (
        "N-4,Contract,Nowhere Council,Awarded,Roads,,,01/03/2026,100,"
        "[A|x|NONE||No|No],01/04/2026,31/03/2027"
    ),
]


async def test_notices_of_many_bodies_go_to_those_that_are_known(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = tmp_path / "notices.csv"
    path.write_text("\n".join(NOTICES) + "\n", encoding="utf-8")
    one = await bring(engine, path)
    assert one.tally.skipped_by_kind["of another buyer"].rows == 2
    [(_, care)] = await facts(engine)
    assert (care["provider"], care["company_number"]) == ("Example Care", "01234567")
    assert care["lines"][0]["annual_amount_pence"] == 10_000_000
    every = await import_file(engine, path, "all", lambda: NOW, lambda *_: None, anyway=True)
    assert outcome(every) == (5, 1, 1, 0, 3)
    assert every.tally.skipped_by_kind["waiting for its buyer"].rows == 1
    assert every.sheets[0]["questions"][0]["columns"] == ["Nowhere Council"]
    shared = [data for _, data in await facts(engine) if data["buyer"] == "GB-LAE-KIR"]
    assert sorted(data["provider"] for data in shared) == ["A", "B"]
    with pytest.raises(
        Rejected, match=r"file names is Wakefield.*; at the command line import it with --buyer all"
    ):
        await import_file(engine, path, "GB-LAE-WKF", lambda: NOW, lambda *_: None, anyway=True)


def release(day: str, end: str, **contract: Any) -> dict[str, Any]:
    period = {"startDate": "2025-04-01T00:00:00+01:00", "endDate": f"{end}T23:59:59+01:00"}
    signed = {"id": "c1", "awardID": "a1", "status": "active", "period": period, **contract}
    return {
        "ocid": "ocds-h6vhtk-1",
        "id": day,
        "date": f"{day}T10:00:00Z",
        "tag": ["contractUpdate"],
        "buyer": {"id": "b", "name": "Leeds CC"},
        "parties": [
            {"id": "b", "name": "Leeds CC", "identifier": {"scheme": "GB-LAE", "id": "LDS"}},
            {"id": "s", "name": "Mind", "identifier": {"scheme": "GB-CHC", "id": "1007625"}},
        ],
        "awards": [{"id": "a1", "status": "active", "suppliers": [{"id": "s", "name": "Mind"}]}],
        "tender": {"title": "Counselling"},
        "contracts": [signed],
    }


async def test_releases_follow_one_another_to_the_end(engine: AsyncEngine, tmp_path: Path) -> None:
    amendment = {"date": "2026-02-01", "rationale": "extended by a year"}
    ended = {"status": "terminated", "implementation": {"endDate": "2027-06-30"}}
    releases = [
        release("2025-03-01", "2027-03-31"),
        release("2026-02-10", "2028-03-31", amendments=[amendment]),
        release("2026-05-10", "2028-03-31", amendments=[amendment], **ended),
    ]
    path = tmp_path / "releases.jsonl"
    path.write_text("\n".join(map(json.dumps, releases)), encoding="utf-8")
    assert outcome(await bring(engine, path)) == (3, 3, 0, 0, 0)
    found = dict(await facts(engine))
    assert sorted(kind.split(".")[1] for kind in found) == ["ended", "registered", "varied"]
    varied = found["agreement.varied.v1"]
    assert (varied["effective_on"], varied["reason"]) == ("2026-02-01", "extended by a year")
    assert varied["charity_number"] == "GB-CHC-1007625"
    assert found["agreement.ended.v1"]["ended_on"] == "2027-06-30"
    assert outcome(await bring(engine, path)) == (3, 0, 3, 0, 0)
