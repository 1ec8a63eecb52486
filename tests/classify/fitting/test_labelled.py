"""Labelled suppliers as the benchmark's files print them."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.classify.fitting.labelled import CHARITY, GRANTED, read_labelled
from shared.errors import Rejected

FILES: dict[str, Sequence[Sequence[str]]] = {
    "nhs_suppliers_dev": [("supplier", "label", "charityregno")],
    "nhs_public_bodies_dev": [("supplier", "label")],
    "devon_creditor_types": [("supplier", "creditor_type")],
}


def write(folder: Path, name: str, rows: Sequence[Sequence[str]]) -> None:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def benchmark_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "benchmark"
    for name, rows in FILES.items():
        write(folder, name, rows)
    return folder


def test_grants_name_a_charity_by_the_number_that_the_council_printed(
    benchmark_folder: Path, tmp_path: Path
) -> None:
    rows = [
        ("Grant Beneficiary", "Beneficiary's registration Number"),
        ("Ashgarth  Hall ", "Charity No. 1009999"),
        ("ASHGARTH HALL", "1009999"),
        ("Lantern Row", "charity 211111 Company no. 05712378"),
        ("Lantern Works Ltd", "9339838"),
        ("Lantern Club", "none"),
        ("Lantern Field", "1137"),
    ]
    write(tmp_path / "grants", GRANTED, rows)
    granted = [one for one in read_labelled(benchmark_folder) if one.source == GRANTED]
    assert [(one.name, one.right, one.sort) for one in granted] == [
        ("Ashgarth Hall", "GB-CHC-1009999", CHARITY),
        ("Lantern Row", "GB-CHC-211111", CHARITY),
    ]


def test_without_grants_beside_it_the_benchmark_stands_alone(benchmark_folder: Path) -> None:
    assert read_labelled(benchmark_folder) == []


def test_a_benchmark_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="nhs_suppliers_dev"):
        read_labelled(tmp_path)
