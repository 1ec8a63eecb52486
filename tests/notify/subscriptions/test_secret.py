"""One secret takes the place of another, and no receiver is left with none that works."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.subscriptions.secret import RotationWish, Secrets, new_secret, rotate
from shared.errors import Conflict, Rejected
from tests.notify.receiver import SECRET

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OTHER = new_secret()


def test_both_are_valid_for_a_day_and_then_the_new_one_alone() -> None:
    new = rotate(Secrets(SECRET), RotationWish(secret=OTHER), NOW)
    assert new.valid(NOW) == (OTHER, SECRET)
    assert new.valid(NOW + timedelta(hours=24, seconds=-1)) == (OTHER, SECRET)
    assert new.valid(NOW + timedelta(hours=24)) == (OTHER,)


def test_a_rotation_under_way_is_refused_another_until_it_is_over() -> None:
    new = rotate(Secrets(SECRET), RotationWish(overlap_hours=168), NOW)
    with pytest.raises(Conflict, match="overlap_hours 0"):
        rotate(new, RotationWish(), NOW + timedelta(days=6))
    later = rotate(new, RotationWish(), NOW + timedelta(days=7))
    assert later.previous == new.current


def test_a_leaked_secret_ends_at_once_whatever_is_under_way() -> None:
    under_way = rotate(Secrets(SECRET), RotationWish(), NOW)
    assert rotate(under_way, RotationWish(secret=OTHER, overlap_hours=0), NOW).valid(NOW) == (
        OTHER,
    )


def test_the_secret_in_use_is_no_new_one() -> None:
    with pytest.raises(Rejected) as refused:
        rotate(Secrets(SECRET), RotationWish(secret=SECRET), NOW)
    assert refused.value.field == "secret"
