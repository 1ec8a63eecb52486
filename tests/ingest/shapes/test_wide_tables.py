"""What a wide table costs: counted in cells weighed and calls, never in seconds."""

import cProfile
import pstats
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.ingest.agreement_files import words
from services.ingest.agreement_files.table_shape import find_agreement_table
from services.ingest.imports.column_names import column_names
from services.ingest.reading.sheet import Merged
from services.ingest.reading.width import within_columns
from services.ingest.shapes import header, merged, sample, table, vocabulary
from services.ingest.shapes.evidence import Evidence, weigh
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.second_headers import find_order
from services.ingest.shapes.table import State
from shared.errors import Rejected
from tests.ingest.shapes.tables import read, read_sheets, sheet

PAID = ["Payment date", "Supplier", "Amount"]


def _payment(number: int) -> list[str]:
    return [f"{number % 28 + 1:02}/04/2024", "Leeds Mind", f"{number}.50"]


def test_names_of_columns_are_weighed_of_so_many_cells_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(header, "_CELLS_LOOKED_AT", 500)
    notes = [[f"note {row}x{place}" for place in range(200)] for row in range(20)]
    vocabulary.said_by.cache_clear()
    words.agreement_words.cache_clear()
    assert find_agreement_table(sheet(notes), lambda _: {}) is None
    assert read(notes).paid == []
    assert vocabulary.said_by.cache_info().misses <= 500
    assert words.agreement_words.cache_info().misses <= 500


def test_a_header_below_a_preamble_is_found_in_a_wide_table() -> None:
    more = [f"Cost code {place}" for place in range(300)]
    rows = [["Payments over £500"], [], [*more, *PAID], *([*more, *_payment(n)] for n in range(9))]
    assert [row.pence for row in read(rows).paid] == [number * 100 + 50 for number in range(9)]


def test_columns_are_weighed_by_fewer_rows_the_more_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = 0

    def counted(values: Sequence[Any]) -> Evidence:
        nonlocal said
        said += sum(value is not None for value in values)
        return weigh(values)

    monkeypatch.setattr(table, "weigh", counted)
    monkeypatch.setattr(sample, "_CELLS_WEIGHED", 2_000)
    more = ["x"] * 100
    rows = [[*PAID, *(f"Code {place}" for place in range(100))]]
    rows += [[*_payment(number), *more] for number in range(100)]
    assert len(read(rows).paid) == 100
    assert said <= 2_000


def _calls(width: int) -> int:
    names = [*PAID, *(f"Cost centre {place}" for place in range(width))]
    again = [name.upper() for name in names[::-1]]
    with cProfile.Profile() as profile:
        assert find_order(tuple(again), names) == tuple(range(len(names)))[::-1]
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_a_second_header_twice_as_wide_costs_twice_as_much() -> None:
    _calls(400)  # so that every name is known
    assert _calls(400) < 3 * _calls(200)


def test_equal_headers_are_told_apart_without_counting_each_from_one() -> None:
    with cProfile.Profile() as profile:
        names = column_names(("Amount",) * 1_000)
    assert names[::999] == ("Amount", "Amount (1000)")
    assert pstats.Stats(profile).total_calls < 10_000  # type: ignore[attr-defined]


def test_merged_cells_that_fill_millions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged, "_MOST_FILLED", 100)
    wide = sheet([["a"] * 50, *([1] for _ in range(5))])
    filled = fill_merged(type(wide)(wide.read, merged=_columns_of(50, rows=6)))
    with pytest.raises(Rejected, match="its merged cells fill more than 100 others"):
        list(filled.rows())


def _columns_of(count: int, *, rows: int) -> tuple[Merged, ...]:
    return tuple(Merged(1, place, rows, place) for place in range(1, count + 1))


def test_no_day_is_made_where_the_header_is_wider_than_may_be() -> None:
    more = [f"code {place}" for place in range(20)]
    rows = [
        ["Year", "Month", "Supplier", "Amount", *more],
        *(["2021", "March", "Leeds Mind", f"{number}.50", *more] for number in range(5)),
    ]
    [outcome] = read_sheets([within_columns(sheet(rows), 10)])
    assert outcome.table.shape.state is State.NEEDS_MAPPING
    assert [row.day for row in read(rows).paid] == [date(2021, 3, 31)] * 5
