"""What an import has come to: rows and pence, by what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.ingest.payments.payment import Payment

MOST_NUMBERED = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Rows and the pence of those whose amount can be read; `first` numbers the first of them."""

    rows: int = 0
    pence: int = 0
    first: tuple[int, ...] = ()

    def __add__(self, other: "Count") -> "Count":
        first = (self.first + other.first)[:MOST_NUMBERED]
        return Count(self.rows + other.rows, self.pence + other.pence, first)


def say_rows(count: Count) -> str:
    """`1 row, £31.00`, as a sentence says it."""
    rows = "1 row" if count.rows == 1 else f"{count.rows:,} rows"
    return f"{rows}, {say_pounds(count.pence)}"


def say_pounds(pence: int) -> str:
    """Pence as a sentence says pounds: `£8,357,148.00`."""
    return f"{'-' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def count_payments(payments: Sequence[Payment]) -> Count:
    """The rows and pence of payments."""
    return Count(len(payments), sum(payment.amount_pence for payment in payments))


@dataclass(frozen=True)
class Tally:
    """Every row read is accepted, already known, rejected or skipped; dates are of the first two.

    `reworded_by_field` counts those of the already known that say something else in a field than
    the ledger, which keeps what it was told first. `skipped_by_kind` are the blank rows, headers,
    totals and notes, and the rows of sheets that are not read. `repeated` are those of the accepted
    and already known that say the same as a row above them: instalments, split lines, or a mistake.
    `changed` are those of the already known by which the import changed what an earlier file says.
    """

    accepted: Count = Count()
    already_known: Count = Count()
    rejected_by_reason: Mapping[str, Count] = field(default_factory=dict)
    first_date: date | None = None
    last_date: date | None = None
    reworded_by_field: Mapping[str, Count] = field(default_factory=dict)
    skipped_by_kind: Mapping[str, Count] = field(default_factory=dict)
    repeated: Count = Count()
    changed: Count = Count()

    @property
    def rejected(self) -> Count:
        """All rejected rows."""
        whole = sum(self.rejected_by_reason.values(), Count())
        return Count(whole.rows, whole.pence)

    @property
    def skipped(self) -> Count:
        """All skipped rows."""
        whole = sum(self.skipped_by_kind.values(), Count())
        return Count(whole.rows, whole.pence)

    @property
    def read(self) -> int:
        """All rows read."""
        used = self.accepted.rows + self.already_known.rows
        return used + self.rejected.rows + self.skipped.rows

    def __add__(self, other: "Tally") -> "Tally":
        days = [day for day in (self.first_date, other.first_date) if day is not None]
        lasts = [day for day in (self.last_date, other.last_date) if day is not None]
        return Tally(
            self.accepted + other.accepted,
            self.already_known + other.already_known,
            _added(self.rejected_by_reason, other.rejected_by_reason),
            min(days, default=None),
            max(lasts, default=None),
            _added(self.reworded_by_field, other.reworded_by_field),
            _added(self.skipped_by_kind, other.skipped_by_kind),
            self.repeated + other.repeated,
            self.changed + other.changed,
        )


def _added(some: Mapping[str, Count], more: Mapping[str, Count]) -> dict[str, Count]:
    counts = dict(some)
    for name, count in more.items():
        counts[name] = counts.get(name, Count()) + count
    return counts
