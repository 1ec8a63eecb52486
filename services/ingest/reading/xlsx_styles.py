"""Which styles of an XLSX workbook show a number as a day."""

import re
from typing import BinaryIO

from services.ingest.reading.xml_elements import read_elements

# ECMA-376 part 1, 18.8.30: the formats that are known by their number alone.
_DAYS = {14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
# Quoted text, colours, conditions and places (but not elapsed time such as [h]), single characters.
_ASIDE = re.compile(r'"[^"]*"|\[(?!(?:h+|m+|s+)\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_DAY = re.compile(r"[yd]|mmm", re.IGNORECASE)
_TIME = re.compile(r"[hs]", re.IGNORECASE)


def find_day_styles(part: BinaryIO, what: str) -> frozenset[str]:
    """The numbers of the cell formats (as cells name them) that show a day."""
    codes: dict[int, str] = {}
    styles: set[str] = set()
    number = inside = 0
    for name, said in read_elements(part, what):
        if name == "numFmt":
            codes[_number(said.get("numFmtId"))] = said.get("formatCode", "")
        elif name in {"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}:
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            style = _number(said.get("numFmtId"))
            if shows_day(codes[style]) if style in codes else style in _DAYS:
                styles.add(str(number))
            number += 1
    return frozenset(styles)


def shows_day(code: str) -> bool:
    """Whether a format shows a day: years, days or months, not only hours, minutes or seconds."""
    shown = _ASIDE.sub("", code.split(";", maxsplit=1)[0])
    if _DAY.search(shown):
        return "general" not in shown.lower()
    return "m" in shown.lower() and not _TIME.search(shown)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else -1
