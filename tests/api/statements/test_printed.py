"""What a figure as printed could have meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.statements.printed import Unit, read_printed
from services.api.statements.shown import show
from shared.errors import Rejected


@pytest.mark.parametrize(
    ("printed", "unit", "low", "high"),
    [
        ("£19.87m", "pounds", "19865000", "19875000"),
        ("£14m", "pounds", "13500000", "14500000"),
        ("£20m", "pounds", "19500000", "20500000"),
        ("£7.5million", "pounds", "7450000", "7550000"),
        ("£550,000", "pounds", "545000", "555000"),
        ("-£550,000", "pounds", "-555000", "-545000"),
        ("about -£550,000", "pounds", "-560000", "-540000"),
        ("£28,001", "pounds", "28000.5", "28001.5"),
        ("£0", "pounds", "-0.5", "0.5"),
        ("1.2bn", "pounds", "1150000000", "1250000000"),
        ("just short of £20m", "pounds", "19750000", "20000000"),
        ("60%", "share", "0.595", "0.605"),
        ("70.5%", "share", "0.7045", "0.7055"),
        ("just under 3%", "share", "0.0275", "0.03"),
        ("just under -3%", "share", "-0.03", "-0.0275"),
        ("42", "count", "41.5", "42.5"),
        ("over 3,200", "count", "3200", "Infinity"),
        ("182 days", "days", "181.5", "182.5"),
    ],
)
def test_a_printed_figure_is_all_that_rounds_to_it(
    printed: str, unit: Unit, low: str, high: str
) -> None:
    meant = read_printed(printed, unit)
    assert (meant.low, meant.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("printed", "unit", "value", "is_meant"),
    [
        ("just under 3%", "share", "0.03", False),
        ("just under 3%", "share", "0.0275", True),
        ("just under -3%", "share", "-0.03", False),
        ("just over £2m", "pounds", "2000000", False),
        ("over 3,200", "count", "3200", False),
        ("at least 3,200", "count", "3200", True),
        ("under 5", "count", "5", False),
        ("up to 5", "count", "5", True),
    ],
)
def test_an_end_that_the_word_leaves_out_is_not_meant(
    printed: str, unit: Unit, value: str, *, is_meant: bool
) -> None:
    assert read_printed(printed, unit).holds(Decimal(value)) is is_meant


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("", "pounds"),
        ("plenty", "count"),
        ("60", "share"),
        ("60%", "pounds"),
        ("£42", "count"),
        ("£60%", "share"),
        ("60m%", "share"),
        ("1,23", "count"),
        ("9" * 40, "pounds"),
        ("١٢", "count"),
        ("nan", "count"),
    ],
)
def test_what_is_no_figure_of_the_unit_is_refused(printed: str, unit: Unit) -> None:
    with pytest.raises(Rejected) as refused:
        read_printed(printed, unit)
    assert refused.value.field == "printed"


@given(st.integers(-(10**13), 10**13), st.sampled_from(["pounds", "share", "count", "days"]))
def test_a_figure_as_a_statement_shows_it_means_what_it_is(number: int, unit: Unit) -> None:
    value = Decimal(number).scaleb(-2)
    assert read_printed(show(value, unit), unit).holds(value)
