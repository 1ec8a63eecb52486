import pytest

from services.api.agreements.obligation import Happenings, state_of


def at(number: int | None) -> tuple[int, int] | None:
    return None if number is None else divmod(number + 10, 3)


@pytest.mark.parametrize(
    ("planned", "raised", "withdrawn", "acknowledged", "passed_over", "state"),
    [
        (1, None, None, None, False, "planned"),
        (1, None, None, None, True, "skipped"),
        (1, 2, None, None, False, "raised"),
        (1, 2, None, 3, False, "acknowledged"),
        (1, 2, 3, None, False, "withdrawn"),
        (1, 2, 4, 3, False, "withdrawn"),
        (5, 2, 4, 3, False, "planned"),
        (5, 6, 4, 3, False, "raised"),
        (5, 6, 4, 7, False, "acknowledged"),
        (None, 2, None, None, True, "raised"),
        (None, None, 3, None, False, "withdrawn"),
        (None, None, None, None, False, "superseded"),
        (None, None, None, 3, False, "superseded"),
    ],
)
def test_the_state_of_an_obligation(
    planned: int | None,
    raised: int | None,
    withdrawn: int | None,
    acknowledged: int | None,
    passed_over: bool,
    state: str,
) -> None:
    seen = Happenings(at(planned), at(raised), at(withdrawn), at(acknowledged), passed_over)
    assert state_of(seen) == state


def test_what_was_raised_and_a_later_plan_has_no_more_is_closed() -> None:
    told = Happenings(None, at(2), None, None, False, newest=at(3))
    assert state_of(told) == "closed"
    assert state_of(told._replace(newest=at(1))) == "raised"
    assert state_of(told._replace(withdrawn=at(3))) == "withdrawn"
