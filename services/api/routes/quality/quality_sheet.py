"""A quality report as one CSV table: a row for each field and period, then one for each finding."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.csv_rows import csv_table

COLUMNS = (
    *("buyer", "part", "name", "period", "from", "to", "field", "unit", "suppliers", "payees"),
    *("reference", "lines", "amount", "gross", "measure", "usual", "thresholds", "says"),
    "payments",
)
_FIGURES = frozenset(map(COLUMNS.index, ("amount", "gross")))

Row = Mapping[str, Any]


def write_quality(report: Mapping[str, Any]) -> bytes:
    """The report as bytes of CSV, with the mark by which spreadsheets know UTF-8."""
    rows = ({"buyer": report["buyer"]} | dict(row) for row in _rows(report))
    return csv_table(COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows), _FIGURES)


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
                "suppliers": "; ".join(each["supplier_id"] or "withheld" for each in suppliers),
                "payees": "; ".join(each["payee"] or "withheld" for each in suppliers),
            }
