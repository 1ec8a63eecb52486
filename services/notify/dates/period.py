"""The ends of periods: months by the corresponding date rule, weeks and days by counting.

A period of months or years ends on the day with the same number in the last month: Dodds v Walker
[1981] 1 WLR 1027 (HL). Where that month lacks the day, it ends on the month's last day, and nothing
sticks to month ends: from 30 September, four months end on 30 January. Periods are written as ISO
8601 has them; working days, which it has not, as `10WD`.
"""

from datetime import date

from services.notify.dates.working_days import Calendar
from shared.periods import later, working_days


def earlier(day: date, period: str) -> date:
    """The day an ISO period earlier; not the inverse of `shared.periods.later`."""
    return later(day, period, -1)


def end_of(period: str, day: date, calendar: Calendar) -> date:
    """The last day of a period, of whatever unit, that runs from a day which is not counted."""
    if count := working_days(period):
        return calendar.working_day_after(day, count)
    return later(day, period)
