"""Figures as they are printed: pounds to the penny, shares to a tenth of a per cent."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.api.statements.printed import Unit

_TENTH, _WHOLE, _PENNY = Decimal("0.1"), Decimal(1), Decimal("0.01")


def pounds(pence: int) -> Decimal:
    """Pounds, exact, of pence."""
    return Decimal(pence).scaleb(-2)


def part(of: int, whole: int) -> Decimal | None:
    """A share from 0 to 1, to six places; None where the whole is not positive."""
    return (Decimal(of) / whole).quantize(Decimal("0.000001"), ROUND_HALF_UP) if whole > 0 else None


def show(value: Decimal | None, unit: Unit) -> str:
    """As it is printed; a dash where it can't be told."""
    if value is None:
        return "not known"
    match unit:
        case "pounds":
            return f"{'-' if value < 0 else ''}£{abs(value).quantize(_PENNY, ROUND_HALF_UP):,}"
        case "share":
            return f"{(100 * value).quantize(_TENTH, ROUND_HALF_UP):,}%"
        case "months":
            return f"{value.quantize(_TENTH, ROUND_HALF_UP):,} months"
        case "days":
            return f"{value.quantize(_WHOLE, ROUND_HALF_UP):,} days"
        case "count":
            return f"{value.quantize(_WHOLE, ROUND_HALF_UP):,}"


def show_day(day: date) -> str:
    """As 31 March 2025."""
    return f"{day.day} {day:%B %Y}"
