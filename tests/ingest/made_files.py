"""Files of every kind that is read, made by other libraries than those that read them."""

import csv
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
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pyxlsbwriter import XlsbWriter

Rows = Sequence[Sequence[Any]]


def make_csv(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


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
            writer.write_sheet([list(row) for row in rows])
        return path.read_bytes()


def make_ods(rows: Rows) -> bytes:
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


def make_parquet(rows: Rows) -> bytes:
    header, *records = rows
    content = io.BytesIO()
    frame = pl.DataFrame([list(record) for record in records], schema=list(header), orient="row")
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
    "zip": lambda rows: make_zip({"a/spend.csv": make_csv(rows), "spend.xlsx": make_xlsx(rows)}),
}
"""By the suffix that such files have."""
