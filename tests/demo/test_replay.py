"""Real payments replayed: the totals are the file's own, added up apart from the product's code.

Every 96th row and one register; LOCALPOUND_REPLAY=whole takes every row and every register.
"""

import math
import os
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from deploy.demo.accounts import control_totals
from deploy.demo.play import SETTINGS
from deploy.demo.replay import BUYER, replay, show_replay
from deploy.demo.running import running
from deploy.demo.steps import Steps
from deploy.local.addresses import Addresses
from tests.demo.newer_register import LATER, NAME, STATUS, restate, write_newer

WHOLE = os.environ.get("LOCALPOUND_REPLAY") == "whole"
ROWS = 732_293
EACH = 96
ADDED = 30
PAYEE = "beneficiary_name"
REGISTER = "charities_northern_ireland.csv.gz"
FILE = Path("spend", "west_yorkshire", "bradford.parquet")


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Path:
    """A folder of data: all of the real one, or a little of it."""
    if WHOLE:
        return data
    (tmp_path / FILE).parent.mkdir(parents=True)
    pl.scan_parquet(data / FILE).gather_every(EACH).sink_parquet(tmp_path / FILE)
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / REGISTER).symlink_to(data / "registers" / REGISTER)
    return tmp_path


def of_the_file(path: Path) -> tuple[dict[str, tuple[int, int]], int]:
    """Lines and pence by month of the rows that have an amount, and how many have none."""
    rows = pl.read_parquet(path)
    months = (
        rows.drop_nulls("amount")
        .group_by(pl.col("payment_date").str.slice(0, 7))
        .agg(pl.len(), (pl.col("amount") * 100).round().cast(pl.Int64).sum().alias("pence"))
    )
    totals = {month: (lines, pence) for month, lines, pence in months.iter_rows()}
    return totals, rows["amount"].null_count()


def test_the_totals_are_the_files_own_and_newer_registers_move_what_they_say(
    given: Addresses, folder: Path, tmp_path: Path
) -> None:
    totals, without_amount = of_the_file(folder / FILE)
    console = Console(file=StringIO(), width=160)
    with running(Steps(console), SETTINGS, addresses=given) as run:
        imported = replay(run, Steps(console), folder)
        show_replay(console, run, imported)
        shown = control_totals(run)
        years: dict[str, Any] = {
            row["financial_year"]: row
            for row in run.get("api", "/v1/spend", group_by="financial_year")["rows"]
        }
        added, changed = (restate(run, file) for file in newer(folder, tmp_path))
    for restated in (added, changed):
        assert restated.changed == restated.facts
        assert restated.foretold == restated.told
        assert restated.told
        assert restated.differences == restated.moves
    if not WHOLE:  # beside every register the new names have namesakes: pounds move both ways
        assert added.moves["registered-charity"] > 0 > changed.moves["registered-charity"]
    assert {month: tuple(total) for (_, month), total in shown.items()} == totals
    assert {buyer for buyer, _ in shown} == {BUYER}
    assert imported["rejected"] + imported["skipped"] == without_amount
    assert imported["read"] == (ROWS if WHOLE else math.ceil(ROWS / EACH))
    by_year: dict[str, int] = {}
    for month, (lines, _) in totals.items():
        by_year[financial_year(month)] = by_year.get(financial_year(month), 0) + lines
    assert {name: row["lines"] for name, row in years.items()} == by_year
    assert isinstance(console.file, StringIO)
    said = console.file.getvalue()
    for words in ("twenty largest", "by financial year", "amount is blank", *by_year):
        assert words in said


def newer(folder: Path, target: Path) -> Iterator[Path]:
    """Two editions: one with the largest payees as charities, then some renamed, some removed."""
    largest = (
        pl.read_parquet(folder / FILE)
        .filter(pl.col(PAYEE).str.contains(r"^[A-Z][A-Za-z ]{8,}$"))
        .group_by(PAYEE)
        .agg(pl.col("amount").sum())
        .sort("amount", descending=True)[PAYEE]
        .to_list()[:ADDED]
    )
    original = folder / "registers" / REGISTER
    yield write_newer(original, target / REGISTER, largest)

    def change(place: int, row: dict[str, str]) -> dict[str, str]:
        if place == 0:
            return row | {"Date registered": LATER}  # the newest registration dates the list
        if place % 3 == 0:
            return row | {NAME: f"Quillon Marsh Number {place}"}
        return row | ({STATUS: "Removed"} if place % 3 == 1 else {})

    yield write_newer(original, target / REGISTER, largest, change)


def financial_year(month: str) -> str:
    first = date.fromisoformat(f"{month}-01")
    year = first.year if first.month >= 4 else first.year - 1
    return f"{year}-{(year + 1) % 100:02}"
