"""When a body must have published a month's payments."""

from datetime import date, timedelta
from typing import NamedTuple

from services.api.asked.periods import last_of_month
from services.api.quality.month import later_month


class Duty(NamedTuple):
    """How many months are published together, within a month of the last of them, and by what."""

    months: int
    source: str

    def due(self, month: date) -> date:
        """The last day on which the payments of a month may be published."""
        last = later_month(month, -month.month % self.months)
        return last_of_month(later_month(last, 1))


_DUTIES = {
    # Quarters of the calendar: 31 July, 31 October, 31 January, 30 April.
    "GB-LAE-": Duty(3, "Local Government Transparency Code 2015: quarterly, within one month"),
    "GB-NHS-": Duty(1, "HM Treasury, spend over 25,000 (2013): monthly, taken as within a month"),
    "GB-GOR-": Duty(1, "HM Treasury, spend over 25,000 (2013): monthly, taken as within a month"),
}
SLACK = timedelta(days=7)
"""For what was published on the last day to be loaded."""


def duty_of(buyer: str) -> Duty | None:
    """What holds for a body of this org-id; None where no duty is known, and none is judged."""
    found = (duty for prefix, duty in _DUTIES.items() if buyer.startswith(prefix))
    return next(found, None)
