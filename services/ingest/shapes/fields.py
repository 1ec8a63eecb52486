"""The fields of a payment that a published table may have, and how well values are each of them."""

from collections.abc import Callable, Mapping

from services.ingest.shapes.evidence import Evidence

NEEDED = ("payment_date", "amount", "payee")
"""Without these no row is a payment."""
DEBIT, CREDIT = "debit", "credit"
OPTIONAL = (
    "reference",
    "unit",
    "expense_type",
    "purpose",
    "programme",
    "supplier_number",
    "company_number",
    "charity_number",
    "vat_number",
    "postcode",
    "contract_reference",
    "transaction",
    "place",
    "entity",
)
FIELDS = (*NEEDED, *OPTIONAL)
AMOUNTS = {"amount", DEBIT, CREDIT, "vat_amount", "other_amount"}
DATES = {"payment_date", "other_date"}
CODES = {"unit", "expense_type", "programme"}
"""By which buyers map lines to programmes: a cost centre beside a directorate is another unit."""

_FEW = 10
"""Of fewer values distinctness tells nothing."""
_FEW_PAYEES = 3


def _date(seen: Evidence) -> float:
    return max(seen.days, 0.9 * min(1.0, seen.serials + seen.native_days))


def _amount(seen: Evidence) -> float:
    # Whole numbers that are all different and unsigned look like references.
    numbered = seen.whole > 0.95 and seen.cells >= _FEW and seen.distinct > 0.95  # noqa: PLR2004
    return seen.amounts * (0.75 if numbered else 0.9 + 0.1 * min(1.0, seen.decimals * 2))


def _payee(seen: Evidence) -> float:
    # The same name in every row is the body that paid.
    same = seen.constant and seen.cells >= _FEW_PAYEES
    return seen.letters * (0.4 if same else 0.9 + 0.1 * min(1.0, seen.bodies * 2))


def _reference(seen: Evidence) -> float:
    same = seen.constant and seen.cells >= _FEW
    return seen.references * (0.5 if same else 1.0)


def _text(seen: Evidence) -> float:
    # Codes stand where names might: they are less, not nothing.
    return max(seen.letters, 0.6 * seen.references)


def _of(share: str) -> Callable[[Evidence], float]:
    return lambda seen: float(getattr(seen, share))


FITS: Mapping[str, Callable[[Evidence], float]] = {
    "payment_date": _date,
    "amount": _amount,
    DEBIT: _amount,
    CREDIT: _amount,
    "payee": _payee,
    "reference": _reference,
    "unit": _text,
    "expense_type": _text,
    "purpose": _text,
    "programme": _text,
    "supplier_number": _reference,
    "company_number": _of("companies"),
    "charity_number": _of("charities"),
    "vat_number": _of("vat_numbers"),
    "postcode": _of("postcodes"),
    "contract_reference": lambda seen: max(seen.references, seen.letters),
    "transaction": _reference,
    "place": _text,
    "entity": _text,
}
