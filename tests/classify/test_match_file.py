"""The offline tool: one row out for each row in, in order."""

import csv
import io
from pathlib import Path

import pytest

from services.classify.index_files import index_files
from services.classify.match_file import COLUMNS, match_file, read_suppliers
from shared.errors import Rejected
from tests.classify.database import DEFINITIONS
from tests.classify.registries import charity_row, write_charities


def test_one_row_for_each_row_in_the_same_order(tmp_path: Path) -> None:
    write_charities(
        tmp_path,
        [
            charity_row("9000101", "Thornbeck Hospice"),
            charity_row("9000201", "Harrowfell Hall"),
            charity_row("9000202", "Harrowfell Hall"),
        ],
    )
    source = io.StringIO(
        'supplier,charity_number\nTHORNBECK HOSPICE,\nJ Smith,\n"",\nHarrowfell Hall,\nX,9000101\n'
    )
    suppliers = list(read_suppliers(source))
    target = io.StringIO()
    index = index_files(tmp_path, tmp_path / "cache")
    assert match_file(suppliers, target, index, DEFINITIONS) == 5
    rows = list(csv.DictReader(io.StringIO(target.getvalue())))
    assert tuple(rows[0]) == COLUMNS
    assert [(r["registered_charity"], r["tier"], r["organisation"], r["rule"]) for r in rows] == [
        ("true", "auto", "GB-CHC-9000101", "exact-name"),
        ("false", "none", "", "no-match"),
        ("false", "none", "", "no-name"),
        ("true", "review", "GB-CHC-9000202", "exact-name-shared"),
        ("true", "auto", "GB-CHC-9000101", "published-identifier"),
    ]
    assert rows[3]["candidates"] == "GB-CHC-9000202;GB-CHC-9000201"


def test_a_file_without_suppliers_or_a_folder_without_registers_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="holds no register"):
        index_files(tmp_path, tmp_path)
    with pytest.raises(Rejected, match="`supplier` is missing"):
        list(read_suppliers(io.StringIO("payee\nx\n")))
