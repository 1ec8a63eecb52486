"""Rows of a table by which its columns are judged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from services.ingest.shapes.cells import Row, as_text, cell

_WEIGHED, _CELLS_WEIGHED = 400, 40_000
_TOGETHER, _CELLS_TOGETHER = 2_000, 200_000


class Sample:
    """The rows below a header, none of them blank: some from all over, and the first as they stand.

    The first are those by which rows that belong together (lines of an invoice) are found. `rest`
    reads the rows of the table after those, anew each time. Of a wide table they are fewer, so
    that its columns cost no more than those of others.
    """

    def __init__(self, body: Sequence[Row], rest: Callable[[], Iterable[Row]] = tuple) -> None:
        self._body, self._rest = body, rest
        self._spread = body[:: max(1, len(body) // _WEIGHED)]
        while len(self._spread) > 1 and _cells_of(self._spread) > _CELLS_WEIGHED:
            self._spread = self._spread[::2]
        self._first = body[:_TOGETHER]
        while len(self._first) > 1 and _cells_of(self._first) > _CELLS_TOGETHER:
            self._first = self._first[: len(self._first) // 2]

    def spread(self, place: int) -> list[Any]:
        """The cells of a column in rows from all over the table."""
        return [cell(row, place) for row in self._spread]

    def first(self, place: int) -> list[Any]:
        """The cells of a column in the first rows."""
        return [cell(row, place) for row in self._first]

    def whole(self) -> Iterator[Row]:
        """Every row of the table; of a long one it is another reading of its file."""
        yield from self._body
        yield from self._rest()

    def differ(self, one: int, other: int) -> float:
        """The share of rows in which two columns say something else."""
        pairs = [(as_text(cell(row, one)), as_text(cell(row, other))) for row in self._spread]
        return sum(left != right for left, right in pairs) / max(1, len(pairs))

    def differing(self, places: Sequence[int]) -> Sequence[Row]:
        """Rows from all over the table in which columns do not all say the same; else any."""
        told = [
            row for row in self._spread if len({as_text(cell(row, each)) for each in places}) > 1
        ]
        return told or self._spread

    @property
    def is_text(self) -> bool:
        """Whether all cells are text."""
        return all(isinstance(value, str) for row in self._spread for value in row)


def _cells_of(rows: Sequence[Row]) -> int:
    return sum(map(len, rows))
