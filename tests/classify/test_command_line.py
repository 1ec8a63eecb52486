"""The command line, as an operator types it."""

import json
import subprocess
import sys
from pathlib import Path

from deploy.local.addresses import Addresses
from services.classify.classify_suppliers import classify_suppliers
from tests.classify.database import DEFINITIONS, NOW, fetch, supplier
from tests.classify.registries import charity_row, write_charities
from tests.conftest import MakeEngine


def classify(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.classify", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )


async def test_a_load_is_listed_reclassifies_and_a_bad_file_is_named(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await classify_suppliers(engine, DEFINITIONS, [supplier("Thornbeck Hospice")], [], NOW)
    environment = {
        "LOCALPOUND_CLASSIFY_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    done = classify("registers", "load", str(tmp_path), **environment)
    assert done.returncode == 0, done.stderr
    assert "england-wales-list: 1 organisations, 1 names" in done.stdout
    assert done.stdout.endswith("reclassified 1 suppliers: 1 changed\n")
    [row] = await fetch(engine, "select tier, revision from suppliers")
    assert tuple(row) == ("auto", 2)

    write_charities(tmp_path, [charity_row("9000101", "Thornbeck"), charity_row("9", "Bad")])
    failed = classify("registers", "load", str(tmp_path), **environment)
    assert failed.returncode == 2
    assert "charities_england_wales.csv.gz, row 3, column `charity_number`" in failed.stderr
    assert "Traceback" not in failed.stderr
    [listed] = json.loads(classify("registers", "list", "--json", **environment).stdout)
    assert (listed["source"], listed["organisations"]) == ("england-wales-list", 1)


def test_matching_a_file_needs_no_server(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("supplier\nThornbeck Hospice\n")
    done = classify(
        *("match", "--registers", str(tmp_path), "--in", str(source), "--out", str(target))
    )
    assert done.returncode == 0, done.stderr
    assert "1 names" in done.stderr
    assert "GB-CHC-9000101" in target.read_text()


def test_definitions_are_listed_and_a_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\ntitle = "Our own view"\nversion = "3"\nsince = 2026-01-01\nsource = "us"\n'
        'includes = ["registered-charity"]\n'
    )
    environment = {"LOCALPOUND_CLASSIFY_DEFINITIONS": str(tmp_path)}
    done = classify("definitions", **environment)
    assert done.returncode == 0, done.stderr
    assert "definition own, version 3 from 2026-01-01: Our own view\n" in done.stdout
    assert "flag nhs-charity" in done.stdout

    own.write_text(own.read_text() + "colour = 1\n")
    for verb in ("definitions", "serve"):
        failed = classify(verb, **environment)
        assert failed.returncode == 2
        assert "own.toml: colour is no field that is known" in failed.stderr + failed.stdout
        assert "Traceback" not in failed.stderr + failed.stdout
