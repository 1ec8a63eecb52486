"""The sample year of a Leeds-like Place: invented, the same each time, pure but for `today`.

Shaped after section 2.3 of the position statement (`figures`): 42 agreement lines with 23
providers, paid through the ledger of the ICB (by Kafka) and of the council (by a file); and the
ICB's year before.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from deploy.demo import council
from deploy.demo.agreements import AgreementFact, agreement_facts
from deploy.demo.lines import BUYER
from deploy.demo.payments import Posting, icb_payments
from deploy.demo.unusable import Unusable, unusable_records
from deploy.demo.year_before import YearBefore, year_before

SENT_TWICE = 5
"""So many payments are published a second time, as a finance system does after a timeout."""


class Total(NamedTuple):
    """How many payments, and what they come to."""

    lines: int
    pence: int


@dataclass(frozen=True)
class Sample:
    """What the demo records of the year before, and what it sends."""

    before: YearBefore
    agreements: tuple[AgreementFact, ...]
    payments: tuple[Posting, ...]
    again: tuple[Posting, ...]
    unusable: tuple[Unusable, ...]
    council_rows: tuple[council.Row, ...]

    @property
    def sent(self) -> int:
        """How many records and rows are sent in all."""
        by_kafka = len(self.payments) + len(self.again) + len(self.unusable)
        return by_kafka + len(self.council_rows)

    @property
    def recorded(self) -> int:
        """How many records and rows come to the doors or were recorded before, in all."""
        return len(self.before.payments) + self.sent

    def totals(self) -> dict[tuple[str, str], Total]:
        """What the ledger must hold, by buyer and month (`2024-04`), the slip put right."""
        lines: Counter[tuple[str, str]] = Counter()
        pence: Counter[tuple[str, str]] = Counter()
        for posting in (*self.before.payments, *self.payments):
            key = (BUYER, posting.data["payment_date"][:7])
            lines[key] += 1
            pence[key] += posting.data["amount_pence"]
            if posting.id == self.before.slip.id:
                pence[key] += self.before.slip.right - self.before.slip.posted
        for row in self.council_rows:
            if row.pence is not None:
                lines[council.BUYER, row.month] += 1
                pence[council.BUYER, row.month] += row.pence
        return {key: Total(count, pence[key]) for key, count in lines.items()}


def make_sample(today: date) -> Sample:
    """The sample as it stands on `today`: the agreements' ends move with it, the payments don't."""
    payments = icb_payments()
    return Sample(
        before=year_before(),
        agreements=tuple(agreement_facts(today)),
        payments=tuple(payments),
        again=tuple(payments[10 : 10 + SENT_TWICE]),
        unusable=tuple(unusable_records(payments)),
        council_rows=tuple(council.council_rows()),
    )
