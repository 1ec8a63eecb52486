"""Numbers of workbooks, which keep them in binary, as they were typed."""

from decimal import Decimal

_DIGITS = 15
_WHOLE = 10**_DIGITS


def as_shown(number: float | str) -> int | Decimal | str:
    """A number to 15 significant digits, which is what a spreadsheet shows and keeps of one typed.

    So 0.1 + 0.2 is 0.3. Text stays where it is no finite number. Raises ValueError for no number.
    """
    shown = format(float(number), f".{_DIGITS}g")
    value = Decimal(shown)
    if not value.is_finite():
        return shown
    return int(value) if abs(value) < _WHOLE and value == value.to_integral_value() else value
