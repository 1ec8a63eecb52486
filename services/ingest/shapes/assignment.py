"""The assignment of rows to columns that costs least in sum.

D. F. Crouse, On implementing 2D rectangular assignment algorithms, IEEE Transactions on Aerospace
and Electronic Systems 52(4), 2016: shortest augmenting paths. Step by step as
`scipy.optimize.linear_sum_assignment` goes, so that of assignments that cost the same it is the
same one; to import that module takes every process a second and 60 MB.
"""

from collections.abc import Sequence
from math import inf


def assign_least(costs: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs of row and column, by rows: as many as the shorter side has. Costs are finite."""
    if costs and len(costs[0]) < len(costs):
        turned = assign_least(list(zip(*costs, strict=True)))
        return sorted((row, column) for column, row in turned)
    solving = _Solving(costs)
    for row in range(len(costs)):
        solving.add(row)
    return list(enumerate(solving.column_of))


class _Solving:
    """The best assignment of the rows so far, with the dual prices that prove it."""

    def __init__(self, costs: Sequence[Sequence[float]]) -> None:
        self._costs = costs
        self._columns = len(costs[0]) if costs else 0
        self._row_prices = [0.0] * len(costs)
        self._column_prices = [0.0] * self._columns
        self.column_of = [-1] * len(costs)
        self._row_of = [-1] * self._columns

    def add(self, row: int) -> None:
        """Assign one row more, along the path that costs least."""
        reached = [inf] * self._columns
        came_from = [-1] * self._columns
        left = list(reversed(range(self._columns)))
        rows, columns = [row], []
        least, at = 0.0, row
        while True:
            costs, price, prices = self._costs[at], self._row_prices[at], self._column_prices
            lowest, nearest = inf, -1
            for place, column in enumerate(left):
                cost = least + costs[column] - price - prices[column]
                if cost < reached[column]:
                    came_from[column], reached[column] = at, cost
                cost = reached[column]
                if cost < lowest or (cost == lowest and self._row_of[column] < 0):
                    lowest, nearest = cost, place
            least, column = lowest, left[nearest]
            left[nearest] = left[-1]
            left.pop()
            columns.append(column)
            at = self._row_of[column]
            if at < 0:
                break
            rows.append(at)
        self._row_prices[row] += least
        for other in rows[1:]:
            self._row_prices[other] += least - reached[self.column_of[other]]
        for other in columns:
            self._column_prices[other] -= least - reached[other]
        at = -1
        while at != row:
            at = came_from[column]
            self._row_of[column] = at
            self.column_of[at], column = column, self.column_of[at]
