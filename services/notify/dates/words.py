"""Days and periods as a letter writes them."""

from datetime import date
from functools import lru_cache

from shared.periods import parts


@lru_cache(maxsize=8192)
def in_words(day: date) -> str:
    """The day as a letter writes it: 31 March 2027."""
    return f"{day.day} {day:%B %Y}"


@lru_cache(maxsize=1024)
def period_in_words(period: str) -> str:
    """As in `6 months`, `1 year and 6 months`, `10 working days`."""
    said = [
        f"{number} {unit.removesuffix('s') if number == 1 else unit}"
        for unit, number in parts(period).items()
    ]
    return " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def notice_in_words(period: str) -> str:
    """As in `6 months' notice`."""
    words = period_in_words(period)
    return f"{words}' notice" if words.endswith("s") else f"{words}'s notice"
