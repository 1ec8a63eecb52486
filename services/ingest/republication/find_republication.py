"""A file that states earlier ones anew: what it would change, found before a row is recorded."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.payment import Payment
from services.ingest.queries.comparison import stage_edition
from services.ingest.republication.coverage import Span, covered
from services.ingest.republication.earlier_files import (
    check_finished,
    earlier_files,
    of_months,
    unfinished_others,
)
from services.ingest.republication.republication import Verdict
from services.ingest.republication.weighing import Weighing
from services.ingest.shapes.month_named import month_of_file

Payments = Callable[[], Iterator[Payment]]
"""Reads the payments of a file from its beginning, those that can be read."""

_MONTH = timedelta(days=31)


@dataclass(frozen=True)
class Republication:
    """What a file changes of earlier ones, and whether it is to; kept with the import as `summary`.

    The changes themselves are in the session that found them.
    """

    verdict: Verdict
    summary: dict[str, Any]

    @property
    def file(self) -> str:
        """The name of the earlier file."""
        return str(self.summary["file"])


@dataclass
class _Read:
    """What the later file is found to hold while it is read: days, and lines of other months."""

    within: Span
    days: set[date] = field(default_factory=set)
    outside: dict[str, tuple[int, int]] = field(default_factory=dict)

    def pick(self, payments: Iterable[Payment]) -> Iterator[Payment]:
        """Those of months that earlier files are of, or of the month before or after."""
        first, last = self.within
        for payment in payments:
            day = payment.payment_date
            self.days.add(day)
            if first <= day <= last:
                yield payment
            else:
                month = f"{day:%Y-%m}"
                rows, pence = self.outside.get(month, (0, 0))
                self.outside[month] = rows + 1, pence + payment.amount_pence


async def find_republication(
    connection: AsyncConnection,
    begun: Sequence[Row[Any]],
    file_id: str,
    name: str,
    payments: Payments,
    replaces: str | None,
    shown: Collection[str],
    *,
    adds: bool,
    taken_back: bool,
) -> Republication | None:
    """What a file does to the buyer's other files of the same months, all of them at once.

    Each is judged by itself, and so are those that it stated anew itself; the answer that the file
    `replaces` one means all that were judged so, once they are `shown` (by their imports). None
    where the buyer has no earlier file of these months. Rejected: there is no finished import that
    it could replace by that name. Conflict: an import of another file of these months is not
    finished, so that nobody knows yet what it states. A file that only `adds` changes none of
    them; one that was `taken_back` replaces nothing again unasked.
    """
    unfinished = [] if adds else unfinished_others(begun, file_id)
    check_finished(unfinished, None)
    every, chosen = earlier_files(begun, file_id, replaces)
    known = [row for row in begun if row.first_date is not None]
    if not every and not unfinished:
        return None
    read = _Read(
        Span(min(row.first_date for row in known), max(row.last_date for row in known)).months()
    )
    read.within = Span(read.within.first - _MONTH, read.within.last + _MONTH)
    await stage_edition(connection, read.pick(payments()))
    if not read.days:
        return None
    days = sorted(read.days)
    span = Span(days[0], days[-1])
    check_finished(unfinished, span)
    earlier = of_months(every, span)
    if chosen is not None and chosen not in earlier:
        earlier.insert(0, chosen)
    if not earlier:
        return None
    later = covered(days, month_of_file(name))
    weighing = Weighing(connection, earlier, chosen, later, adds=adds)
    await weighing.stage(str(begun[0].buyer))
    await weighing.judge()
    verdict, rule, stated = weighing.verdict(shown, taken_back=taken_back)
    return Republication(verdict, await weighing.sum_up(verdict, rule, stated, read.outside))
