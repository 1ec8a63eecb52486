"""Amounts as files print them, to the penny."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.shapes.amounts import AmountForm, read_amount
from shared.errors import Rejected

POINT, COMMA = AmountForm(), AmountForm(comma=True)


@pytest.mark.parametrize(
    ("amount", "pence"),
    [
        ("1234.5", 123_450),
        (" \N{POUND SIGN}1,234.56 ", 123_456),
        ("-\N{POUND SIGN}5", -500),
        ("\N{POUND SIGN}-5.00", -500),
        ("(1,234.56)", -123_456),
        ("-(1,234.56)", -123_456),
        ("-\N{POUND SIGN}(5.00)", -500),
        ("1234.56CR", -123_456),
        ("1234.56 DR", 123_456),
        ("12.00-", -1_200),
        ("\N{MINUS SIGN}12", -1_200),
        ("1 234 567.89", 123_456_789),
        ("1\N{NO-BREAK SPACE}234.50", 123_450),
        ("GBP 10.10", 1_010),
        ("-", 0),
        (" \N{POUND SIGN}-   ", 0),
        ("1.5E+3", 150_000),
        (".5", 50),
        ("12.", 1_200),
        (117320.15000000001, 11_732_015),
        (60110413.53999998, 6_011_041_354),
        (Decimal("12.30"), 1_230),
        (7, 700),
    ],
)
def test_an_amount_is_read_to_the_penny(amount: Any, pence: int) -> None:
    assert read_amount(amount, POINT) == pence


@pytest.mark.parametrize(
    ("amount", "pence"), [("1.234,56", 123_456), ("12,5", 1_250), ("1.000", 100_000), ("7", 700)]
)
def test_a_decimal_comma_is_read_where_the_file_has_it(amount: str, pence: int) -> None:
    assert read_amount(amount, COMMA) == pence


@pytest.mark.parametrize(
    "amount",
    ["1.234,56", "12,34.50", "1,23", "1.005", "No", "--", "1-2", "1e400", float("nan"), True],
)
def test_what_must_be_guessed_at_is_no_amount(amount: Any) -> None:
    with pytest.raises(Rejected, match="amount is not pounds and pence"):
        read_amount(amount, POINT)


def test_fractions_of_a_penny_are_rounded_in_numbers_and_where_a_table_has_them() -> None:
    assert read_amount(1.005, POINT) == 101
    assert read_amount("-1.0051", AmountForm(unrounded=True)) == -101


@pytest.mark.parametrize("amount", ["", "  ", None, "\N{NO-BREAK SPACE}"])
def test_a_blank_is_said_to_be_blank(amount: Any) -> None:
    with pytest.raises(Rejected, match="amount is blank"):
        read_amount(amount, POINT)


@given(st.integers(-9_999_999_999_999, 9_999_999_999_999))
def test_every_amount_of_pence_survives_a_float_and_print(pence: int) -> None:
    assert read_amount(pence / 100, POINT) == pence
    printed = f"{abs(pence) // 100:,}.{abs(pence) % 100:02}"
    assert read_amount(f"({printed})" if pence < 0 else printed, POINT) == pence
