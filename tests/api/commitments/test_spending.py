"""Promises that payments tell, at their edges."""

from typing import Any

import pytest

from tests.api.commitments.cases import known, measure, spending, status


@pytest.mark.parametrize(
    ("now", "given", "expected"),
    [
        (51_750, {"allocation_growth": 3.5}, "met"),  # 3.5% to the penny
        (64_500, {"allocation_growth": 29}, "met"),  # 0.29 in binary is less
        (51_749, {"allocation_growth": 3.5}, "not met"),
        (51_749, {"allocation_growth": 3.5, "at": "2025-12-31"}, "at risk"),  # not over yet
        (49_999, {}, "not met"),  # less than the year before, whatever the allocation
        (50_000, {}, "cannot be told"),  # nobody said how the allocation grew
    ],
)
def test_funding_keeps_pace_with_the_allocation(
    now: int, given: dict[str, Any], expected: str
) -> None:
    assert status("3", known(now=spending(now), before=spending(50_000), **given)) == expected


def test_pace_is_not_told_of_years_that_are_poorly_matched_or_before_it_was_promised() -> None:
    poor = known(now=spending(60_000), before=spending(matched_share=0.79), allocation_growth=1)
    found = measure("3", poor)
    assert (found.status, found.reason) == (
        "cannot be told",
        "only 79.0% of gross pounds are matched in one of the years",
    )
    nothing = known(now=spending(0, vcse_lines=0), before=spending(), allocation_growth=1)
    assert status("3", nothing) == "cannot be told", "no matched spend is not nought"
    assert status("3", known(now=spending())) == "cannot be told"
    earlier = known(now=spending(60_000), before=spending())._replace(
        since=known().since.replace(year=2024)
    )
    assert status("3", earlier) == "cannot be told"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (95_000, 99_000, "not met"),  # complete by our measure, and less than it was
        (95_000, 95_000, "met"),
        (80_000, 70_000, "met"),
        (70_000, 70_000, "at risk"),
        (69_500, 70_000, "at risk"),  # within a hundredth
        (68_000, 70_000, "not met"),
    ],
)
def test_the_breakdown_becomes_clearer(now: int, before: int, expected: str) -> None:
    found = known(now=spending(programmed_pence=now), before=spending(programmed_pence=before))
    assert status("1", found) == expected


def test_a_first_year_is_judged_only_if_it_is_complete() -> None:
    assert status("1", known(now=spending())) == "met"
    assert status("1", known(now=spending(matched_share=0.5))) == "cannot be told"


@pytest.mark.parametrize(
    ("placed", "expected"), [(95_000, "met"), (94_999, "at risk"), (79_999, "not met")]
)
def test_the_picture_of_places(placed: int, expected: str) -> None:
    assert status("A1", known(now=spending(placed_pence=placed))) == expected


@pytest.mark.parametrize(
    ("number", "part", "unknown"),
    [("A3", "small_pence", "unsized_pence"), ("A4", "local_pence", "nowhere_pence")],
)
def test_small_and_local_organisations_keep_their_part(
    number: str, part: str, unknown: str
) -> None:
    def judged(now: int, before: int, dark: int = 0) -> str:
        return status(
            number,
            known(
                now=spending(50_000, **{part: now, unknown: dark}),
                before=spending(50_000, **{part: before, unknown: 0}),
            ),
        )

    assert judged(5_000, 5_000) == "met"
    assert judged(4_750, 5_000) == "at risk", "half of one per cent of what counts"
    assert judged(4_749, 5_000) == "not met"
    assert judged(6_000, 5_000, dark=12_501) == "cannot be told"
    assert status(number, known(now=spending())) == "cannot be told"
