"""Which column was taken for which field, in a few lines."""

from typing import Any

from services.ingest.imports.column_report import say_columns


def _sheet(name: str, *asked: str, **headers: str) -> dict[str, Any]:
    columns = {
        field: {"header": header, "certainty": 0.97, "samples": ["12.50", "30.00"]}
        for field, header in headers.items()
    }
    return {"sheet": name, "columns": columns, "questions": [{"field": each} for each in asked]}


def test_columns_are_told_once_for_the_sheets_that_share_them() -> None:
    april = _sheet("April", amount="Net", payee="Supplier")
    both = "amount: Net (0.97) 12.50 | 30.00; payee: Supplier (0.97) 12.50 | 30.00"
    assert list(say_columns([april])) == [both]
    notes = {"sheet": "Notes", "columns": {}, "questions": []}
    assert list(say_columns([april, {**april, "sheet": "May"}, notes])) == [both]
    june = _sheet("June", payee="Name")
    assert list(say_columns([april, {**april, "sheet": "May"}, june])) == [
        f"[April, May] {both}",
        "[June] payee: Name (0.97) 12.50 | 30.00",
    ]


def test_a_field_that_is_asked_about_has_no_column_yet_and_a_line_is_no_page() -> None:
    many = _sheet("", "amount", amount="Net", payee="Supplier", unit="U" * 60, purpose="P" * 60)
    lines = list(say_columns([many]))
    assert [line.partition(":")[0] for line in lines] == ["payee", "unit", "purpose"]
