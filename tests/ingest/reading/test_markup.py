"""What reporting systems name .xls and is none: web pages, and XML spreadsheets of 2003."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import Merged
from services.ingest.reading.xml_elements import feed
from shared.errors import Rejected
from tests.ingest.made_files import Rows, make_html, make_spreadsheet_xml
from tests.ingest.reading.reading import LIMITS, read_rows, read_sheets, written

MOMENT = datetime(2021, 3, 31, 10, 30)  # noqa: DTZ001 - spreadsheets have no zones
ROWS: Rows = [
    ["Date", "Supplier", "Amount"],
    [date(2021, 3, 31), "A & B <Care> Ltd", 1234.56],
    [MOMENT, "Café", -3],
]
BOOK = (
    "\n<?xml version='1.0' encoding='windows-1252'?><ss:Workbook "
    "xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet' "
    "xmlns:x='urn:schemas-microsoft-com:office:excel'>%s</ss:Workbook>"
)


def test_a_web_page_gives_the_rows_of_its_tables(tmp_path: Path) -> None:
    path = written(tmp_path, make_html(ROWS), "spend.xls")
    [(sheet, rows)] = read_sheets(path)
    said = [row for _, row in rows if row]
    assert said == [
        ("Report",),
        ("Date", "Supplier", "Amount"),
        ("2021-03-31", "A & B <Care> Ltd", "1234.56"),
        ("2021-03-31 10:30:00", "Café", "-3"),
    ]
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    assert "web page" in sheet.notes[0]


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        # tags that nobody closed, and what a browser does not show
        ("<TABLE><TR><TD>a<TD>b<BR>c<TD>d<TR><TD>e", [("a", "b c", "d"), ("e",)]),
        (
            "<table><tr><td>a<script>'<td>x</td>'</script><td><!-- <td>y -->b<td>c</table>",
            [("a", "b", "c")],
        ),
        ("<table><tr><td>101<sup>1</sup><td>1<sup>st</sup><td>c", [("101 1", "1st", "c")]),
        (
            "<table hidden><tr><td>x</table><table><tr style=DISPLAY:none><td>y<tr><td>a<td>b<td>c",
            [(), (), ("a", "b", "c")],
        ),
        # cells that span columns and rows keep the others in their columns
        (
            "<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f<tr><td>g</table>",
            [("a", "b", None, "c"), (None, "d", "e", "f"), ("g",)],
        ),
        # a number that Excel shows rounded, and a day of which it keeps the serial
        (
            '<table><tr><td x:num="1234.56">1,235<td x:num="44286">31/03/2021<td x:num>7</table>',
            [(Decimal("1234.56"), "31/03/2021", "7")],
        ),
        ("<h2>March 2021</h2>x<table><tr><td>a<td>b<td>c", [("March 2021",), ("a", "b", "c")]),
    ],
)
def test_a_web_page_is_read_as_a_browser_shows_it(
    page: str, rows: list[tuple[object, ...]], tmp_path: Path
) -> None:
    assert read_rows(written(tmp_path, page.encode(), "spend.xls")) == rows


def test_a_web_page_in_windows_1252_or_utf_16_keeps_its_characters(tmp_path: Path) -> None:
    page = "<html><meta charset=windows-1252><table><tr><td>Café<td>£5<td>ß"
    for encoding in ("cp1252", "utf-16"):
        path = written(tmp_path, page.encode(encoding), "spend.xls")
        assert read_rows(path) == [("Café", "£5", "ß")]


def test_a_cell_over_rows_ends_with_its_table(tmp_path: Path) -> None:
    page = b"<table><tr><td rowspan=9>a<td>b<td>c<tr><td>d</table><table><tr><td>e"
    [(sheet, _)] = read_sheets(written(tmp_path, page, "spend.xls"))
    assert sheet.merged == (Merged(1, 1, 2, 1),)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"<!DOCTYPE html><html><body><p>Sign in<table><tr><td>a", "without a table"),
        (b"<html><table>" + b"<tr><td><table>" * 60, "50 deep"),
        (b"<table><tr>" + b"<td colspan=9999>a" * 9, "more than 2,000 columns"),
        (b"<table><tr><td>a<td>b<td>c<!--" + b"x" * 5_000_000, "has over 4,194,304 characters"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a web archive"),
    ],
)
def test_a_page_that_is_no_table_is_refused(page: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=reason):
        read_sheets(written(tmp_path, page, "spend.xls"))


def test_an_xml_spreadsheet_of_2003_gives_values_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, make_spreadsheet_xml(ROWS), "spend.xls")
    [(sheet, rows)] = read_sheets(path)
    assert sheet.name == "Sheet"
    assert [row for _, row in rows] == [
        ("Date", "Supplier", "Amount"),
        (date(2021, 3, 31), "A & B <Care> Ltd", Decimal("1234.56")),
        (MOMENT, "Café", -3),
    ]


def test_an_xml_spreadsheet_leaves_gaps_comments_and_hidden_sheets(tmp_path: Path) -> None:
    content = BOOK % (
        "<ss:Worksheet ss:Name='One'><ss:Table><ss:Row ss:Index='3'>"
        "<ss:Cell ss:Index='2' ss:MergeDown='1'><ss:Data ss:Type='String'>é</ss:Data>"
        "<ss:Comment><ss:Data>aside</ss:Data></ss:Comment></ss:Cell>"
        "<ss:Cell ss:MergeAcross='1'><ss:Data ss:Type='Boolean'>1</ss:Data></ss:Cell>"
        "<ss:Cell><ss:Data ss:Type='Error'>#REF!</ss:Data></ss:Cell></ss:Row></ss:Table>"
        "</ss:Worksheet><ss:Worksheet ss:Name='Two'><ss:Table/><x:WorksheetOptions>"
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></ss:Worksheet>"
    )
    one, two = read_sheets(written(tmp_path, content.encode("cp1252"), "spend.xls"))
    assert [row for _, row in one[1]] == [(), (), (None, "é", True, None, "#REF!")]
    assert one[0].merged == (Merged(3, 2, 4, 2),)
    assert (two[0].name, two[0].hidden, two[1]) == ("Two", True, [])
    entities = content.replace("?><ss", "?><!DOCTYPE x [<!ENTITY a 'b'>]><ss")
    with pytest.raises(Rejected, match="declares a document type"):
        read_sheets(written(tmp_path, entities.encode("cp1252"), "spend.xls"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_each_sheet_of_an_xml_spreadsheet_is_read_from_its_own_place(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = "<ss:Row><ss:Cell><ss:Data ss:Type='String'>é {}</ss:Data></ss:Cell></ss:Row>"
    sheets = [
        f"<ss:Worksheet ss:Name='Ü{sheet}'><ss:Table>{cell.format(sheet) * 400}</ss:Table>"
        "</ss:Worksheet>"
        for sheet in range(6)
    ]
    name = {"cp1252": "windows-1252"}.get(encoding, encoding)
    content = (BOOK % "".join(sheets)).replace("windows-1252", name).lstrip()
    path = written(tmp_path, content.encode(encoding), "spend.xls")
    with open_file(path, LIMITS) as opened:
        parsed: list[int] = []

        def counted(parser: Any, part: BinaryIO, what: str) -> Iterator[None]:
            for piece in feed(parser, part, what):
                parsed.append(parser.CurrentByteIndex)
                yield piece

        monkeypatch.setattr("services.ingest.reading.spreadsheet_xml.feed", counted)
        for number, sheet in enumerate(opened.sheets):
            assert sheet.name == f"Ü{number}"
            assert [row for _, row in sheet.rows()] == [(f"é {number}",)] * 400
            assert parsed[-1] < len(content.encode(encoding)) / 6 + 3 * (1 << 14)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOOK % ("<a>" * 200 + "</a>" * 200), "level of elements 101 is beyond"),
        (
            BOOK
            % (
                "<ss:Worksheet><ss:Table><ss:Row ss:Index='1048576'/></ss:Table></ss:Worksheet>" * 6
            ),
            "blank row 6,291,450 is beyond",
        ),
    ],
    ids=["deep", "far"],
)
def test_an_xml_spreadsheet_that_would_not_end_is_refused(
    content: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(Rejected, match=reason):
        read_sheets(written(tmp_path, content.encode("cp1252"), "spend.xls"))
