"""The promises as data: the paper's twelve and seven, each measured or said to be beyond data."""

import pytest
from pydantic import ValidationError

from services.api.commitments.measures import MEASURES
from services.api.commitments.promise import Promise
from tests.api.commitments.cases import PROMISES, known, status


def test_they_are_twelve_commitments_and_seven_principles() -> None:
    assert list(PROMISES) == [*map(str, range(1, 13)), *(f"A{n}" for n in range(1, 8))]


def test_every_measure_is_used_once_and_every_name_is_one() -> None:
    named = [one.measure for one in PROMISES.values() if one.measure is not None]
    assert sorted(named) == sorted(MEASURES)


@pytest.mark.parametrize("number", PROMISES)
def test_of_a_buyer_of_whom_nothing_is_known_nothing_is_told(number: str) -> None:
    assert status(number, known()) == "cannot be told"


def test_a_promise_is_measured_or_says_why_not() -> None:
    with pytest.raises(ValidationError, match="says why"):
        Promise(number="1", section="7.1", title="Review")
    with pytest.raises(ValidationError, match="says what it measures"):
        Promise(number="1", section="7.1", title="Review", measure="breakdown", untold="all")
