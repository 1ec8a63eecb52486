import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.spend.coverage import CLASSES, coverage, share


@given(st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 10**12)))
def test_shares_lie_between_0_and_1_and_add_up(amounts: dict[str, int]) -> None:
    shares = coverage(amounts, amounts)["pounds"].values()
    if sum(amounts.values()) == 0:
        assert set(shares) == {None}
    else:
        found = [value for value in shares if value is not None]
        assert len(found) == len(CLASSES)
        assert all(0 <= value <= 1 for value in found)
        assert sum(found) == pytest.approx(1, abs=1e-5)


def test_a_share_of_nothing_or_of_a_credit_is_not_told() -> None:
    assert share(5, 0) is None
    assert share(5, -10) is None
    assert share(-5, 10) == -0.5
    assert share(15, 10) == 1.5
