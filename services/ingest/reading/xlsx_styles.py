"""Which styles of an XLSX workbook show a number as a day or other money, or strike it through."""

import re
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

from services.ingest.reading.xml_elements import read_elements

# ECMA-376 part 1, 18.8.30: the formats that are known by their number alone.
_DAYS = {14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
# Quoted text, colours, conditions and places (but not elapsed time such as [h]), single characters.
_ASIDE = re.compile(r'"[^"]*"|\[(?!(?:h+|m+|s+)\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_DAY = re.compile(r"[yd]|mmm", re.IGNORECASE)
_TIME = re.compile(r"[hs]", re.IGNORECASE)
# A space as wide as a sign is no sign: `0.00 _€`.
_SPACING = re.compile(r"[_*].")
_MONEY = re.compile(r"\N{EURO SIGN}|\[\$(EUR|USD)\b")


class Styles(NamedTuple):
    """Of cell formats, by the numbers that cells name: those of days, and signs of other money.

    `struck` are those that strike their cells through.
    """

    days: frozenset[str] = frozenset()
    signs: Mapping[str, str] = {}
    struck: frozenset[str] = frozenset()


def find_styles(part: BinaryIO, what: str) -> Styles:
    """What the cell formats of a workbook show besides plain numbers."""
    codes: dict[int, str] = {}
    days: set[str] = set()
    signs: dict[str, str] = {}
    struck: set[str] = set()
    struck_fonts: set[int] = set()
    number = inside = 0
    font = -1
    for name, said in read_elements(part, what):
        if name == "numFmt":
            codes[_number(said.get("numFmtId"))] = said.get("formatCode", "")
        elif name == "font":
            font += 1
        elif name == "strike" and said.get("val", "1") not in {"0", "false"}:
            struck_fonts.add(font)
        elif name in {"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            style = _number(said.get("numFmtId"))
            if shows_day(codes[style]) if style in codes else style in _DAYS:
                days.add(str(number))
            elif sign := sign_shown(codes.get(style, "")):
                signs[str(number)] = sign
            if _number(said.get("fontId")) in struck_fonts:
                struck.add(str(number))
            number += 1
    return Styles(frozenset(days), signs, frozenset(struck))


def sign_shown(code: str) -> str:
    """The euro sign, EUR or USD where a format shows it, "" where it shows none of them.

    A dollar sign alone is not told: programs set up for America show it beside pounds.
    """
    match = _MONEY.search(_SPACING.sub("", code))
    return "" if match is None else match[1] or "\N{EURO SIGN}"


def shows_day(code: str) -> bool:
    """Whether a format shows a day: years, days or months, not only hours, minutes or seconds."""
    shown = _ASIDE.sub("", code.split(";", maxsplit=1)[0])
    if _DAY.search(shown):
        return "general" not in shown.lower()
    return "m" in shown.lower() and not _TIME.search(shown)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else -1
