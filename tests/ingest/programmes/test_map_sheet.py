"""A finance officer's sheet of codes: which columns are which, and every bad row by its number."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from services.ingest.programmes.map_columns import find_map_columns
from services.ingest.programmes.map_sheet import read_map, write_map
from services.ingest.programmes.programme_map import MapLine
from services.ingest.reading.limits import Limits
from shared.csv_rows import UTF8_MARK
from shared.errors import Rejected
from tests.ingest.made_files import save_xlsx


@pytest.mark.parametrize(
    ("headers", "places"),
    [
        ("unit,expense_type,ledger_programme,since,programme,lines", [0, 1, 2, 3, 4]),
        ("Programme,Cost Centre,Subjective Description,Valid from", [1, 2, None, 3, 0]),
        ("Programme code,Programme name,Notes", [None, None, 0, None, 1]),
        ("Unit,Cost centre,Programme", [0, None, None, None, 2]),  # its own name goes before
        ("Cost centre,Budget Heading,Programme", [0, None, None, None, 2, 1]),
    ],
)
def test_columns_are_found_by_the_words_of_ledgers(headers: str, places: list[int | None]) -> None:
    found = find_map_columns(headers.split(","))
    assert found is not None
    names = ("unit", "expense_type", "ledger_programme", "since", "programme", "budget_head")
    assert [found.places.get(name) for name in names] == [*places, None][: len(names)]


def test_two_columns_that_may_be_the_unit_are_asked_about() -> None:
    with pytest.raises(Rejected, match="'Cost centre' and 'Directorate' may each be the unit"):
        find_map_columns(["Cost centre", "Directorate", "Programme"])
    assert find_map_columns(["Date", "Supplier", "Amount"]) is None


def test_a_workbook_is_read_with_its_numbers_and_days_and_every_bad_row_is_said(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Codes of the CCG, as at April"])
    sheet.append(["Cost centre", "Expense type", "Since", "Programme", "Owner", "Budget head"])
    sheet.append([31110, None, datetime(2024, 4, 1), "End of life", "AB", "Hospices"])  # noqa: DTZ001
    sheet.append(["0031110", "Drugs", "01/10/2024", "Medicines"])
    sheet.append(["42000", None, None, None])
    sheet.append([None, None, None, "Carers"])
    sheet.append([31110.0, None, "2024-04-01", "Carers"])
    sheet.append(["50000", None, "in April", "Carers"])
    sheet.append(["60000", None, None, None, None, "Precept"])
    sheet.append([31110, None, "2024-04-01", "End of life"])
    path = tmp_path / "codes.xlsx"
    path.write_bytes(save_xlsx(book))
    read = read_map(path, path.name, Limits())
    assert read.lines == [
        MapLine("31110", None, None, date(2024, 4, 1), "End of life", "Hospices"),
        MapLine("0031110", "Drugs", None, date(2024, 10, 1), "Medicines"),
    ]
    assert [(fault.row, fault.field) for fault in read.faults] == [
        (6, "unit"),
        (7, "programme"),
        (8, "since"),
        (9, "programme"),
        (10, "budget_head"),
    ]
    assert "row 3 says 'End of life' of the same codes" in read.faults[1].reason
    assert (read.left_blank, read.unread) == (1, ["Owner"])


@pytest.mark.parametrize("broken", ['Z1,"Mental health,Hospices', "Z1,Carers,Hospices,,,said"])
def test_a_row_that_cannot_be_read_makes_no_line(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(f"Unit,Programme,Budget head\n{broken}\nZ2,Carers,Precept\n")
    read = read_map(path, path.name, Limits(columns=4))
    assert [fault.row for fault in read.faults] == [2]
    assert read.lines == [MapLine("Z2", None, None, None, "Carers", "Precept")]


def test_what_is_written_is_read_back_and_runs_nothing(tmp_path: Path) -> None:
    lines = [
        MapLine("=cmd()", None, "'quoted", date(2024, 4, 1), "-Other", "+Grants"),
        MapLine(None, "Drugs, and more\nof them", None, None, "Medicines"),
    ]
    written = write_map(lines)
    assert written.startswith(UTF8_MARK)
    assert b"\n'=cmd()," in written
    path = tmp_path / "map.csv"
    path.write_bytes(written)
    assert read_map(path, path.name, Limits()).lines == lines
    path.write_text("Date,Amount\n2024-04-01,1\n")
    with pytest.raises(Rejected, match=r"map\.csv has no table with a column `programme`"):
        read_map(path, path.name, Limits())
