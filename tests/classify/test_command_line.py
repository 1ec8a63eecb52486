"""The command line, as an operator types it."""

import json
import subprocess
import sys
from pathlib import Path

from typer.testing import Result

from deploy.local.addresses import Addresses
from services.classify.classify_suppliers import classify_suppliers
from shared.topics import PAYMENTS, create_topics
from tests.classify.command_line import classify
from tests.classify.company_data import COLUMNS, company
from tests.classify.database import DEFINITIONS, NOW, basis_of, fetch, load_charities, supplier
from tests.classify.registries import charity_row, write_charities, write_dicts
from tests.classify.test_service import send
from tests.classify.test_sighting import payment
from tests.conftest import MakeEngine


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob("*.part"))


async def test_a_load_is_listed_reclassifies_and_a_bad_file_is_named(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await classify_suppliers(
        engine, await basis_of(engine), [supplier("Thornbeck Hospice")], [], NOW
    )
    environment = {
        "LOCALPOUND_KAFKA": stack.kafka,
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_CLASSIFY_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    dry = await classify("registers", "load", "--dry-run", str(tmp_path), **environment)
    assert dry.exit_code == 0, dry.stderr
    # A provider that agreements name and nobody paid: it changes, and no pounds do.
    assert "would reclassify 1 suppliers: 1 would change. Pounds move of 0; 1 are not" in dry.stdout
    assert await fetch(engine, "select source from registers") == []
    away = environment | {"LOCALPOUND_KAFKA": "127.0.0.1:1"}
    lost = await classify("registers", "load", str(tmp_path), **away)
    assert (lost.exit_code, lost.stdout) == (1, "")
    assert await fetch(engine, "select source from registers") == []
    done = await classify("registers", "load", str(tmp_path), **environment)
    assert done.exit_code == 0, done.stderr
    assert "england-wales-list: 1 organisations, 1 names" in done.stdout
    assert "reclassified 1 suppliers: 1 changed. Pounds move of 0" in done.stdout
    [row] = await fetch(engine, "select tier, revision from suppliers")
    assert tuple(row) == ("auto", 2)

    [run] = json.loads((await classify("runs", "list", "--json", **environment)).stdout)
    assert run["cause"].startswith("registers loaded: england-wales-list as at ")
    assert (run["suppliers"], run["changed"], run["moves"]) == (1, 1, [])
    assert "registers loaded" in (await classify("runs", "list", **environment)).stdout

    write_charities(tmp_path, [charity_row("9000101", "Thornbeck"), charity_row("9", "Bad")])
    failed = await classify("registers", "load", str(tmp_path), **environment)
    assert failed.exit_code == 2
    assert "charities_england_wales.csv.gz, row 3, column `charity_number`" in failed.stderr
    told = json.loads((await classify("registers", "list", "--json", **environment)).stdout)
    [listed] = told["registers"]
    assert told["index"] == {"names": 1, "file": None, "made": True, "by_it": 1, "by_others": 0}
    assert (listed["source"], listed["organisations"]) == ("england-wales-list", 1)


async def test_a_single_file_and_an_older_edition(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    await engine_for("classify")
    environment = {
        "LOCALPOUND_KAFKA": stack.kafka,
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_CLASSIFY_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }

    async def load(file: Path, *words: str) -> Result:
        return await classify("registers", "load", str(file), *words, **environment)

    november = write_dicts(
        tmp_path / "BasicCompanyDataAsOneFile-2026-11-01.csv",
        COLUMNS,
        [company("00000001", "BECK LIMITED"), company("00000002", " ")],
    )
    october = november.with_name("BasicCompanyDataAsOneFile-2026-10-01.csv")
    october.write_bytes(november.read_bytes())
    done = await load(november)
    assert done.stdout.startswith("companies: 1 companies, 1 rows left out, as at 2026-11-01, ")

    refused = await load(october)
    assert refused.exit_code == 2
    assert refused.stderr == (
        "companies: BasicCompanyDataAsOneFile-2026-10-01.csv goes to 2026-10-01, the edition in "
        "force to 2026-11-01: an older one is loaded only with --force\n"
    )
    assert (await load(october, "--force")).exit_code == 0

    other = november.rename(tmp_path / "november.csv")
    assert "has the name of no register: say which by --source" in (await load(other)).stderr
    unknown = (await load(other, "--source", "charities")).stderr
    assert unknown.startswith("charities is none of: england-wales-list,")
    assert (await load(other, "--source", "companies", "--as-at", "2026-11-02")).exit_code == 0
    listed = (await classify("registers", "list", **environment)).stdout
    [row] = [line.split() for line in listed.splitlines() if line.strip().startswith("companies")]
    assert (row[1], row[3:]) == ("2026-11-02", ["0", "1", "0", "0", "1", "0"])


async def test_a_dry_run_tells_the_pounds_and_changes_nothing(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await classify_suppliers(
        engine, await basis_of(engine), [supplier("Thornbeck Hospice")], [], NOW
    )
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    await send(stack, prefix + PAYMENTS.name, *(payment("Thornbeck Hospice", n) for n in range(3)))
    environment = {
        "LOCALPOUND_KAFKA": stack.kafka,
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    dry = await classify("reclassify", "--dry-run", "--json", **environment)
    assert dry.exit_code == 0, dry.stderr
    told = json.loads(dry.stdout)
    assert (told["dry_run"], told["suppliers"], told["changed"]) == (True, 1, 1)
    moved = {"buyer": "GB-LAE-LDS", "suppliers": 1, "lines": 3, "pence": 300, "amount": "3.00"}
    counting = {"before": "does not count", "after": "counts"}
    assert told["moves"] == [
        *(moved | {"what": each.name} | counting for each in DEFINITIONS),
        moved | {"what": "tier", "before": "none", "after": "auto"},
    ]
    [row] = await fetch(engine, "select tier, revision from suppliers")
    assert tuple(row) == ("none", 1)
    done = await classify("reclassify", "--cause", "a refit", "--by", "officer", **environment)
    assert "GB-LAE-LDS" in done.stdout
    assert done.stdout.endswith("reclassified 1 suppliers: 1 changed\n")
    [run] = json.loads((await classify("runs", "list", "--json", **environment)).stdout)
    assert (run["cause"], run["started_by"], run["moves"]) == (
        *("a refit", "officer"),
        told["moves"],
    )


async def test_a_run_whose_broker_is_away_says_so_and_can_be_run_again(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await classify_suppliers(
        engine, await basis_of(engine), [supplier("Thornbeck Hospice")], [], NOW
    )
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    environment = {
        "LOCALPOUND_KAFKA": "127.0.0.1:1",
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    failed = await classify("reclassify", **environment)
    assert failed.exit_code == 1
    assert "the broker does not answer" in failed.stderr
    again = await classify("reclassify", **environment | {"LOCALPOUND_KAFKA": stack.kafka})
    assert "reclassified 1 suppliers: 1 changed" in again.stdout


async def test_what_is_wrong_with_a_file_is_never_put_on_the_database(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    await engine_for("classify")
    environment = {
        "LOCALPOUND_CLASSIFY_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    target = tmp_path / "none" / "decisions.csv"
    failed = await classify("decisions", "export", str(target), **environment)
    assert (failed.exit_code, failed.stderr) == (1, f"{target}: No such file or directory\n")

    target.parent.mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    done = await classify("decisions", "export", str(link), **environment)
    assert done.exit_code == 0, done.stderr
    assert link.is_symlink()
    assert target.read_text().startswith("supplier_id,payee,")


async def test_a_server_that_is_away_is_no_file(tmp_path: Path) -> None:
    for database in ("postgresql://127.0.0.1:1/none", f"postgresql:///none?host={tmp_path}"):
        failed = await classify(
            *("decisions", "export", str(tmp_path / "out.csv")), LOCALPOUND_DATABASE=database
        )
        assert failed.exit_code == 1
        assert failed.stderr.startswith("the database does not answer as it should: ")


async def test_matching_a_file_needs_no_server(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("supplier\nThornbeck Hospice\n")
    done = await classify(
        *("match", "--registers", str(tmp_path), "--in", str(source), "--out", str(target))
    )
    assert done.exit_code == 0, done.stderr
    assert "1 names" in done.stderr
    assert "GB-CHC-9000101" in target.read_text()


async def test_answers_go_where_they_are_sent_and_never_over_what_was_asked(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    source, target, link = (tmp_path / name for name in ("in.csv", "out.csv", "link.csv"))
    source.write_text("supplier\nThornbeck Hospice\n")
    link.symlink_to(target)

    async def match(out: Path) -> Result:
        words = ("match", "--registers", str(tmp_path), "--in", str(source), "--out", str(out))
        return await classify(*words, LOCALPOUND_CACHE=str(tmp_path / "cache"))

    done = await match(link)
    assert done.exit_code == 0, done.stderr
    assert link.is_symlink()
    assert "GB-CHC-9000101" in target.read_text()
    assert not unfinished(tmp_path)

    target.unlink()
    target.symlink_to(source)
    refused = await match(link)
    assert refused.exit_code == 2
    assert "is both --in and --out" in refused.stderr
    assert source.read_text() == "supplier\nThornbeck Hospice\n"


async def test_definitions_are_listed_and_a_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\ntitle = "Our own view"\nversion = "3"\nsince = 2026-01-01\nsource = "us"\n'
        'includes = ["registered-charity"]\n'
    )
    environment = {"LOCALPOUND_CLASSIFY_DEFINITIONS": str(tmp_path)}
    done = await classify("definitions", **environment)
    assert done.exit_code == 0, done.stderr
    assert "definition own, version 3, in use from 2026-01-01: Our own view\n" in done.stdout
    assert "flag nhs-charity" in done.stdout
    assert "almanac-2023, in use from 2026-11-25, its source read on 2026-11-25: " in done.stdout
    assert "Payments of every day are judged by the versions in use today" in done.stdout

    own.write_text(own.read_text() + "colour = 1\n")
    failed = await classify("definitions", **environment)
    assert failed.exit_code == 2
    assert "own.toml: colour is no field that is known" in failed.stderr


def test_a_service_whose_definitions_are_wrong_ends_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("colour = 1\n")
    ended = subprocess.run(
        [sys.executable, "-m", "services.classify", "serve"],
        capture_output=True,
        text=True,
        check=False,
        env={"LOCALPOUND_CLASSIFY_DEFINITIONS": str(tmp_path)},
        timeout=60,
    )
    assert ended.returncode == 2
    assert "own.toml: " in ended.stderr
    assert "Traceback" not in ended.stderr
