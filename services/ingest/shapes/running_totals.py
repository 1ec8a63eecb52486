"""The sums of a table as its rows go by, with which its totals rows are compared."""

from services.ingest.shapes.row_kinds import TotalsRow


class RunningTotals:
    """The pence of all rows so far, and of those since the last total."""

    def __init__(self) -> None:
        self.all = self.since = 0
        self.stated: list[TotalsRow] = []
        """The totals rows so far, against what was read."""
        self._rows = 0

    def add(self, pence: int) -> None:
        """A payment, or another row with money in it."""
        self.all += pence
        self.since += pence
        self._rows += 1

    def is_sum(self, pence: int) -> bool:
        """Whether an amount is that of all rows, or of those since the last total."""
        return pence != 0 and pence in {self.all, self.since}

    def is_sum_of_several(self, pence: int) -> bool:
        """The same of two rows or more, which no payment is by chance."""
        return self._rows > 1 and self.is_sum(pence)

    def compare(self, row: int, stated: int) -> None:
        """Keep a totals row beside the sum that is nearer to it, and begin anew."""
        nearer = min((self.all, self.since), key=lambda read: abs(stated - read))
        self.stated.append(TotalsRow(row, stated, nearer))
        self.since = self._rows = 0
