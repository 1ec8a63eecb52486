"""Workbooks: XLSX, XLS, XLSB and ODS, made by other libraries than those that read them."""

import datetime as dt
import errno
import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO

import openpyxl
import pytest
import xlrd
import xlsxwriter
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.imports.tally import Count
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.shared_strings import (
    LONGEST_TEXT,
    SharedStrings,
    read_shared_strings,
)
from services.ingest.reading.sheet import Merged, Sheet
from services.ingest.reading.xlsx_cells import unescape
from services.ingest.reading.xlsx_styles import shows_day, sign_shown
from shared.errors import Rejected, Retryable
from tests.ingest.made_files import MAKERS, make_xlsx, repack, save_xlsx
from tests.ingest.reading.reading import LIMITS, read_rows, read_sheets, written

ROWS: list[list[Any]] = [
    ["Date", "Amount", "Payee", "Reference"],
    [date(2021, 3, 31), 1234.56, "Café Crème", "00123"],
    [None, None, None, None],
    [date(2021, 4, 1), -78768593.1, "Leeds & Mind <x>", "R-1"],
    [date(2021, 4, 2), 25000, "Total", None],
]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_a_table_that_begins_further_down_and_right_stays_there(tmp_path: Path, kind: str) -> None:
    rows: list[list[Any]] = [[None] * 3, [None, None, "Payee"], [None] * 3, [None, "x", 1]]
    assert read_rows(written(tmp_path, MAKERS[kind](rows))) == [
        (),
        (None, None, "Payee"),
        (),
        (None, "x", 1),
    ]


def workbook(fill: Callable[[Worksheet], None]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    return made


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_workbooks_of_every_kind_say_the_same(tmp_path: Path, kind: str) -> None:
    assert read_rows(written(tmp_path, MAKERS[kind](ROWS), "spend.bin")) == [
        ("Date", "Amount", "Payee", "Reference"),
        (date(2021, 3, 31), Decimal("1234.56"), "Café Crème", "00123"),
        (),
        (date(2021, 4, 1), Decimal("-78768593.1"), "Leeds & Mind <x>", "R-1"),
        (date(2021, 4, 2), 25000, "Total"),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (0.1 + 0.2, "General", Decimal("0.3")),
        (1234.5600000000001, "#,##0.00", Decimal("1234.56")),
        (123456789012345, "0", 123456789012345),
        (1234.56, '[Red]-£#,##0.00;"d"0', Decimal("1234.56")),
        (44286, "General", 44286),
        (44286, "dd/mm/yyyy", date(2021, 3, 31)),
        (44286, "[$-809]dd mmmm yyyy;@", date(2021, 3, 31)),
        (44286, "mmm-yy", date(2021, 3, 31)),
        (44286.5, "dd/mm/yyyy hh:mm", dt.datetime(2021, 3, 31, 12)),  # noqa: DTZ001
        (-250, "dd/mm/yyyy", -250),
        (9_000_000, "dd/mm/yyyy", 9_000_000),
        (0.5, "hh:mm", Decimal("0.5")),
        (True, "General", True),
        ("00123", "General", "00123"),
        ("_x000D_ end", "General", "\r end"),
    ],
)
def test_a_cell_is_what_its_file_says(
    tmp_path: Path, value: Any, number_format: str, read: Any
) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B2"] = value
        sheet["B2"].number_format = number_format

    rows = read_rows(written(tmp_path, save_xlsx(workbook(fill)), "spend.xlsx"))
    assert rows == [(), (None, read)]
    assert type(rows[1][1]) is type(read)


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    made = workbook(lambda sheet: sheet.append([date(2021, 3, 31)]))
    made.epoch = CALENDAR_MAC_1904
    assert read_rows(written(tmp_path, save_xlsx(made))) == [(date(2021, 3, 31),)]


@pytest.mark.parametrize(
    ("code", "day"),
    [("d/m/yy", True), ("mm:ss", False), ("[h]:mm", False), ('0.00" days"', False), ("mmmm", True)],
)
def test_a_format_shows_a_day_or_not(code: str, *, day: bool) -> None:
    assert shows_day(code) is day


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        ("[$\N{EURO SIGN}-2] #,##0.00", "\N{EURO SIGN}"),
        ('#,##0.00 "\N{EURO SIGN}"', "\N{EURO SIGN}"),
        ("[$USD] #,##0.00", "USD"),
        ("\N{POUND SIGN}#,##0.00", ""),
        ("#,##0.00 _\N{EURO SIGN}", ""),
    ],
)
def test_a_number_in_a_format_of_other_money_is_shown_with_its_sign(
    tmp_path: Path, code: str, sign: str
) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = 12.5
        sheet["A1"].number_format = code

    assert sign_shown(code) == sign
    shown = f"{sign} 12.5" if sign else Decimal("12.5")
    assert read_rows(written(tmp_path, save_xlsx(workbook(fill)))) == [(shown,)]


def test_sheets_are_told_hidden_ones_too_and_charts_left_out(tmp_path: Path) -> None:
    made = workbook(lambda sheet: sheet.append([1]))
    made.create_sheet("Notes").sheet_state = "hidden"
    made.create_chartsheet("Chart")
    read = read_sheets(written(tmp_path, save_xlsx(made)))
    assert [(sheet.name, sheet.hidden) for sheet, _ in read] == [("Sheet", False), ("Notes", True)]


def test_a_merged_range_has_its_value_top_left(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Spend over £25,000"
        sheet.merge_cells("A1:C2")
        sheet["B3"] = 1

    [(sheet, rows)] = read_sheets(written(tmp_path, save_xlsx(workbook(fill))))
    assert rows == [(1, ("Spend over £25,000",)), (2, ()), (3, (None, 1))]
    assert sheet.merged == (Merged(1, 1, 2, 3),)


def test_a_formula_is_the_value_that_was_kept_of_it_and_none_is_told(tmp_path: Path) -> None:
    content = make_xlsx([["=1+1", "=A1", "x"]])

    def keep(_: str, member: bytes) -> bytes:
        return member.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    [(sheet, rows)] = read_sheets(written(tmp_path, repack(content, keep)))
    assert rows == [(1, (2, None, "x"))]
    assert sheet.notes == ("1 of its formulas hold no value: they are blank",)


def test_an_error_stays_what_it_is(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "#N/A"
        sheet["A1"].data_type = "e"

    assert read_rows(written(tmp_path, save_xlsx(workbook(fill)))) == [("#N/A",)]


def test_macros_are_not_run_but_told(tmp_path: Path) -> None:
    content = repack(make_xlsx([["a", 1]]), lambda _, member: member)
    path = written(tmp_path, content, "spend.xlsm")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"code")
    [(sheet, rows)] = read_sheets(path)
    assert rows == [(1, ("a", 1))]
    assert "it has macros: they were not run" in sheet.notes[0]


def test_a_hundred_thousand_empty_formatted_rows_are_none(tmp_path: Path) -> None:
    empty = b"".join(
        b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (row, row)
        for row in range(2, 100_001)
    )
    content = repack(
        make_xlsx([["a", 1]]),
        lambda _, member: member.replace(b"</sheetData>", empty + b"</sheetData>"),
    )
    [(_, rows)] = read_sheets(written(tmp_path, content))
    assert rows == [(1, ("a", 1))]


def test_an_xls_keeps_hidden_sheets_and_large_sheets_in_order(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("Spend")
    for row in range(30_000):
        sheet.write(row, 0, row)
    made.add_sheet("Notes").visibility = 1
    path = tmp_path / "spend.xls"
    made.save(str(path))
    [(first, rows), (second, none)] = read_sheets(path)
    assert (first.name, first.hidden, second.name, second.hidden) == ("Spend", False, "Notes", True)
    assert rows == [(number + 1, (number,)) for number in range(30_000)]
    assert none == []
    assert xlrd.open_workbook(str(path)).sheet_by_index(0).nrows == len(rows)


def test_the_texts_of_a_workbook_are_parsed_once_for_all_its_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_sheets(*texts: str) -> bytes:
        content = io.BytesIO()
        with xlsxwriter.Workbook(content) as made:
            for text in texts:
                made.add_worksheet(text).write(0, 0, text)
        return content.getvalue()

    parsed: list[str] = []

    def counted(part: BinaryIO, what: str) -> SharedStrings:
        parsed.append(what)
        return read_shared_strings(part, what)

    monkeypatch.setattr("services.ingest.reading.xlsx.read_shared_strings", counted)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("a.xlsx", of_sheets("one", "two", "three"))
        package.writestr("b.xlsx", of_sheets("four", "five"))
    with open_file(written(tmp_path, packed.getvalue(), "all.zip"), LIMITS) as opened:
        for sheet in (*opened.sheets, *opened.sheets[:3]):
            assert [row for _, row in sheet.rows()] == [(sheet.name,)]
    assert [what[-6:] for what in parsed] == ["a.xlsx", "b.xlsx", "a.xlsx"]


def test_texts_are_found_by_number_in_any_order(tmp_path: Path) -> None:
    texts = [f"{number} \N{POUND SIGN} {'x' * (number % 90)}" for number in range(1_000)]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        first, second = made.add_worksheet("first"), made.add_worksheet("second")
        for row, text in enumerate(texts):
            first.write(row, 0, text)
        for row, text in enumerate(reversed(texts)):
            second.write(row, 0, text)
    [(_, read), (_, turned)] = read_sheets(written(tmp_path, content.getvalue()))
    assert [row for _, row in read] == [(text,) for text in texts]
    assert [row for _, row in turned] == [(text,) for text in reversed(texts)]


def test_a_shared_text_without_end_is_refused() -> None:
    part = io.BytesIO(b"<sst>" + b"<si><t>ok</t></si>" + b"<si><t>" + b"x" * (LONGEST_TEXT + 1))
    with pytest.raises(Rejected, match="a text has more than 131,072 characters"):
        read_shared_strings(part, "spend.xlsx")


def _workbook_of_sheets(path: Path, sheets: int) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for number in range(sheets):
            sheet = made.add_worksheet(f"{number}")
            sheet.write_row(0, 0, ["Date", "Supplier", "Amount"])
            for row in range(1, 4):
                sheet.write_row(row, 0, ["13/04/2024", f"Supplier {number}", f"{number}.0{row}"])
    return path


def test_a_workbook_of_any_number_of_sheets_takes_two_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(prefix: str) -> tuple[int, str]:
        made.append("one")
        return mkstemp(prefix=prefix)

    monkeypatch.setattr("services.ingest.reading.spill.mkstemp", counted)
    path = _workbook_of_sheets(tmp_path / "spend.xlsx", 60)
    reads = dry_run_file(path, {}, date(2026, 11, 25))
    assert [read.accepted.rows for read in reads] == [3] * 60
    assert len(made) == 2


@pytest.mark.parametrize("sheets", [1, 2])
def test_a_full_disk_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheets: int
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = _workbook_of_sheets(tmp_path / "spend.xlsx", sheets)
    monkeypatch.setattr("services.ingest.reading.spill.os.pwrite", full)
    [read] = dry_run_file(path, {}, date(2026, 11, 25))
    assert "No space left on device" in read.error
    assert "make room, or name another folder by TMPDIR" in read.error
    assert "damaged" not in read.error
    with pytest.raises(Retryable), open_file(path, LIMITS) as opened:
        list(opened.sheets[0].rows())


def test_what_no_database_keeps_is_replaced_where_it_was_escaped() -> None:
    assert unescape("a_x0000_b_xD800_c_x0041_") == "a\ufffdb\ufffdcA"


def test_a_payment_that_is_struck_through_is_rejected_and_its_words_stay(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        plain, struck = workbook.add_format(), workbook.add_format({"font_strikeout": True})
        day = workbook.add_format({"num_format": "dd/mm/yyyy", "font_strikeout": True})
        sheet.write_row(0, 0, ["Date", "Supplier", "Amount"])
        for row, style in enumerate((plain, struck, plain), 1):
            sheet.write_row(row, 0, ["13/04/2024", "A Ltd", 10 * row], style)
        sheet.write_datetime(4, 0, dt.datetime(2024, 4, 14), day)  # noqa: DTZ001 - Excel has no zones
        sheet.write_row(4, 1, ["B Ltd", "\N{POUND SIGN}5.00"], struck)
    path = written(tmp_path, content.getvalue())
    assert read_rows(path)[2] == ("13/04/2024 (struck through)", "A Ltd", "20 (struck through)")
    [read] = dry_run_file(path, {}, date(2026, 11, 25))
    assert read.accepted == Count(2, 40_00)
    [(reason, rejected)] = read.rejected_by_reason.items()
    assert "struck through in its workbook" in reason
    assert rejected.rows == 2


def test_what_can_t_be_printed_of_a_sheet_s_name_is_shown_as_such() -> None:
    # PostgreSQL keeps no null character, and a sentence names the sheet.
    sheet = Sheet(lambda _: iter(()), name="Paid\x00\u00a0in May")
    assert sheet.name == "Paid\N{REPLACEMENT CHARACTER} in May"
