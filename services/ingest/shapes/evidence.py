"""What the values of a column look like: shares of what they can be read as."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.ingest.reading.sheet import STRUCK
from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import as_text, is_blank
from services.ingest.shapes.dates import EITHER_ORDER, is_serial, parse_day

_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE)
_COMPANY = re.compile(
    r"(?:\d{7,8}|(?:SC|NI|OC|SO|NC|IP|SP|RS|FC|CE|CS|R0|LP|SL)\d{6}|RC\d{6}|IP\d{5}R)",
    re.IGNORECASE,
)
_CHARITY = re.compile(r"(?:\d{6,7}(?:-\d{1,3})?|SC0\d{5}|(?:NIC)?1\d{5})", re.IGNORECASE)
_VAT = re.compile(r"(?:GB)? ?(\d{3}) ?(\d{4}) ?(\d{2})(?: ?\d{3})?", re.IGNORECASE)
_BODY = re.compile(
    r"\b(?:ltd|limited|plc|llp|inc|gmbh|trust|council|nhs|services?|uk|cic|group|university|"
    r"college|school|charity|foundation|association|society|solutions|partnership|company|co|"
    r"hospital|care|centre|healthcare|medical|systems|consulting|redacted)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?=.*\d)\S+(?: \S+){0,2}")
_LONGEST_REFERENCE = 40
_VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
_VAT_MODULUS, _VAT_SHIFT = 97, 55
_SAMPLES, _LONGEST_SAMPLE = 2, 200


class Evidence(NamedTuple):
    """Shares (0 to 1) of the cells that are not blank, but `filled` of all; `cells` is of those."""

    cells: int = 0
    filled: float = 0.0
    days: float = 0.0
    native_days: float = 0.0
    serials: float = 0.0
    amounts: float = 0.0
    decimals: float = 0.0
    whole: float = 0.0
    signed: float = 0.0
    letters: float = 0.0
    bodies: float = 0.0
    references: float = 0.0
    postcodes: float = 0.0
    companies: float = 0.0
    charities: float = 0.0
    vat_numbers: float = 0.0
    distinct: float = 0.0
    length: float = 0.0
    samples: tuple[str, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether all cells say the same."""
        return self.cells > 1 and self.distinct * self.cells <= 1


def weigh(values: Sequence[Any]) -> Evidence:
    """The evidence of a column's cells, blank ones too. Each distinct value is looked at once."""
    said = [value for value in values if not is_blank(value)]
    if not said:
        return Evidence()
    counts: Counter[tuple[type, Any]] = Counter((type(value), value) for value in said)
    total = len(said)
    sums: Counter[str] = Counter()
    for (_, value), count in counts.items():
        for name, share in _look(value).items():
            sums[name] += share * count  # type: ignore[assignment]
    shares = {name: sums[name] / total for name in Evidence._fields if name in sums}
    whole = {name: shares.get(name, 0.0) for name in Evidence._fields[2:-3]}
    return Evidence(
        cells=total,
        filled=total / len(values),
        **whole,
        distinct=len(counts) / total,
        length=sums["length"] / total,
        samples=samples_of(value for _, value in counts),
    )


def samples_of(values: Iterable[Any]) -> tuple[str, ...]:
    """The first two that say something, and not the same, of each 200 characters at most."""
    found: dict[str, None] = {}
    for value in values:
        if text := (as_text(value) or "")[:_LONGEST_SAMPLE]:
            found[text] = None
        if len(found) == _SAMPLES:
            break
    return tuple(found)


def _look(value: Any) -> dict[str, float]:
    """What one value can be read as; what is struck through as if it were not."""
    if isinstance(value, str) and value.endswith(STRUCK):
        value = value.removesuffix(STRUCK).rstrip()
    text = as_text(value)
    if text is None:
        return {}
    seen: dict[str, float] = {"length": len(text)}
    if isinstance(value, date):
        return seen | {"days": 1, "native_days": 1}
    letters = any(map(str.isalpha, text))
    if _is_day(text):
        seen["days"] = 1
    else:
        seen["serials"] = is_serial(text)
    amount = parse_amount(value, AmountForm()) or parse_amount(value, AmountForm(comma=True))
    if amount is not None and not isinstance(value, bool):
        seen["amounts"] = 1
        seen["signed"] = amount.pence < 0
        seen["decimals"] = bool(amount.pence % 100) or amount.rounded or _marked(value)
        seen["whole"] = text.isdigit()
    elif letters and "days" not in seen:
        seen["letters"] = 1
        seen["bodies"] = _BODY.search(text) is not None
    short = len(text) <= _LONGEST_REFERENCE
    seen["references"] = bool(short and _REFERENCE.fullmatch(text) and "days" not in seen)
    seen["postcodes"] = _POSTCODE.fullmatch(text) is not None
    seen["companies"] = _COMPANY.fullmatch(text) is not None
    seen["charities"] = _CHARITY.fullmatch(text) is not None
    seen["vat_numbers"] = _is_vat_number(text)
    return seen


def _is_day(text: str) -> bool:
    return any(parse_day(text, order) is not None for order in EITHER_ORDER)


def _marked(value: Any) -> bool:
    """Whether text is printed as money: with pounds, pence, thousands or brackets."""
    return isinstance(value, str) and any(mark in value for mark in "\N{POUND SIGN}.,()")


def _is_vat_number(text: str) -> bool:
    """Whether a text is a VAT number by its check digits (HMRC's modulus 97, old and new)."""
    if (match := _VAT.fullmatch(text)) is None:
        return False
    digits = match[1] + match[2]
    total = sum(int(digit) * weight for digit, weight in zip(digits, _VAT_WEIGHTS, strict=True))
    total += int(match[3])
    return total % _VAT_MODULUS == 0 or (total + _VAT_SHIFT) % _VAT_MODULUS == 0
