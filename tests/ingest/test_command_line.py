"""`python -m services.ingest`: what it prints and the code that it exits with."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import polars as pl
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.ingest.__main__ import app
from services.ingest.post_payments import record_payments
from services.ingest.settings import Settings
from shared.database import driver
from tests.ingest.test_import_file import ROWS, write_csv

runner = CliRunner()
_RECORD = "services.ingest.import_file.record_payments"


@pytest.fixture(autouse=True)
def _own_schema(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", f"{prefix}_ingest")
    monkeypatch.delenv("LOCALPOUND_INGEST_DATABASE", raising=False)


def run(*arguments: str) -> tuple[int, str, str]:
    done = runner.invoke(app, arguments)
    return done.exit_code, done.stdout, done.stderr


def test_the_summary_of_several_files_is_one_json_object(tmp_path: Path) -> None:
    first = write_csv(tmp_path, ROWS, "april.csv")
    second = write_csv(tmp_path, [*ROWS, "2024-06-01,,Adults,Leeds Mind"], "june.csv")
    code, out, _ = run("import", str(first), str(second), "--buyer", "GB-LAE-LDS", "--json")
    assert code == 0
    summary = json.loads(out)
    assert [each["file"] for each in summary["files"]] == ["april.csv", "june.csv"]
    total = summary["total"]
    assert (total["read"], total["accepted"], total["already_known"]) == (9, 4, 4)
    assert total["rejected_by_reason"] == {"amount is blank": {"rows": 1, "pounds": "0.00"}}
    assert total["pounds"] == {
        "accepted": "-962.50",
        "already_known": "-962.50",
        "rejected": "0.00",
    }
    assert (total["first_date"], total["last_date"]) == ("2024-04-30", "2024-05-01")


def test_the_summary_for_people(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [*ROWS, "2024-06-01,,Adults,Leeds Mind"])
    code, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert code == 0
    for words in ("5 rows read", "accepted", "-962.50", "amount is blank"):
        assert words in out


@pytest.mark.parametrize(
    ("name", "content", "buyer", "sentence"),
    [
        ("spend.csv", "payment_date,amount\n", "GB-LAE-LDS", "lacks the column"),
        ("spend.csv", "", "GB-LAE-LDS", "lacks the column"),
        ("spend.doc", "x", "GB-LAE-LDS", "neither .parquet nor .csv"),
        ("spend.csv", "payment_date,amount\n", "GB-LAE-XXX", "GB-LAE-XXX is not known"),
        ("", "", "GB-LAE-LDS", "neither .parquet nor .csv"),
    ],
)
def test_a_wrong_file_column_or_buyer_is_one_sentence_and_code_2(
    tmp_path: Path, name: str, content: str, buyer: str, sentence: str
) -> None:
    path = tmp_path / name
    if name:
        path.write_text(content)
    code, out, error = run("import", str(path), "--buyer", buyer)
    assert (code, out) == (2, "")
    assert sentence in error
    assert len(error.splitlines()) == 1


def test_a_buyer_is_added_changed_and_listed(tmp_path: Path) -> None:
    body = ("GB-LAE-NYK", "--name", "North Yorkshire Council", "--kind", "council")
    code, out, error = run("buyers", "add", *body, "--since", "2023-04-01")
    assert (code, out, error) == (0, "added: GB-LAE-NYK North Yorkshire Council\n", "")
    code, out, _ = run("buyers", "add", *body, "--place", "Craven")
    assert (code, out) == (0, "replaced: GB-LAE-NYK North Yorkshire Council\n")
    code, out, _ = run("buyers", "list")
    assert code == 0
    assert "GB-LAE-NYK" in out
    assert "Craven" in out
    path = write_csv(tmp_path, ROWS)
    assert run("import", str(path), "--buyer", "GB-LAE-NYK")[0] == 0
    assert run("buyers", "add", "Leeds", "--name", "x", "--kind", "y")[0] == 2


@pytest.mark.parametrize("place", ["", "   "])
def test_a_buyer_with_a_blank_place_has_payments_that_can_be_read(
    tmp_path: Path, place: str
) -> None:
    body = ("GB-LAE-NYK", "--name", "North Yorkshire Council", "--kind", "county")
    code, _, error = run("buyers", "add", *body, "--place", place)
    assert (code, "new kind of buyer; in use are: " in error, "council" in error) == (0, True, True)
    run("import", str(write_csv(tmp_path, ROWS)), "--buyer", "GB-LAE-NYK")
    code, out, _ = run("buyers", "list")
    [line] = [line for line in out.splitlines() if "GB-LAE-NYK" in line]
    assert line.split() == ["GB-LAE-NYK", "North", "county"]


@pytest.mark.parametrize("place", ["x" * 300, "Leeds\x07", "\u200b"])
def test_a_place_that_no_payment_could_carry_is_refused(place: str) -> None:
    body = ("GB-LAE-NYK", "--name", "North Yorkshire Council", "--kind", "council")
    code, _, error = run("buyers", "add", *body, "--place", place)
    assert (code, "a buyer's place is text of 1 to 200" in error) == (2, True)


def test_rejects_are_listed_as_json_lines(tmp_path: Path) -> None:
    path = write_csv(tmp_path, ["No,1.00,Adults,Leeds Mind", "2024-04-30,,Adults,Leeds Mind"])
    run("import", str(path), "--buyer", "GB-LAE-LDS")
    code, out, _ = run("rejects", "list", "--buyer", "GB-LAE-LDS", "--json")
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["field"] for line in lines] == ["payment_date", "amount"]
    assert json.loads(lines[0]["content"])["payment_date"] == "No"
    assert [(line["file"], line["row"]) for line in lines] == [("spend.csv", 1), ("spend.csv", 2)]


def test_rejects_are_listed_for_people_by_default(tmp_path: Path) -> None:
    assert run("rejects", "list")[1] == "nothing is in quarantine\n"
    path = write_csv(tmp_path, ["", "No,1.00,Adults,Leeds Mind"])
    run("import", str(path), "--buyer", "GB-LAE-LDS")
    code, out, _ = run("rejects", "list", "--limit", "1")
    assert code == 0
    [_, first, counted, more] = out.splitlines()
    assert first.split()[:5] == ["1", "GB-LAE-LDS", "spend.csv", "2", "payment_date"]
    assert "payment_date is not a date such as 2024-04-30" in first
    assert "counted from 1 after its header" in counted
    assert more.strip() == "There may be more: rejects list --after 1"


def test_a_summary_names_the_first_rows_of_each_reason(tmp_path: Path) -> None:
    lines = [ROWS[0], "", *["2024-06-01,,Adults,Leeds Mind"] * 8]
    path = write_csv(tmp_path, lines)
    code, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert code == 0
    assert "amount is blank (row 3, 4, 5 and 5 more)" in out
    assert "rows numbered from 1 after the header" in " ".join(out.split())
    assert ["blank", "1"] in [line.split() for line in out.splitlines()]
    _, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS", "--json")
    [summary] = json.loads(out)["files"]
    assert summary["first_rejected_rows"] == {"amount is blank": [3, 4, 5]}
    assert (summary["read"], summary["blank"]) == (10, 1)


def test_the_same_bytes_for_another_buyer_need_to_be_meant(tmp_path: Path) -> None:
    path = str(write_csv(tmp_path, ROWS))
    assert run("import", path, "--buyer", "GB-LAE-LDS")[0] == 0
    code, _, error = run("import", path, "--buyer", "GB-LAE-BRD")
    assert (code, "imported for GB-LAE-LDS on " in error, "--anyway" in error) == (2, True, True)
    assert run("import", path, "--buyer", "GB-LAE-BRD", "--anyway")[0] == 0


def test_a_corrupt_parquet_file_is_one_sentence_and_code_2(tmp_path: Path) -> None:
    path = tmp_path / "spend.parquet"
    names = ("payment_date", "amount", "organisational_unit", "beneficiary_name")
    pl.DataFrame({name: [f"{name} {n}" for n in range(5_000)] for name in names}).write_parquet(
        path
    )
    content = bytearray(path.read_bytes())
    content[200:2_000] = bytes(1_800)
    path.write_bytes(content)
    code, out, error = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert (code, out) == (2, "")
    assert "spend.parquet is corrupt inside" in error
    assert len(error.splitlines()) == 1


def test_without_a_database_named_the_default_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path, ROWS)
    monkeypatch.delenv("LOCALPOUND_DATABASE")
    nowhere = "postgresql://127.0.0.1:1/localpound"
    monkeypatch.setattr(Settings.model_fields["database"], "default", nowhere)
    Settings.model_rebuild(force=True)
    try:
        code, _, error = run("import", str(path), "--buyer", "GB-LAE-LDS")
    finally:
        monkeypatch.undo()
        Settings.model_rebuild(force=True)
    assert code == 1
    assert f"LOCALPOUND_DATABASE is not set, and the default {nowhere} does not answer" in error


def test_a_stale_schema_and_an_absent_database_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ROWS)
    monkeypatch.setenv("LOCALPOUND_INGEST_DATABASE_SCHEMA", "nowhere")
    code, _, error = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert (code, "python -m services.ingest migrate" in error) == (2, True)
    monkeypatch.setenv("LOCALPOUND_DATABASE", "postgresql://127.0.0.1:1/none")
    code, _, error = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert (code, "the database does not answer" in error) == (1, True)


def test_a_database_that_goes_away_in_mid_import_is_one_sentence_and_the_rest_comes_later(
    stack: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path, ROWS)

    async def record_after_a_restart(tx: AsyncConnection, *given: Any, **named: Any) -> Any:
        pid = (await driver(tx)).get_server_pid()
        other = await asyncpg.connect(stack.database)
        try:
            await other.execute("select pg_terminate_backend($1, 5000)", pid)
        finally:
            await other.close()
        return await record_payments(tx, *given, **named)

    with monkeypatch.context() as restarting:
        restarting.setattr(_RECORD, record_after_a_restart)
        code, out, error = run("import", str(path), "--buyer", "GB-LAE-LDS", "--quiet")
    assert (code, out) == (1, "")
    assert "run the same command again" in error
    assert len(error.splitlines()) == 1
    code, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS", "--json")
    assert (code, json.loads(out)["total"]["accepted"]) == (0, 4)


@pytest.mark.parametrize(
    "error",
    [asyncpg.AdminShutdownError("terminating"), asyncpg.InterfaceError("connection is closed")],
)
def test_what_the_driver_says_of_a_lost_database_is_one_sentence(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(_RECORD, lost)
    code, out, said = run("import", str(write_csv(tmp_path, ROWS)), "--buyer", "GB-LAE-LDS")
    assert (code, out) == (1, "")
    assert "run the same command again" in said
