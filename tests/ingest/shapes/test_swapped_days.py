"""Days that a spreadsheet program swapped are undone where the others prove it, and else stand."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import Outcome, read

APRIL = [date(2021, 4, day) for day in range(1, 31, 2)]
YEAR = [date(2021, 1, 1) + timedelta(days=13 * step) for step in range(27)]
FIRST_DAYS = [date(2021, 4, day) for day in (1, 5, 9)]
Print = Callable[[date], str]


def british(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def imported(days: Sequence[date], printed: Print = british) -> list[date | str]:
    """As a program of the other settings keeps what was printed."""
    return [date(day.year, day.day, day.month) if day.day <= 12 else printed(day) for day in days]


def table(days: Sequence[date | str], file: str = "spend.xlsx", **answers: str) -> Outcome:
    rows: list[list[Any]] = [["Date", "Supplier", "Amount"]]
    rows += [[day, f"S{place} LTD", place + 1.0] for place, day in enumerate(days)]
    return read(rows, file, **answers)


@pytest.mark.parametrize(
    ("cells", "true", "file"),
    [
        (imported(APRIL), APRIL, "spend.xlsx"),
        (imported(APRIL[:8:4] + APRIL[7:8]), APRIL[:8:4] + APRIL[7:8], "spend.xlsx"),
        (imported(APRIL, american), APRIL, "spend.xlsx"),
        (imported(YEAR), YEAR, "spend.xlsx"),
        ([str(each) for each in imported(APRIL)], APRIL, "spend.csv"),
        (
            [british(each) if isinstance(each, date) else each for each in imported(APRIL)],
            APRIL,
            "spend.csv",
        ),
        (imported(FIRST_DAYS), FIRST_DAYS, "Spend April 2021.xlsx"),
    ],
    ids=["a month", "three days", "American", "a year", "ISO in CSV", "printed in CSV", "by name"],
)
def test_what_was_swapped_is_undone_and_said(
    cells: list[date | str], true: list[date], file: str
) -> None:
    outcome = table(cells, file)
    assert [row.day for row in outcome.paid] == true
    assert "undone" in outcome.table.shape.notes[0]
    assert outcome.table.shape.certainty < 0.9


@pytest.mark.parametrize(
    ("cells", "true", "file"),
    [
        (APRIL, APRIL, "spend.xlsx"),
        ([british(day) for day in APRIL], APRIL, "spend.csv"),
        (
            [american(d) if isinstance(d, date) else d for d in imported(APRIL)],
            APRIL,
            "spend.csv",
        ),
        ([day if day.day <= 12 else f"{day:%d-%b-%Y}" for day in APRIL], APRIL, "spend.xlsx"),
        ([day if day.day <= 12 else british(day) for day in APRIL], APRIL, "spend.xlsx"),
        (
            [british(day) for day in (*APRIL[7:], date(2021, 3, 4), date(2021, 2, 5))],
            [*APRIL[7:], date(2021, 3, 4), date(2021, 2, 5)],
            "spend.csv",
        ),
        (
            [date(2021, 1, 4), date(2021, 4, 20)],
            [date(2021, 1, 4), date(2021, 4, 20)],
            "April.xlsx",
        ),
        (
            [date(2021, month, 1) for month in range(1, 13)],
            [date(2021, month, 1) for month in range(1, 13)],
            "spend.xlsx",
        ),
    ],
    ids=[
        "cells",
        "text",
        "printed back",
        "named months",
        "true cells",
        "earlier days",
        "a spread",
        "firsts",
    ],
)
def test_what_was_not_swapped_stands(cells: list[date | str], true: list[date], file: str) -> None:
    outcome = table(cells, file)
    assert [row.day for row in outcome.paid] == true
    assert outcome.table.shape.notes == ()


def test_what_neither_months_nor_numbers_decide_is_asked_and_answered() -> None:
    cells: list[date | str] = [date(2021, 7, 3), date(2021, 8, 3), "14/04/2021"]
    assert table(cells).table.shape.state is State.NEEDS_MAPPING
    assert table(cells, order="swapped").paid[0].day == date(2021, 3, 7)
    assert table(cells, order="not swapped").paid[0].day == date(2021, 7, 3)
    same_day: list[date | str] = [date(2021, month, 4) for month in (1, 5, 6)]
    assert table(same_day).table.shape.state is State.NEEDS_MAPPING
    assert table(same_day, order="swapped").paid[0].day == date(2021, 4, 1)
