"""`rejects correct`: what it says of each row of a spreadsheet, and the code that it exits with."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.ingest.__main__ import app
from tests.ingest.imports.test_import_file import write_csv

Rows = list[dict[str, str]]
LINES = [
    "2024-04-30,ten,Adults,Leeds Mind",
    "2024-04-30,,Adults,Leeds Mind",
    "2024-04-31,30.00,Adults,Leeds Mind",
]


@pytest.fixture(autouse=True)
def _own_schema(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", f"{prefix}_ingest")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, done.stdout


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Three rejects of one file, exported."""
    assert run("import", str(write_csv(tmp_path, LINES)), "--buyer", "GB-LAE-LDS")[0] == 0
    out = tmp_path / "rejects.csv"
    assert run("rejects", "export", "--out", str(out))[0] == 0
    return out


def edit(sheet: Path, change: Callable[[Rows], None]) -> None:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def mend_one_and_miss_one(rows: Rows) -> None:
    amounts = {"ten": "10.00", "": "twenty"}
    for row in rows:
        row["amount"] = amounts.get(row["amount"], row["amount"])


def test_a_sheet_that_nobody_touched_is_left_as_it_was(sheet: Path) -> None:
    code, said = run("rejects", "correct", str(sheet), "--quiet")
    assert code == 0
    assert said.split() == ["rejects", "left", "as", "they", "were", "3"]


def test_rows_left_corrected_and_still_refused_are_told_apart(sheet: Path) -> None:
    edit(sheet, mend_one_and_miss_one)
    code, said = run("rejects", "correct", str(sheet), "--quiet")
    assert code == 3
    lines = said.splitlines()
    counts = {line[:25].strip(): line[25:].strip() for line in lines[1:4]}
    assert counts == {"accepted": "1", "corrected, still refused": "1", "left as they were": "1"}
    [refused] = lines[4:]
    assert refused.startswith("corrected, still refused: spend.csv, row 3: amount")


def test_the_same_sheet_again_says_again_what_is_refused(sheet: Path) -> None:
    edit(sheet, mend_one_and_miss_one)
    run("rejects", "correct", str(sheet), "--quiet")
    code, said = run("rejects", "correct", str(sheet), "--quiet", "--json")
    assert code == 3
    told = json.loads(said)
    assert (told["outcomes"], told["left"]) == ({"already_settled": 1, "rejected": 2}, 1)
    assert [each["left"] for each in told["rejected"]] == [False, True]


def test_a_row_whose_reject_is_not_known_is_code_1(sheet: Path) -> None:
    def mistake(rows: Rows) -> None:
        rows[0]["reject id"] = "0" * 64

    edit(sheet, mistake)
    code, said = run("rejects", "correct", str(sheet), "--quiet")
    assert (code, "not known" in said) == (1, True)
