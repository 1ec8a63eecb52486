"""What an import has come to: rows and pence, by what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.ingest.payment import Payment


@dataclass(frozen=True, slots=True)
class Count:
    """Rows and the pence of those whose amount can be read."""

    rows: int = 0
    pence: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.rows + other.rows, self.pence + other.pence)


def count_payments(payments: Sequence[Payment]) -> Count:
    """The rows and pence of payments."""
    return Count(len(payments), sum(payment.amount_pence for payment in payments))


@dataclass(frozen=True)
class Tally:
    """Every row read is accepted, already known or rejected; dates are of the first two."""

    accepted: Count = Count()
    already_known: Count = Count()
    rejected_by_reason: Mapping[str, Count] = field(default_factory=dict)
    first_date: date | None = None
    last_date: date | None = None

    @property
    def rejected(self) -> Count:
        """All rejected rows."""
        return sum(self.rejected_by_reason.values(), Count())

    @property
    def read(self) -> int:
        """All rows read."""
        return self.accepted.rows + self.already_known.rows + self.rejected.rows

    def __add__(self, other: "Tally") -> "Tally":
        reasons = dict(self.rejected_by_reason)
        for reason, count in other.rejected_by_reason.items():
            reasons[reason] = reasons.get(reason, Count()) + count
        days = [day for day in (self.first_date, other.first_date) if day is not None]
        lasts = [day for day in (self.last_date, other.last_date) if day is not None]
        return Tally(
            self.accepted + other.accepted,
            self.already_known + other.already_known,
            reasons,
            min(days, default=None),
            max(lasts, default=None),
        )
