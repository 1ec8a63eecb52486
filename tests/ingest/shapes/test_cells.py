"""Cells as readers give them."""

from decimal import Decimal

import pytest

from services.ingest.shapes.cells import as_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1234.10", "1234.1"),
        ("0E+5", "0"),
        ("1e999999999", "1E+999999999"),
        ("0e-999999999", "0E-999999999"),
        ("NaN", "NaN"),
        ("sNaN", "sNaN"),
    ],
)
def test_every_number_has_a_text(number: str, text: str) -> None:
    assert as_text(Decimal(number)) == text
