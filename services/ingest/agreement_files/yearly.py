"""What an agreement pays a year, out of what it pays in all."""

from datetime import date, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta

_DAY = timedelta(days=1)
_MONTHS, _DAYS_OF_MONTH = 12, Fraction(36525, 1200)


def annual_pence(total_pence: int, start: date, end: date) -> int:
    """The pence a year of a total that is paid from the first day to the last, both included.

    By whole months, and days of a mean month (365.25 / 12) beyond them; a term of a year or less
    pays its total within the year. Rounded half up.
    """
    length = relativedelta(end + _DAY, start)
    months = length.years * _MONTHS + length.months + Fraction(length.days) / _DAYS_OF_MONTH
    if months <= _MONTHS:
        return total_pence
    return int(Fraction(total_pence) * _MONTHS / months + Fraction(1, 2))
