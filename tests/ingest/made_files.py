"""Files of every kind that is read, made by other libraries than those that read them."""

import csv
import html
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import xlwt
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pyxlsbwriter import XlsbWriter

Rows = Sequence[Sequence[Any]]


def make_csv(
    rows: Rows, delimiter: str = ",", encoding: str = "utf-8", errors: str = "strict"
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding, errors)


def make_xlsx(rows: Rows) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    return save_xlsx(workbook)


def save_xlsx(workbook: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def make_xls(rows: Rows) -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Sheet")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            style = (day,) if isinstance(value, date) else ()
            sheet.write(row, column, value, *style)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def make_xlsb(rows: Rows) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.xlsb"
        with XlsbWriter(str(path)) as writer:
            writer.add_sheet("Sheet")
            width = max(map(len, rows))
            writer.write_sheet([[*row, *[None] * (width - len(row))] for row in rows])
        return path.read_bytes()


def make_ods(rows: Rows) -> bytes:
    Element.namespaces.clear()  # else it names those of all documents before it too
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet")
    for row in rows:
        line = TableRow()
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    content = io.BytesIO()
    document.write(content)
    return content.getvalue()


def _ods_cell(value: Any) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=repr(value))
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def make_html(rows: Rows) -> bytes:
    """As reporting systems name it .xls: headings, a nested table, cells left open."""
    lines = "".join(
        "<tr>"
        + "".join(
            f"<td class=xl{place}>{html.escape(_shown(value)) or '&nbsp;'}"
            for place, value in enumerate(row)
        )
        for row in rows
    )
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset=utf-8>'
        "<style>td {color: red}</style></head><body><table><tr><td><h1>Report</h1>"
        f"<table border=1>{lines}</table></td></tr></table></body></html>"
    ).encode()


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def make_spreadsheet_xml(rows: Rows) -> bytes:
    """An XML spreadsheet of 2003."""
    lines = "".join(f"<Row>{''.join(map(_xml_cell, row))}</Row>" for row in rows)
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet">'
        f"<Table>{lines}</Table></Worksheet></Workbook>"
    ).encode()


def _xml_cell(value: Any) -> str:
    if value is None:
        return "<Cell/>"
    if isinstance(value, date):
        moment = value.isoformat()
        text, kind = (moment if "T" in moment else f"{moment}T00:00:00") + ".000", "DateTime"
    elif isinstance(value, int | float):
        text, kind = repr(value), "Number"
    else:
        text, kind = html.escape(str(value)), "String"
    return f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'


def make_parquet(rows: Rows) -> bytes:
    header, *records = rows
    content = io.BytesIO()
    columns = [[record[place] for record in records] for place in range(len(header))]
    frame = pl.DataFrame(dict(zip(header, columns, strict=True)), strict=False)
    frame.write_parquet(content)
    return content.getvalue()


def make_json(rows: Rows) -> bytes:
    return json.dumps(_records(rows), default=str).encode()


def make_json_lines(rows: Rows) -> bytes:
    return "\n".join(json.dumps(record, default=str) for record in _records(rows)).encode()


def _records(rows: Rows) -> list[dict[str, Any]]:
    header, *records = rows
    return [dict(zip(header, record, strict=True)) for record in records]


def make_zip(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, member in members.items():
            package.writestr(name, member)
    return content.getvalue()


def repack(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A zip, or a workbook that is one, with its members changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return make_zip({name: change(name, package.read(name)) for name in package.namelist()})


MAKERS: dict[str, Callable[[Rows], bytes]] = {
    "csv": make_csv,
    "tsv": lambda rows: make_csv(rows, "\t", "utf-16"),
    "xlsx": make_xlsx,
    "xls": make_xls,
    "xlsb": make_xlsb,
    "ods": make_ods,
    "parquet": make_parquet,
    "json": make_json,
    "jsonl": make_json_lines,
    "html": make_html,
    "xml": make_spreadsheet_xml,
    "zip": lambda rows: make_zip({"a/spend.csv": make_csv(rows), "spend.xlsx": make_xlsx(rows)}),
}
"""By the suffix that such files have."""
PACKED = {"xlsx", "xlsb", "ods", "zip"}
TEXTS = {"csv", "tsv", "json", "jsonl", "html", "xml"}
FLAT = {"parquet", "json", "jsonl"}
"""Those whose rows all have the columns of the first."""
WIDEST = {"xls": 256, "ods": 300, "zip": 1_000, **dict.fromkeys(("html", *sorted(FLAT)), 2_000)}
"""Columns of a file of a kind, where more takes its maker too long, or is refused as a whole."""
