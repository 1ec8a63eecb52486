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
from services.ingest.payments.post_payments import record_payments
from services.ingest.settings import Settings
from shared.database import driver
from tests.ingest.imports.test_import_file import ROWS, write_csv

runner = CliRunner()
_RECORD = "services.ingest.imports.import_rows.record_payments"


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
    assert (total["read"], total["accepted"], total["already_known"]) == (11, 4, 4)
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
    for words in ("6 rows read", "accepted", "-962.50", "amount is blank"):
        assert words in out


def test_the_summary_fits_a_terminal_of_80_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name = "Spend with organisations over 500 pounds, April 2023 to March 2024.csv"
    path = write_csv(tmp_path, [*ROWS, "2024-04-31,1.00,Adults,Leeds Mind"], name)
    run("import", str(path), "--buyer", "GB-LAE-LDS")
    code, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS")
    lines = out.splitlines()
    assert (code, max(map(len, lines))) == (0, 80)
    heads = [line for line in lines if not line.startswith("  ")]
    assert [line.split()[0] for line in heads if line.strip()] == [
        *("Spend", "accepted", "already", "repeated,", "rejected", "skipped")
    ], "what goes on stands further in than what begins"


@pytest.mark.parametrize(
    ("name", "content", "buyer", "sentence"),
    [
        (
            "spend.csv",
            "amount,unit\n1,2\n",
            "GB-LAE-LDS",
            "no column is the payment date or the payee",
        ),
        ("spend.csv", "", "GB-LAE-LDS", "spend.csv is empty"),
        ("spend.doc", "x", "GB-LAE-LDS", "spend.doc holds no payments"),
        ("spend.csv", "payment_date,amount\n", "GB-LAE-XXX", "GB-LAE-XXX is not known"),
        ("", "", "GB-LAE-LDS", "holds no file of payments"),
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


def test_a_file_that_may_replace_another_waits_and_says_how_to_answer(tmp_path: Path) -> None:
    lines = [f"2021-04-{day:02},{day}.00,Adults,Example {day}" for day in range(1, 7)]
    first = write_csv(tmp_path, lines, "april.csv")
    again = write_csv(tmp_path, [*lines[:2], *lines[3:]], "april-v2.csv")
    said = ("--buyer", "GB-LAE-WKF")
    _, out, _ = run("import", str(first), *said, "--json")
    [earlier] = [each["import_id"] for each in json.loads(out)["files"]]
    code, out, _ = run("import", str(again), *said)
    assert code == 3
    told = " ".join(out.split())
    assert "1 no longer there (£3.00)" in told
    assert f"waits: --replaces {earlier} corrects and withdraws" in told
    assert run("import", str(again), *said, "--replaces", earlier, "--adds")[0] == 2
    assert run("import", str(first), str(again), *said, "--replaces", earlier)[0] == 2
    code, out, _ = run("import", str(again), *said, "--replaces", earlier, "--json")
    [done] = json.loads(out)["files"]
    assert (code, done["state"]) == (0, "finished")
    assert done["republication"]["gone"] == {"rows": 1, "pounds": "3.00"}
    back = ("imports", "take-back", done["import_id"], "--why", "A draft", "--who", "A. Officer")
    code, out, _ = run(*back)
    assert (code, "taken back by A. Officer: A draft" in out) == (0, True)
    assert "1 rows, £3.00, of earlier files stand as before" in out
    code, out, _ = run(*back[:-1], "Somebody else")
    assert (code, " UTC, by A. Officer: A draft\nNothing was changed now" in out) == (0, True)
    _, out, _ = run("imports", "list", "--buyer", "GB-LAE-WKF", "--json")
    listed = {each["file"]: each for each in json.loads(out)["imports"]}
    assert (listed["april-v2.csv"]["pounds_added"], listed["april-v2.csv"]["known"]) == ("0.00", 5)


def test_an_import_says_its_id_what_it_took_and_the_sum_of_all(tmp_path: Path) -> None:
    header = "Date,Supplier,Net Amount,Gross Amount\n"
    for month, net in ((4, "8357148.00"), (5, "1.00")):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"{header}17/0{month}/2021,Alpha Ltd,{net},{net}1\n")
    said = ("import", str(tmp_path), "--buyer", "GB-LAE-CLD")
    _, dry, _ = run(*said, "--dry-run")
    code, out, _ = run(*said)
    told, dry = " ".join(out.split()), " ".join(dry.split())
    assert code == 0
    for text in (told, dry):
        assert "not taken: Gross Amount" in text
        assert "accepted 1 8,357,148.00" in text
        assert "all 2 files rows pounds accepted 2 8,357,149.00" in text
        assert "skipped 2 header 2" in text
    _, out, _ = run("imports", "list", "--buyer", "GB-LAE-CLD", "--state", "finished", "--json")
    listed = json.loads(out)["imports"]
    assert {(each["file"], each["read"], each["pounds_added"]) for each in listed} >= {
        ("4.csv", 2, "8357148.00"),
        ("5.csv", 2, "1.00"),
    }
    assert all(f"import {each['import_id']}, finished" in told for each in listed[:2])
    assert all(f"GET /v1/imports/{each['import_id']} keeps" in told for each in listed[:2])
    assert "amount: Net Amount (" in told
    assert listed[0]["import_id"] in run("imports", "list")[1]
    assert json.loads(run("imports", "list", "--state", "failed", "--json")[1])["imports"] == []


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
    pair = ("GB-LAE-NYK", "GB-LAE-LDS", "--since", "2027-04-01", "--source", "an Order of 2027")
    code, out, _ = run("buyers", "succeed", *pair)
    assert (code, out) == (0, "GB-LAE-LDS answers for GB-LAE-NYK since 2027-04-01\n")
    assert "an Order of 2027" in run("buyers", "successions")[1]
    path = write_csv(tmp_path, ROWS)
    assert run("import", str(path), "--buyer", "GB-LAE-NYK")[0] == 0
    assert run("buyers", "add", "Leeds", "--name", "x", "--kind", "y")[0] == 2


@pytest.mark.parametrize("place", ["", "   "])
def test_a_buyer_with_a_blank_place_has_payments_that_can_be_read(
    tmp_path: Path, place: str
) -> None:
    body = ("GB-LAE-NYK", "--name", "North Yorkshire Council", "--kind", "Council")
    assert run("buyers", "add", *body, "--place", place)[0] == 0
    run("import", str(write_csv(tmp_path, ROWS)), "--buyer", "GB-LAE-NYK")
    out = run("buyers", "list")[1]
    [line] = [line for line in out.splitlines() if "GB-LAE-NYK" in line]
    assert line.split() == ["GB-LAE-NYK", "North", "council"]


@pytest.mark.parametrize("place", ["x" * 300, "Leeds\x07", "\u200b"])
def test_a_place_that_no_payment_could_carry_is_refused(place: str) -> None:
    body = ("GB-LAE-NYK", "--name", "North Yorkshire Council", "--kind", "council")
    code, _, error = run("buyers", "add", *body, "--place", place)
    assert (code, "a buyer's place is text of 1 to 200" in error) == (2, True)


def test_rejects_are_listed_as_json_lines(tmp_path: Path) -> None:
    path = write_csv(tmp_path, ["No,1.00,Adults,Leeds Mind", "2024-04-30,,Adults,Leeds Mind"])
    run("import", str(path), "--buyer", "GB-LAE-LDS")
    listed = ("rejects", "list", "--buyer", "GB-LAE-LDS", "--json", "--personal")
    code, out, _ = run(*listed, "--state", "any")
    assert (code, out) == (0, run(*listed)[1])
    code, _, error = run(*listed, "--state", "all")
    assert (code, "one of open, settled, dismissed, dropped, any is" in error) == (2, True)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["field"] for line in lines] == ["payment_date", "amount"]
    assert json.loads(lines[0]["content"])["payment_date"] == "No"
    assert [(line["file"], line["row"]) for line in lines] == [("spend.csv", 2), ("spend.csv", 3)]


def test_rejects_are_listed_for_people_by_default(tmp_path: Path) -> None:
    assert run("rejects", "list")[1] == "nothing is in quarantine\n"
    path = write_csv(tmp_path, ["", "No,1.00,Adults,Leeds Mind"])
    run("import", str(path), "--buyer", "GB-LAE-LDS")
    code, out, _ = run("rejects", "list", "--limit", "1")
    assert code == 0
    [_, first, counted, more] = out.splitlines()
    assert first.split()[:5] == ["1", "GB-LAE-LDS", "spend.csv", "3", "payment_date"]
    assert "payment_date is not a date such as 2024-04-30" in first
    assert "numbered as a spreadsheet shows them" in counted
    assert more.strip() == "There may be more: rejects list --after 1"


def test_a_summary_names_the_first_rows_of_each_reason(tmp_path: Path) -> None:
    lines = [ROWS[0], "", *["2024-06-01,,Adults,Leeds Mind"] * 8]
    path = write_csv(tmp_path, lines)
    code, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS")
    assert code == 0
    assert "amount is blank (row 4, 5, 6 and 5 more)" in out
    assert "rows numbered as a spreadsheet shows them" in " ".join(out.split())
    assert ["blank", "1"] in [line.split() for line in out.splitlines()]
    _, out, _ = run("import", str(path), "--buyer", "GB-LAE-LDS", "--json")
    [summary] = json.loads(out)["files"]
    assert summary["first_rejected_rows"] == {"amount is blank": [4, 5, 6]}
    assert (summary["read"], summary["skipped_by_kind"]) == (11, {"header": 1, "blank": 1})


def test_a_dry_run_needs_no_database_and_one_bad_file_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", "postgresql://nobody@127.0.0.1:9/none")
    write_csv(tmp_path, [*ROWS, "2024-06-01,,Adults,Leeds Mind", "", "Total,-962.50,,"], "a.csv")
    (tmp_path / "b.csv").write_bytes(b"")
    (tmp_path / "c.csv").write_text(TWO_AMOUNTS)
    (tmp_path / "read me.docx").write_bytes(b"")
    code, out, _ = run("import", str(tmp_path), "--buyer", "GB-LAE-LDS", "--dry-run", "--json")
    assert code == 3
    read, bad, waits = json.loads(out)["files"]
    assert {
        name: read[name]
        for name in ("rows_read", "accepted", "rejected", "skipped", "amount_pence_accepted")
    } == {
        "rows_read": 8,
        "accepted": 4,
        "rejected": 1,
        "skipped": 3,
        "amount_pence_accepted": -96_250,
    }
    assert read["columns"] == {
        "payment_date": "payment_date",
        "amount": "amount",
        "payee": "beneficiary_name",
        "unit": "organisational_unit",
    }
    assert (read["first_date"], read["last_date"]) == ("2024-04-30", "2024-05-01")
    assert read["rejected_by_reason"]["amount is blank"]["first_rows"] == [6]
    assert read["totals"][0]["difference_pence"] == 0
    assert bad["error"] == "b.csv is empty"
    assert (waits["state"], waits["waiting"], waits["accepted"]) == ("needs_mapping", 3, 0)
    answer = ("--map", "amount=Net Amount")
    path = str(tmp_path / "c.csv")
    code, out, _ = run("import", path, "--buyer", "GB-LAE-LDS", "--dry-run", "--json", *answer)
    assert code == 0
    [answered] = json.loads(out)["files"]
    assert (answered["amount_pence_accepted"], answered["rows_read"]) == (3_000, 3)
    code, out, _ = run("import", str(tmp_path), "--buyer", "GB-LAE-LDS", "--dry-run")
    assert code == 3
    assert "waits: which column is the amount" in out


TWO_AMOUNTS = (
    "Date,Supplier,Amount,Net Amount\n14/04/2021,Alpha Ltd,12.00,10.00\n15/04/2021,B,4.00,20.00\n"
)


def test_a_file_that_waits_is_answered_once_for_its_buyer(tmp_path: Path) -> None:
    path = tmp_path / "april.csv"
    path.write_text(TWO_AMOUNTS)
    arguments = ("import", str(path), "--buyer", "GB-LAE-LDS", "--json")
    code, out, _ = run(*arguments)
    [waits] = json.loads(out)["files"]
    assert code == 3
    assert (waits["state"], waits["read"]) == ("needs_mapping", 0)
    [taken] = json.loads(run(*arguments, "--map", "amount=net amount")[1])["files"]
    assert (taken["state"], taken["run"]) == ("finished", 1)
    assert taken["pounds"]["accepted"] == "30.00"
    path.write_text(TWO_AMOUNTS + "16/04/2021,C,6.00,5.00\n")
    [may] = json.loads(run(*arguments)[1])["files"]
    assert (may["state"], may["pounds"]["accepted"]) == ("finished", "5.00")
    assert may["sheets"][0]["columns"]["amount"]["samples"] == ["10.00", "20.00"]


def test_the_same_bytes_again_are_said_to_be_an_import_that_there_is(tmp_path: Path) -> None:
    first, again = write_csv(tmp_path, ROWS, "april.csv"), write_csv(tmp_path, ROWS, "again.csv")
    said = ("--buyer", "GB-LAE-LDS")
    [earlier] = json.loads(run("import", str(first), *said, "--json")[1])["files"]
    assert earlier["same_bytes_as"] is None
    for number in (2, 3):
        [known] = json.loads(run("import", str(again), *said, "--json")[1])["files"]
        assert known["run"] == number
        before = known["same_bytes_as"]
        assert (before["import_id"], before["file"]) == (earlier["import_id"], "april.csv")
    told = " ".join(run("import", str(again), *said)[1].split())
    assert "the very bytes of it were imported for GB-LAE-LDS on 20" in told
    assert f"UTC as april.csv (import {earlier['import_id']})" in told
    run("imports", "take-back", earlier["import_id"], "--why", "wrong file")
    [anew] = json.loads(run("import", str(again), *said, "--json")[1])["files"]
    assert anew["same_bytes_as"] is None


def test_the_same_bytes_for_another_buyer_need_to_be_meant(tmp_path: Path) -> None:
    path = str(write_csv(tmp_path, ROWS))
    _, out, _ = run("import", path, "--buyer", "GB-LAE-LDS", "--json")
    [earlier] = json.loads(out)["files"]
    code, _, error = run("import", path, "--buyer", "GB-LAE-BRD")
    assert f"as spend.csv (import {earlier['import_id']})" in error
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
