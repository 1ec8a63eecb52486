"""Every spreadsheet that a service writes shows what is untrusted and runs none of it."""

import ast
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from services.api.exports.csv_sheet import Cells, as_csv
from services.api.exports.exported import Exported
from services.api.reports.benchmarks_sheet import write_benchmarks
from services.api.reports.commitments_sheet import write_commitments
from services.api.reports.read_pack import Part, list_contents
from services.api.routes.quality.quality_sheet import write_quality
from services.api.routes.spend.unmapped_sheet import write_unmapped
from services.api.statements.sheets import write_sheet as write_statement_sheet
from services.classify.decisions.decision import Decision
from services.classify.decisions.decisions_file import read_decisions, write_decisions
from services.classify.match_files.index_files import index_files
from services.classify.match_files.match_file import answering, match_file
from services.classify.supplier import Supplier
from services.ingest.programmes.map_sheet import read_map, write_map
from services.ingest.programmes.programme_map import MapLine
from services.ingest.reading.limits import Limits
from services.ingest.rejects.reject_sheet import (
    ABOUT,
    CSV,
    XLSX,
    RejectRow,
    read_sheet,
    write_sheet,
)
from shared.identity import identify
from shared.lists.columns import Column, Kind
from shared.lists.csv_form import CsvForm
from tests.api.exports.made import each, whole
from tests.classify.database import DEFINITIONS
from tests.classify.registries import charity_row, write_charities

ROOT = Path(__file__).parent.parent.parent
FULL_WIDTH = (
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)
UNTRUSTED = [
    *("=cmd|'/c calc'!A1", "+44 113 496 0000", "-1,200.00", "@SUM(A1)", "\tx", "\rx", "\nx"),
    *(
        "'quoted",
        "''",
        "'=1",
        *(f"{sign}1" for sign in FULL_WIDTH),
        'plain, with; a\ttab and "quotes"',
    ),
]
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
_WRITERS = {
    *("writer", "DictWriter", "write_csv", "to_csv", "write_excel", "to_excel", "Workbook"),
    *("csv_table", "csv_of_rows", "csv_rows"),
}


class Export(NamedTuple):
    """Every cell that a spreadsheet program would see, and what is read back, if it is."""

    cells: list[str]
    read: list[str] | None


def _cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def export_rejects(form: str, texts: Sequence[str], folder: Path) -> Export:
    path = folder / f"rejects.{form}"
    columns = [f"{text}-" for text in texts]  # a header is as untrusted as what stands under it
    about = dict.fromkeys(ABOUT, "") | {"reject id": "r-1", "reason": texts[0], "buyer": texts[1]}
    row = RejectRow(list(about.values()), dict(zip(columns, texts, strict=True)))
    write_sheet(path, form, columns, [row])
    [back] = read_sheet(path, path.name, Limits())
    if form == CSV:
        cells = _cells(path.read_bytes().decode("utf-8-sig"))
    else:
        book = openpyxl.load_workbook(path)
        every = [cell for line in book["rejects"].iter_rows() for cell in line if cell.value]
        assert {cell.data_type for cell in every} == {"s"}
        cells = [str(cell.value) for cell in every]
    return Export(cells, [back.cells[column] for column in columns])


def export_decisions(texts: Sequence[str], _: Path) -> Export:
    one = Decision(
        *(identify("supplier", "1"), None, None, "not-vcse", (), None, None, "why", "officer", NOW)
    )
    lines = [text for text in texts if text.isprintable()]  # a reason holds nothing else
    decisions = [one._replace(why=text) for text in lines]
    target = io.StringIO()
    write_decisions(target, [(each, texts[0]) for each in decisions], personal=True)
    back = read_decisions(io.StringIO(target.getvalue(), newline=""), NOW)
    said = dict(zip(lines, back, strict=True))
    whys = [said[text].decision for text in lines]
    assert [why and why.why for why in whys] == lines
    return Export(_cells(target.getvalue()), None)


def export_matches(texts: Sequence[str], folder: Path) -> Export:
    write_charities(folder, [charity_row("9000101", "=Thornbeck Hospice")])
    answer = answering(index_files(folder, folder / "cache"), DEFINITIONS)
    suppliers = [Supplier("", text) for text in (*texts, "=Thornbeck Hospice")]
    target = io.StringIO(newline="")
    match_file(suppliers, target, partial(map, answer))
    return Export(_cells(target.getvalue()), None)


def export_quality(texts: Sequence[str], _: Path) -> Export:
    finding = {"unit": texts[0], "reference": texts[1], "says": texts[2], "payments": None}
    findings = [
        finding | {"unit": text, "suppliers": [{"supplier_id": "s-1", "payee": text}]}
        for text in texts
    ]
    rule = {"rule": "repeated", "thresholds": {"lines": 2}, "findings": findings}
    report = {"buyer": "GB-LAE-LDS", "completeness": [], "periods": [], "rules": [rule]}
    return Export(_cells(write_quality(report).decode("utf-8-sig")), None)


def export_benchmarks(texts: Sequence[str], _: Path) -> Export:
    nothing = dict.fromkeys(("population", "spend", "per_head", "local", "providers", "agreements"))
    places = [
        nothing
        | {"by": "place", "name": text, "programmes": [{"programme": text}]}
        | {"cannot_be_told": [{"measure": text, "reason": text}]}
        for text in texts
    ]
    answered = {"definition": None, "buyers": [], "places": places}
    return Export(_cells(write_benchmarks(answered).decode("utf-8-sig")), None)


def export_commitments(texts: Sequence[str], _: Path) -> Export:
    one = dict.fromkeys(("number", "section", "status", "measured", "untold", "evidence_count"))
    each = [
        one
        | {"title": text, "reason": text, "figures": {text: None}}
        | {"evidence": [{"says": text, "href": "/v1/payments"}]}
        | {"statements": [{"day": "2026-04-01", "says": text, "withdrawn_at": None}]}
        for text in texts
    ]
    written = write_commitments({"commitments": each, "principles": each})
    return Export(_cells(written.decode("utf-8-sig")), None)


def export_contents(texts: Sequence[str], _: Path) -> Export:
    parts = [Part("benchmarks", text, None, text) for text in texts]
    written = list_contents("/v1/statements", parts)
    return Export(_cells(written.decode("utf-8-sig")), None)


def export_publication(texts: Sequence[str], _: Path) -> Export:
    rows: list[Exported[Cells]] = [Exported("p-1", -1_00, (text, -1_00)) for text in texts]
    written = whole(as_csv(("Supplier", "Amount"), each(rows))).decode("utf-8-sig")
    cells = _cells(written)
    assert cells.count("-1.00") == len(texts), "an amount is a number"
    return Export([cell for cell in cells if cell != "-1.00"], None)


def export_list(texts: Sequence[str], _: Path) -> Export:
    columns = (Column("payee", ("payee",), Kind.TEXT), Column("also", ("also",), Kind.TEXTS))
    form = CsvForm(columns)
    rows = form.write({"payee": texts, "also": [[text] for text in texts]})
    return Export(_cells((form.begin() + rows + form.end()).decode("utf-8-sig")), None)


def export_unmapped(texts: Sequence[str], folder: Path) -> Export:
    figures = {"gross_amount": "1.00", "amount": "1.00", "lines": 1, "share": 1.0}
    days = {"first_day": "2026-04-01", "last_day": "2026-04-01", "programme": "as read"}
    items = [figures | days | {"unit": text, "purposes": [text]} for text in texts]
    path = folder / "codes.csv"
    path.write_bytes(write_unmapped(items))
    assert [each.unit for each in read_map(path, path.name, Limits()).lines] == _trimmed(texts)
    return Export(_cells(path.read_bytes().decode("utf-8-sig")), None)


def export_statement(texts: Sequence[str], _: Path) -> Export:
    sheet = write_statement_sheet(texts, [[text, "-£1,234.50"] for text in texts], numeric={1})
    assert sheet.count(b",-1234.50\r\n") == len(texts)
    cells = _cells(sheet.decode("utf-8-sig").replace(",-1234.50", ""))
    return Export(cells, None)


def export_map(texts: Sequence[str], folder: Path) -> Export:
    path = folder / "map.csv"
    lines = [MapLine(text, None, None, None, text) for text in texts]
    path.write_bytes(write_map(lines))
    read = read_map(path, path.name, Limits()).lines
    assert [each.programme for each in read] == _trimmed(texts)
    return Export(_cells(path.read_bytes().decode("utf-8-sig")), None)


def _trimmed(texts: Sequence[str]) -> list[str]:
    """As codes are kept: blanks around one are none of it."""
    return [text.strip() for text in texts]


EXPORTS: dict[str, list[Callable[[Sequence[str], Path], Export]]] = {
    "services/api/exports/csv_sheet.py": [export_publication],
    "services/api/reports/benchmarks_sheet.py": [export_benchmarks],
    "services/api/reports/commitments_sheet.py": [export_commitments],
    "services/api/routes/quality/quality_sheet.py": [export_quality],
    "services/api/routes/spend/unmapped_sheet.py": [export_unmapped],
    "services/api/reports/read_pack.py": [export_contents],
    "services/api/statements/sheets.py": [export_statement],
    "services/classify/decisions/decisions_file.py": [export_decisions],
    "services/classify/match_files/match_file.py": [export_matches],
    "services/ingest/programmes/map_sheet.py": [export_map],
    "services/ingest/rejects/reject_sheet.py": [
        partial(export_rejects, CSV),
        partial(export_rejects, XLSX),
    ],
    "shared/csv_rows.py": [export_list],
    "shared/lists/csv_form.py": [export_list],
}


def writers() -> Iterator[str]:
    """The modules of the product that call what writes a spreadsheet."""
    for folder in ("services", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            may = any(f"{name}(" in text for name in _WRITERS)  # to parse them all takes seconds
            if may and any(map(_writes, ast.walk(ast.parse(text)))):
                yield path.relative_to(ROOT).as_posix()


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _WRITERS


def test_every_module_that_writes_a_spreadsheet_is_tried_here() -> None:
    assert list(writers()) == sorted(EXPORTS)


@pytest.mark.parametrize("module", sorted(EXPORTS))
def test_what_is_untrusted_is_shown_and_comes_back_as_it_was(module: str, tmp_path: Path) -> None:
    for number, export in enumerate(EXPORTS[module]):
        folder = tmp_path / str(number)
        folder.mkdir()
        exported = export(UNTRUSTED, folder)
        assert [cell for cell in exported.cells if cell.startswith(RUNS)] == []
        if exported.read is not None:
            assert exported.read == UNTRUSTED
