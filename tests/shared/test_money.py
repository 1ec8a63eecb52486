"""Money: what is an amount of pounds and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Rejected
from shared.money import MAX_PENCE, check_pence, format_pounds, parse_pounds


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.56", 123456),
        ("1,234.56", 123456),
        ("-£1,234.5", -123450),
        (" £ 12 ", 1200),
        ("+0.07", 7),
        ("1234567", 123456700),
    ],
)
def test_pounds_as_people_write_them(text: str, pence: int) -> None:
    assert parse_pounds(text) == pence


@pytest.mark.parametrize(
    "text",
    ["", "1,234.5.6", "NaN", "inf", "1e5", "12,34.00", "1.234", "--1", "£", "12.", "१२", "1 2"],
)
def test_what_must_be_guessed_at_is_not_money(text: str) -> None:
    with pytest.raises(Rejected, match="amount of pounds"):
        parse_pounds(text)


def test_the_reason_is_one_for_all_and_holds_no_value() -> None:
    reasons = set()
    for text in ("Mr A Person", "1,234.5.6"):
        with pytest.raises(Rejected) as caught:
            parse_pounds(text, "net")
        reasons.add((caught.value.reason, caught.value.field))
    assert reasons == {("net is not an amount of pounds such as 1234.56", "net")}


def test_more_than_thirteen_digits_of_pence_is_refused() -> None:
    assert check_pence(MAX_PENCE) == MAX_PENCE
    for pence in (MAX_PENCE + 1, -MAX_PENCE - 1):
        with pytest.raises(Rejected, match="13 digits"):
            check_pence(pence)


@given(st.integers(-MAX_PENCE, MAX_PENCE))
def test_what_is_written_is_read_back(pence: int) -> None:
    assert parse_pounds(format_pounds(pence)) == pence
