"""Promises that agreements, notices and obligations tell, at their edges."""

from typing import Any

import pytest

from tests.api.commitments.cases import (
    agreement,
    known,
    measure,
    notice,
    obligation,
    status,
    version,
)


@pytest.mark.parametrize(
    ("start", "end", "rationale", "expected"),
    [
        ("2025-04-01", "2028-03-31", False, "met"),  # three years to the day
        ("2025-04-01", "2028-03-30", False, "not met"),
        ("2025-04-01", "2030-03-31", False, "met"),  # five
        ("2025-04-01", "2030-04-01", False, "not met"),
        ("2025-04-01", "2026-03-31", True, "at risk"),  # a reason, but not the norm
        ("2025-04-01", None, False, "at risk"),
    ],
)
def test_awards_of_the_year_run_for_three_to_five_years_or_say_why(
    start: str, end: str | None, rationale: bool, expected: str
) -> None:
    assert status("6", known(agreement(version(start, end, has_rationale=rationale)))) == expected


def test_an_award_of_an_earlier_year_is_no_award_and_an_extension_is_one() -> None:
    short = version("2024-04-01", "2026-06-30")
    assert measure("6", known(agreement(short))).figures["awarded"] == 0
    extended = version("2024-04-01", "2026-12-31", "2025-07-01", changes=("extension",))
    found = measure("6", known(agreement(short, extended)))
    assert (found.status, found.figures["awarded"]) == ("not met", 1)
    assert found.evidence[0].reference == "WY-1"
    put_right = version("2024-04-01", "2026-12-31", "2025-07-01", changes=("correction",))
    assert measure("6", known(agreement(short, put_right))).figures["awarded"] == 0
    priced = version("2024-04-01", "2026-06-30", "2025-07-01", changes=("value",))
    assert measure("6", known(agreement(short, priced))).figures["awarded"] == 0


@pytest.mark.parametrize(
    ("served", "last", "given", "expected"),
    [
        ("2025-09-30", "2026-03-30", {}, "met"),  # six months to the corresponding date
        ("2025-09-30", "2026-03-29", {}, "not met"),
        ("2025-08-31", "2026-02-28", {}, "met"),  # February lacks the 31st
        ("2025-12-01", "2025-12-31", {"exception": "mutual-agreement"}, "met"),
        ("2025-12-01", "2025-12-31", {"given_by": "provider"}, "met"),
        ("2025-12-01", "2025-12-31", {"kind": "extension"}, "met"),
        ("2025-12-01", "2025-12-31", {"kind": "variation", "changes": ("value",)}, "not met"),
        ("2025-12-01", "2025-12-31", {"kind": "variation", "changes": ("other",)}, "met"),
        ("2025-03-31", "2025-04-30", {}, "met"),  # served in the year before
    ],
)
def test_six_months_of_notice(served: str, last: str, given: dict[str, Any], expected: str) -> None:
    found = known(agreement(), notices=(notice(served, last, **given),))
    assert status("7", found) == expected


def test_an_end_by_the_buyer_without_a_notice_is_a_risk_and_says_which() -> None:
    ended = agreement(ended_on="2025-09-30", ending="terminated-by-buyer")
    found = measure("7", known(ended))
    assert (found.status, found.evidence[0].says) == ("at risk", "ended by the buyer on 2025-09-30")
    with_notice = known(ended, notices=(notice("2025-03-01", "2025-09-30"),))
    assert status("7", with_notice) == "met"
    expired = agreement(ended_on="2025-09-30", ending="expired")
    assert status("7", known(expired)) == "met"


def test_a_last_safe_day_that_passed_is_a_risk_unless_something_was_decided() -> None:
    passed = (obligation("notice", "2025-12-31"), obligation("commitment", "2025-09-30"))
    found = measure("7", known(agreement(), obligations=passed))
    assert found.status == "at risk"
    assert found.evidence[0].says == "notice was to be served by 2025-09-30"
    today = known(agreement(), at="2025-09-30", obligations=passed)
    assert status("7", today) == "met", "on the day itself it can still be served"
    settled = (obligation("notice", "2025-12-31", open=False),)
    assert status("7", known(agreement(), obligations=settled)) == "met"
    renewed = (notice("2025-11-01", "2026-03-31", kind="renewal"),)
    assert status("7", known(agreement(), obligations=passed, notices=renewed)) == "met"


def test_fewer_agreements_than_a_year_before() -> None:
    stays = agreement(number=1)
    gone = agreement(version("2022-04-01", "2025-12-31"), number=2)
    come = agreement(version("2025-06-01", "2028-05-31", once_pence=100_000_00), number=3)
    more = agreement(version("2025-06-01", "2028-05-31"), number=4)
    assert status("8", known(stays, gone)) == "met"
    found = measure("8", known(stays, gone, come))
    assert (found.status, found.evidence[0].reference) == ("at risk", "WY-3")
    assert found.figures["not_recurrent_share"] == 0.5
    assert status("8", known(stays, gone, come, more)) == "not met"


def test_a_register_that_was_loaded_later_can_not_tell_of_a_year_before() -> None:
    found = measure("8", known(agreement(), agreement(version("2025-06-01"), number=2)))
    assert found.status == "cannot be told"
    assert "may be missing" in found.reason


def test_shorter_terms_become_fewer() -> None:
    long = agreement(number=1)
    short_before = agreement(version("2024-04-01", "2025-03-31"), number=2)
    short_now = agreement(version("2025-04-01", "2026-03-31"), number=3)
    assert status("A2", known(long, short_before)) == "met"
    assert status("A2", known(long, short_before, short_now)) == "at risk"
    assert status("A2", known(long, short_now)) == "not met"
    assert status("A2", known(short_now)) == "cannot be told"


def uplifted(after: int, **given: Any) -> str:
    before = version(pence=1_000_000_00)
    now = version(since="2025-04-01", pence=after, changes=("value",))
    return status("A5", known(agreement(before, now), **given))


def test_two_per_cent_less_one_point_six_is_what_an_agreement_must_rise_by() -> None:
    assert uplifted(1_004_000_00, net_uplift=0.4) == "met"
    assert uplifted(1_003_999_50, net_uplift=0.4) == "met", "rounded to the pound"
    assert uplifted(1_003_999_00, net_uplift=0.4) == "not met"
    assert uplifted(1_003_000_00, net_uplift=0.4, at="2025-12-31") == "at risk", "not over yet"
    assert uplifted(1_004_000_00) == "cannot be told", "nobody said what the uplift is"
    assert uplifted(999_000_00) == "not met", "a cut is below any uplift"


def test_another_service_is_no_uplift_and_a_new_agreement_has_none() -> None:
    changed = version(since="2025-07-01", pence=1, changes=("value", "specification"))
    assert status("A5", known(agreement(version(), changed))) == "cannot be told"
    new = agreement(version("2025-04-01", "2028-03-31"))
    assert status("A5", known(new, net_uplift=0.4)) == "cannot be told"


def test_an_end_that_came_up_is_extended_or_let_go_with_an_option_left() -> None:
    first = version("2022-04-01", "2025-09-30", options_left=1)
    extended = version("2022-04-01", "2026-09-30", "2025-06-01", changes=("extension",))
    assert status("A6", known(agreement(first, extended))) == "met"
    assert status("A6", known(agreement(first))) == "at risk"
    without = version("2022-04-01", "2025-09-30")
    found = measure("A6", known(agreement(without)))
    assert (found.status, found.figures["came_up"]) == ("cannot be told", 1)
    put_right = version("2022-04-01", "2027-09-30", "2025-06-01", changes=("correction",))
    assert measure("A6", known(agreement(first, put_right))).figures["came_up"] == 0


def test_what_ends_within_a_year_is_told_and_no_deadline_lapses() -> None:
    ending = agreement(version("2024-04-01", "2027-03-31"))
    told = (obligation("renewal", "2026-03-31"),)
    assert status("A7", known(ending, obligations=told)) == "met"
    assert status("A7", known(ending)) == "at risk"
    later = agreement(version("2024-04-01", "2027-04-01"))
    assert status("A7", known(later)) == "cannot be told", "a day more than a year"
    lapsed = (*told, obligation("lapse", "2025-04-01"))
    assert status("A7", known(ending, obligations=lapsed)) == "not met"
    of_last_year = (*told, obligation("lapse", "2025-03-31"))
    assert status("A7", known(ending, obligations=of_last_year)) == "met"
