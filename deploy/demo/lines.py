"""The 42 lines of the sample, in 38 agreements with 23 providers, and when each agreement ends.

`lines.csv` holds one line a row. The amounts were chosen so that every printed figure of `figures`
comes out to its printed precision; the share of the twelve largest is the one figure that no
amounts can reproduce. `months_to_end` counts from today; empty: the agreement has no end.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from deploy.demo.names import BY_NAME, Provider

BUYER = "GB-NHS-QWO"
PLACE = "Leeds"
POLICY_NOTICE_MONTHS = 6
NOTICE_THIS_WEEK = "LDS-VCSE-009"
IN_RENEWAL = "LDS-VCSE-033"

_TABLE = Path(__file__).with_name("lines.csv")
_THIS_WEEK = "notice this week"


class Line(NamedTuple):
    """One contract or grant line: a programme and pounds a year."""

    programme: str
    pounds: int


class Agreement(NamedTuple):
    """An agreement of the sample with its lines."""

    reference: str
    provider: Provider
    title: str
    kind: str
    months_to_end: str
    notice_period: str | None
    lines: tuple[Line, ...]

    def end(self, today: date) -> date | None:
        """The last day, where there is one: the end of a month, or just past six months' notice."""
        if not self.months_to_end:
            return None
        if self.months_to_end == _THIS_WEEK:
            # Served two days from now, six months' notice has run out the day before the end, so
            # this stays the last safe day even where the months must be clear ones.
            safe = today + timedelta(days=2)
            return safe + relativedelta(months=POLICY_NOTICE_MONTHS) + timedelta(days=1)
        return today + relativedelta(months=int(self.months_to_end), day=31)

    def terms(self, today: date) -> dict[str, Any]:
        """The data of its `agreement.registered.v1`, as a buyer sends it."""
        end = self.end(today)
        terms = {
            "buyer": BUYER,
            "place": PLACE,
            "reference": self.reference,
            "title": self.title,
            "kind": self.kind,
            "provider": self.provider.name,
            "charity_number": self.provider.charity_number,
            "awarded_on": "2023-02-14",
            "start": "2023-04-01",
            "end": end.isoformat() if end else None,
            "notice_period": self.notice_period,
            "lines": [
                {"programme": line.programme, "annual_amount_pence": line.pounds * 100}
                for line in self.lines
            ],
        }
        return {name: value for name, value in terms.items() if value is not None}


def _read() -> Iterator[Agreement]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        for reference, group in groupby(csv.DictReader(table), lambda row: row["reference"]):
            rows = list(group)
            yield Agreement(
                reference,
                BY_NAME[rows[0]["provider"]],
                rows[0]["title"],
                rows[0]["kind"],
                rows[0]["months_to_end"],
                rows[0]["notice_period"] or None,
                tuple(Line(row["programme"], int(row["pounds_a_year"])) for row in rows),
            )


AGREEMENTS = tuple(_read())
