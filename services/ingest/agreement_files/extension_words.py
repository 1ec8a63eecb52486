"""Options to extend as registers write them: `plus 2 x 12 months`, `option to extend until ...`."""

import re

from services.ingest.agreement_files.durations import (
    LENGTH,
    NUMBER,
    UNIT,
    count_of,
    lengths_in,
    period_of,
    plain_words,
)
from services.ingest.shapes.dates import parse_day

_MOST = 20
_NONE = re.compile(r"(?:none?|not applicable|n ?/ ?a|nil|false|0|-)\b.{0,30}|no (?:option|exten).*")
_OF = (
    r"(?:x|separate|further|additional|optional|possible|extensions?|options?|periods?|of|up to|"
    r"to extend|for|by)"
)
_TIMES = re.compile(rf"\b(?P<times>{NUMBER})\s*(?:{_OF}\s*)*\b{LENGTH}\b")
_PLUS = re.compile(rf"\b\d{{1,2}}(?:\s*\+\s*\d{{1,2}})+\s*(?P<unit>{UNIT})\b")
_MEANT = re.compile(r"\b(?:exten|option|further|additional|plus)|\+")
_THE_TERM = re.compile(r"\b(?:initial|original|first|term|contract|agreement|framework|run)\b")
_UNTIL = re.compile(r"\b(?:until|till?|to|up to)\s+(?:the )?(\d[^,;()]*?\d{4}|\d[\d/.]+\d)\b")

Options = list[dict[str, str]]


def read_options(text: str) -> Options | None:
    """The options that a text about extension grants, as they are posted; [] where it says none.

    None where it can't be told: of several lengths in a sentence one may be the first term, or the
    whole of the options.
    """
    plain = plain_words(text)
    if not plain or _NONE.fullmatch(plain):
        return []
    if days := _until(text):
        return [{"until": day} for day in days][:_MOST]
    repeated = {match[0]: match for match in _TIMES.finditer(plain)}
    if repeated:
        return _repeated(next(iter(repeated.values()))) if len(repeated) == 1 else None
    if (match := _PLUS.search(plain)) is not None:
        return _added(match, named=_MEANT.search(plain[: match.start()]) is not None)
    return _named(plain)


def _until(text: str) -> list[str]:
    found = _UNTIL.findall(" ".join(text.lower().split()))
    days = [parse_day(each.strip()) for each in found]
    return sorted({day.isoformat() for day in days if day is not None})


def _repeated(match: re.Match[str]) -> Options | None:
    times, period = count_of(match["times"]), period_of(match["count"], match["unit"])
    return None if period is None or not 0 < times <= _MOST else [{"length": period}] * times


def _added(match: re.Match[str], *, named: bool) -> Options | None:
    """`1 + 1 years` are two options; the first of `3 + 1 + 1` is one only where words say so."""
    counts = re.findall(r"\d{1,2}", match[0])
    periods = [period_of(count, match["unit"]) for count in counts]
    if None in periods or not (named or len(set(counts)) == 1):
        return None
    return [{"length": period} for period in periods if period is not None]


def _named(plain: str) -> Options | None:
    """Lengths that are named one by one, the first term before them left out."""
    if len(set(lengths_in(plain))) == 1 and len(lengths_in(plain)) == 1:
        return [{"length": lengths_in(plain)[0]}]
    meant = _MEANT.search(plain)
    if meant is None:
        return None
    before, after = plain[: meant.start()], lengths_in(plain[meant.start() :])
    if lengths_in(before) and _THE_TERM.search(before) is None:
        return None
    return [{"length": after[0]}] if len(after) == 1 else None
