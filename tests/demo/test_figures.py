"""Section 2.3 of the position statement: every printed figure comes out, but the one that can't."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo import figures
from deploy.demo.lines import AGREEMENTS
from tests.support.printed_figures import LARGE_POUNDS, as_printed

LINES = [line for agreement in AGREEMENTS for line in agreement.lines]
PENCE = [line.pounds * 100 for line in LINES]


def test_42_lines_with_23_providers() -> None:
    assert len(LINES) == figures.LINES == 42
    assert len({agreement.provider.name for agreement in AGREEMENTS}) == figures.PROVIDERS == 23


def test_lines_range_from_28_000_to_7_5_million_a_year() -> None:
    assert min(PENCE) == figures.SMALLEST_POUNDS * 100
    assert as_printed(max(PENCE), figures.LARGEST) == Decimal("7.5")


def test_hospices_have_7_million_and_the_largest_line_is_for_one() -> None:
    [largest] = [line for line in LINES if line.pounds * 100 == max(PENCE)]
    assert largest.programme == "End of life"
    assert as_printed(max(PENCE), figures.HOSPICES) == 7


def test_12_lines_over_400_000_make_14_million() -> None:
    large = [pence for pence in PENCE if pence > LARGE_POUNDS * 100]
    assert len(large) == figures.LARGE_LINES == 12
    assert as_printed(sum(large), figures.LARGE_TOTAL) == 14


def test_the_total_is_19_87_million() -> None:
    assert as_printed(sum(PENCE), figures.TOTAL) == Decimal("19.87")


@pytest.mark.parametrize(("programme", "printed"), figures.PROGRAMMES.items())
def test_each_programme_prints_as_in_the_paper(programme: str, printed: Decimal) -> None:
    by_programme: Counter[str] = Counter()
    for line in LINES:
        by_programme[line.programme] += line.pounds * 100
    assert set(by_programme) == set(figures.PROGRAMMES)
    assert as_printed(by_programme[programme], printed) == printed


def test_one_line_prints_as_the_hospices_and_as_the_largest() -> None:
    assert "£7,460,000" in figures.hospices(PENCE)


@given(st.integers(1_350_000_000, 1_449_999_999), st.integers(1_986_500_000, 1_987_499_999))
def test_no_amounts_that_print_as_14_and_19_87_million_make_60_percent(
    large: int, total: int
) -> None:
    assert as_printed(large, figures.LARGE_TOTAL) == figures.LARGE_TOTAL
    assert as_printed(total, figures.TOTAL) == figures.TOTAL
    assert round(100 * large / total) > figures.LARGE_SHARE
