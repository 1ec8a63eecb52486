"""Which extension options an agreement has left."""

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from shared.agreement_parts import ExtensionOption
from shared.extension import Offer, options_used

END = date(2027, 3, 31)
TWO_YEARS_ONE_BY_ONE = (ExtensionOption(length="P1Y"), ExtensionOption(length="P1Y"))


def used_after(options: tuple[ExtensionOption, ...], *ends: date | None) -> tuple[bool, ...]:
    """What is used up once the end has moved to the last of these days."""
    return options_used([version(year, end, options) for year, end in enumerate(ends)])[-1]


def version(
    years: int, end: date | None, options: tuple[ExtensionOption, ...], *changes: str
) -> Offer:
    """A version from so many years after the agreement began."""
    return Offer(date(2020, 4, 1) + relativedelta(years=years), end, options, changes)


@pytest.mark.parametrize(
    ("ends", "used"),
    [
        ([END], (False, False)),
        ([END, date(2028, 3, 31)], (True, False)),
        ([END, date(2027, 9, 30)], (True, False)),  # for half of its length: it is gone
        ([END, date(2028, 3, 31), date(2029, 3, 31)], (True, True)),
        ([END, date(2029, 3, 31)], (True, True)),
        ([END, date(2026, 9, 30)], (False, False)),
        ([END, None], (False, False)),
    ],
)
def test_an_extension_uses_up_the_options_that_it_reaches_into(
    ends: list[date | None], used: tuple[bool, ...]
) -> None:
    assert used_after(TWO_YEARS_ONE_BY_ONE, *ends) == used


def test_options_until_a_day_follow_each_other() -> None:
    options = (ExtensionOption(until=date(2028, 3, 31)), ExtensionOption(length="P6M"))
    assert used_after(options, END, date(2028, 3, 31)) == (True, False)
    assert used_after(options, END, date(2028, 9, 30)) == (True, True)


def test_what_the_buyer_calls_used_is_and_the_rest_begins_at_the_end() -> None:
    options = (ExtensionOption(length="P1Y", used=True), ExtensionOption(length="P1Y"))
    assert used_after(options, END) == (True, False)
    assert used_after(options, END, date(2028, 3, 31)) == (True, True)


def test_marking_what_was_used_changes_nothing_and_other_options_begin_anew() -> None:
    marked = (ExtensionOption(length="P1Y", used=True), ExtensionOption(length="P1Y"))
    offers = [version(0, END, TWO_YEARS_ONE_BY_ONE), version(1, date(2028, 3, 31), marked)]
    assert options_used(offers)[-1] == (True, False)
    renegotiated = (ExtensionOption(length="P2Y"),)
    assert options_used([*offers, version(2, date(2028, 3, 31), renegotiated)])[-1] == (False,)


def test_an_end_put_right_uses_up_nothing() -> None:
    options, later = TWO_YEARS_ONE_BY_ONE, date(2028, 3, 31)
    wrong, right = version(0, END, options), version(1, later, options, "correction")
    assert options_used([wrong, right])[-1] == (False, False)
    extended = version(2, date(2029, 3, 31), options, "extension")
    assert options_used([wrong, right, extended])[-1] == (True, False)
    same_day = version(0, later, options)
    assert options_used([wrong, same_day]) == [(False, False), (False, False)]


def test_a_correction_of_an_extension_leaves_what_the_extension_used_up() -> None:
    options = TWO_YEARS_ONE_BY_ONE
    first, extended = version(0, END, options), version(1, date(2029, 3, 31), options, "extension")
    right = version(2, date(2028, 3, 31), options, "correction")
    assert options_used([first, extended, right])[1:] == [(True, True), (True, False)]
    title = version(3, date(2028, 3, 31), options, "correction")
    assert options_used([first, extended, right, title])[-1] == (True, False)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 6), st.integers(1, 24))
def test_each_extension_by_its_option_uses_up_one_more(end: date, count: int, months: int) -> None:
    """Whatever the month ends, and whether the register counts from the first end or the last."""
    options = tuple(ExtensionOption(length=f"P{months}M") for _ in range(count))
    from_first, from_last = [end], [end]
    for extended in range(count + 1):
        expected = tuple(place < extended for place in range(count))
        assert used_after(options, *from_first) == used_after(options, *from_last) == expected
        from_first.append(end + relativedelta(months=months * (extended + 1)))
        from_last.append(from_last[-1] + relativedelta(months=months))


def test_a_register_that_keeps_to_month_ends_uses_up_one_option_at_a_time() -> None:
    half_years = (ExtensionOption(length="P6M"), ExtensionOption(length="P6M"))
    # By the calendar the first would end on 30 March.
    assert used_after(half_years, date(2026, 9, 30), date(2027, 3, 31)) == (True, False)


def test_an_option_has_a_length_or_a_day_and_not_both() -> None:
    with pytest.raises(ValueError, match="either a length or a day"):
        ExtensionOption()
    with pytest.raises(ValueError, match="either a length or a day"):
        ExtensionOption(length="P1Y", until=END)
