"""A quality report as one CSV table: a row for each field and period, then one for each finding."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from shared.spreadsheet_cell import guarded

COLUMNS = (
    *("buyer", "part", "name", "period", "from", "to", "field", "unit", "suppliers", "payees"),
    *("reference", "lines", "amount", "gross", "measure", "usual", "thresholds", "says"),
    "payments",
)
_TEXT = ("unit", "payees", "reference", "says")
"""Columns that hold what ledgers say: shown, never run. Amounts keep their minus."""

Row = Mapping[str, Any]


def write_quality(report: Mapping[str, Any]) -> bytes:
    """The report as bytes of CSV, with the mark by which spreadsheets know UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for row in _rows(report):
        shown = {"buyer": report["buyer"]} | dict(row)
        writer.writerow(shown | {name: guarded(shown.get(name) or "") for name in _TEXT})
    return file.getvalue().encode("utf-8-sig")


def _rows(report: Mapping[str, Any]) -> Iterator[Row]:
    for field in report["completeness"]:
        yield field | {
            "part": "completeness",
            "name": field["field"],
            "measure": field["share_of_lines"],
            "says": f"{field['given']} given",
        }
    for period in report["periods"]:
        for field, lacking in period["without"].items():
            yield lacking | {
                "part": "period",
                "name": field,
                "field": field,
                "period": period["period"],
                "measure": lacking["share_of_lines"],
            }
    for rule in report["rules"]:
        thresholds = "; ".join(f"{name}: {value}" for name, value in rule["thresholds"].items())
        for finding in rule["findings"]:
            suppliers = finding["suppliers"]
            yield finding | {
                "part": "finding",
                "name": rule["rule"],
                "thresholds": thresholds,
                "suppliers": "; ".join(str(each["supplier_id"]) for each in suppliers),
                "payees": "; ".join(each["payee"] or "withheld" for each in suppliers),
            }
