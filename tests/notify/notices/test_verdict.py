"""Whether a notice is in time: the cases of paper P1 (section 5.4) and of LAW.md, section 2."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates.bank_holidays import SHIPPED as HOLIDAYS
from services.notify.dates.bank_holidays import Calendars, read_calendars, read_file
from services.notify.notices.notice import Notice, NoticeKind, Service, Verdict
from services.notify.notices.notice_followed import follow, turns_on
from services.notify.notices.verdict import judge
from services.notify.planning.plan import load_plans
from shared.agreement_parts import ExtensionOption
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.facts import BUYER, CALENDARS, TODAY, ended, history, registered, varied

END = date(2027, 3, 31)
PLAN = load_plans().default
POLICIES = tuple(PLAN.policy_notices_of("GB-NHS-QWO"))
COUNCIL = tuple(PLAN.policy_notices_of(BUYER))


def notice(kind: NoticeKind = "termination", **changes: Any) -> Notice:
    acts_on = {"termination": END, "non-renewal": None}.get(kind)
    given = {
        "notice_id": "6f1d4b0e-94a3-5c8f-8a70-2f7f3a9b1c5d",
        "agreement_id": "9a8b7c6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
        "buyer": BUYER,
        "kind": kind,
        "given_by": "buyer",
        "acts_on": acts_on,
        "about_end": END,
        "policies": POLICIES,
    }
    return Notice.model_validate(given | changes)


def judged(
    given: Notice,
    served: date,
    *facts: Any,
    calendars: Calendars = CALENDARS,
    today: date = TODAY,
) -> Verdict:
    known = history(*(facts or (registered(),)))
    return judge(given, Service(served_on=served), known, calendars, today)


@pytest.mark.parametrize(
    ("served", "in_time", "days"),
    [(date(2026, 9, 30), True, 182), (date(2026, 10, 1), False, 181)],
)
def test_six_months_by_the_policy_count_from_the_day_after_service(
    served: date, days: int, *, in_time: bool
) -> None:
    verdict = judged(notice(), served)
    assert (verdict.in_time, verdict.days_given, verdict.days_needed) == (in_time, days, 182)
    assert verdict.last_safe_service == date(2026, 9, 30)
    assert "Statement 2024, 5.4) must be served by 30 September" in verdict.rule


def test_too_late_says_the_first_end_that_this_service_could_reach() -> None:
    assert judged(notice(), date(2026, 10, 1)).earliest_end == date(2027, 4, 2)


def test_where_the_agreement_is_silent_on_clear_days_the_more_careful_day_counts() -> None:
    three = notice(policies=())
    agreed = registered(notice_period="P3M")
    assert judged(three, date(2026, 12, 30), agreed).in_time is True
    verdict = judged(three, date(2026, 12, 31), agreed)
    assert (verdict.in_time, verdict.days_given, verdict.days_needed) == (False, 90, 91)
    assert "without them 31 December 2026" in verdict.rule
    plain = registered(notice_terms=NoticeTerms(buyer_period="P3M", clear=False))
    assert judged(three, date(2026, 12, 31), plain).in_time is True


def test_the_longer_of_agreement_and_policies_decides_and_all_are_shown() -> None:
    verdict = judged(notice(policies=COUNCIL), date(2026, 3, 30), registered(notice_period="P12M"))
    assert verdict.in_time is True
    assert verdict.rule.startswith("12 months' notice by the agreement")
    assert "Statement 2024, 5.4) asks for 6 months" in verdict.rule
    assert "Best Value statutory guidance 2011) asks for 3 months" in verdict.rule


@pytest.mark.parametrize("changes", [("value",), ("specification",), ("value", "other")])
def test_a_material_change_counts_to_the_last_day_before_it(changes: tuple[str, ...]) -> None:
    varies = notice("variation", acts_on=date(2027, 1, 1), changes=changes)
    verdict = judged(varies, date(2026, 7, 1))
    assert (verdict.last_day, verdict.in_time) == (date(2026, 12, 31), False)
    assert verdict.last_safe_service == date(2026, 6, 30)


def test_a_change_of_neither_value_nor_specification_is_promised_no_notice() -> None:
    varies = notice("variation", acts_on=date(2027, 1, 1), changes=("other",))
    assert judged(varies, date(2026, 12, 1)).in_time is None


def test_break_dates_hold_an_end_and_not_a_change() -> None:
    agreed = registered(
        notice_terms=NoticeTerms(
            buyer_period="P3M", expires_on="break-date", break_dates=(date(2026, 12, 31),)
        )
    )
    ends = notice(acts_on=date(2026, 10, 31), policies=())
    verdict = judged(ends, date(2026, 1, 1), agreed)
    assert (verdict.in_time, verdict.days_needed) == (False, None)
    assert verdict.earliest_end == date(2026, 12, 31)
    varies = notice("variation", acts_on=date(2026, 10, 31), changes=("value",), policies=())
    assert judged(varies, date(2026, 1, 1), agreed).in_time is True


def test_a_provider_is_held_to_its_own_clause_and_to_no_policy() -> None:
    by_provider = notice(given_by="provider", policies=())
    agreed = registered(notice_terms=NoticeTerms(buyer_period="P6M", provider_period="P1M"))
    assert judged(by_provider, date(2027, 2, 27), agreed).in_time is True
    verdict = judged(by_provider, date(2027, 2, 27), registered())
    assert verdict.in_time is None
    assert verdict.rule.startswith("the agreement records no notice period for the provider")


def test_letting_it_lapse_counts_to_the_end_of_the_agreement() -> None:
    verdict = judged(notice("non-renewal"), date(2026, 11, 1))
    assert (verdict.last_day, verdict.in_time, verdict.days_given) == (END, False, 150)


BROKEN = NoticeTerms(buyer_period="P3M", expires_on="break-date", break_dates=(date(2025, 12, 31),))
"""A break that is over long before the end, on 31 March 2027."""


def test_letting_it_lapse_after_the_last_break_counts_to_the_lapse_by_the_policy_alone() -> None:
    verdict = judged(notice("non-renewal"), date(2026, 9, 30), registered(notice_terms=BROKEN))
    assert (verdict.in_time, verdict.last_safe_service) == (True, date(2026, 9, 30))
    assert "break date" not in verdict.rule
    late = judged(notice("non-renewal"), date(2026, 10, 1), registered(notice_terms=BROKEN))
    assert late.in_time is False
    unbound = notice("non-renewal", policies=())
    verdict = judged(unbound, date(2027, 3, 1), registered(notice_terms=BROKEN))
    assert verdict.in_time is None
    assert verdict.rule.startswith("it lapses on 31 March 2027 by itself")


def test_ending_it_counts_to_the_break_and_not_to_the_lapse() -> None:
    agreed = registered(notice_terms=BROKEN)
    ends = notice(acts_on=date(2025, 12, 31))
    verdict = judged(ends, date(2025, 6, 30), agreed)
    assert (verdict.in_time, verdict.last_safe_service) == (True, date(2025, 6, 30))
    # After the break no notice can, and a policy of six months before the lapse makes none of it.
    over = judged(notice(), date(2026, 1, 1), agreed)
    assert (over.in_time, over.earliest_end) == (False, None)
    assert "lapses" not in over.rule
    before = notice(acts_on=date(2025, 6, 30))
    of_policy = NoticeTerms(expires_on="break-date", break_dates=(date(2025, 12, 31),))
    verdict = judged(before, date(2024, 6, 30), registered(notice_terms=of_policy))
    assert (verdict.in_time, verdict.earliest_end) == (False, date(2025, 12, 31))
    assert "no notice can end it by 30 June 2025; it can end only on a break date" in verdict.rule


def test_it_warns_of_bank_holidays_only_where_a_day_was_counted_by_them() -> None:
    far: dict[str, Any] = {"start": date(2030, 4, 1), "end": date(2033, 3, 31)}
    ends = notice(acts_on=far["end"], about_end=far["end"], policies=())
    served = date(2032, 12, 30)
    by_months = registered(notice_period="P3M", **far)
    assert "bank holidays" not in judged(ends, served, by_months, today=served).rule
    by_days = registered(notice_terms=NoticeTerms(buyer_period="60WD"), **far)
    assert "calendar of bank holidays" in judged(ends, served, by_days, today=served).rule
    post = (DeemedService(channel="post", rule="2WD"),)
    sent = Service(sent="2032-12-01", channel="post")
    terms = NoticeTerms(buyer_period="P3M", deemed_service=post)
    known = history(registered(notice_terms=terms, **far))
    assert "calendar of bank holidays" in judge(ends, sent, known, CALENDARS, served).rule
    by_hand = Service(served_on=served)
    assert "bank holidays" not in judge(ends, by_hand, known, CALENDARS, served).rule


def test_a_corrected_end_leaves_an_option_to_take_up() -> None:
    terms: dict[str, Any] = {
        "maximum_end": date(2028, 3, 31),
        "extension_options": (ExtensionOption(length="P1Y", exercise_by=date(2026, 9, 1)),),
    }
    wrong = registered(end=date(2026, 3, 31), **terms)
    right = varied(effective_on=date(2026, 8, 1), changes=("correction",), **terms)
    extends = notice("extension", acts_on=date(2028, 3, 31))
    assert judged(extends, date(2026, 9, 1), wrong, right).in_time is True
    extended = varied(effective_on=date(2026, 8, 1), changes=("extension",), **terms)
    assert judged(extends, date(2026, 9, 1), wrong, extended).in_time is None


def test_an_option_is_taken_up_by_its_own_day() -> None:
    agreed = registered(
        maximum_end=date(2028, 3, 31),
        extension_options=(ExtensionOption(length="P1Y", exercise_by=date(2026, 9, 1)),),
    )
    extends = notice("extension", acts_on=date(2028, 3, 31))
    assert judged(extends, date(2026, 9, 1), agreed).in_time is True
    late = judged(extends, date(2026, 9, 2), agreed)
    assert (late.in_time, late.last_safe_service) == (False, date(2026, 9, 1))
    further = judged(notice("extension", acts_on=date(2029, 3, 31)), date(2026, 9, 1), agreed)
    assert further.in_time is None
    assert "both sides must agree" in further.rule


def test_what_was_sent_counts_by_the_agreements_own_rule() -> None:
    agreed = registered(
        notice_terms=NoticeTerms(
            buyer_period="P1M", deemed_service=(DeemedService(channel="post", rule="2WD"),)
        )
    )
    sent = Service(sent="2026-12-23", channel="post")
    verdict = judge(notice(policies=()), sent, history(agreed), CALENDARS, TODAY)
    assert verdict.served_on == date(2026, 12, 29)  # across Christmas


def given_notice(**changes: Any) -> Notice:
    """A termination served on 30 September 2026, as it was worked out then."""
    one = notice(state="served", service=Service(served_on=date(2026, 9, 30)), **changes)
    return one.model_copy(update={"verdict": judged(one, date(2026, 9, 30))})


def test_a_notice_whose_dates_stand_still_is_not_worked_out_anew() -> None:
    assert follow(given_notice(), history(registered()), CALENDARS, TODAY) == []


def test_an_end_that_moves_earlier_makes_a_notice_in_time_too_short() -> None:
    moved = history(registered(), varied(end=date(2026, 12, 31), changes=("correction",)))
    [(step, after)] = follow(given_notice(), moved, CALENDARS, TODAY)
    assert (step, after.state) == ("worked-out-anew", "served")
    assert after.verdict is not None
    assert (after.verdict.in_time, after.verdict.days_given) == (False, 92)


def test_an_agreement_that_ended_says_how_many_days_were_really_given() -> None:
    over = history(registered(), ended(on=date(2027, 1, 31)))
    [(_, after)] = follow(given_notice(), over, CALENDARS, date(2027, 2, 1))
    assert after.verdict is not None
    assert (after.verdict.last_day, after.verdict.days_given) == (date(2027, 1, 31), 123)


def test_a_notice_runs_out_on_the_day_after_its_last_one() -> None:
    known = history(registered())
    given = given_notice()
    assert turns_on([given], END) == date(2027, 4, 1)
    assert follow(given, known, CALENDARS, END) == []
    [(step, after)] = follow(given, known, CALENDARS, date(2027, 4, 1))
    assert (step, after.state) == ("expired", "expired")
    assert turns_on([after], date(2027, 4, 1)) is None


def test_a_new_bank_holiday_moves_the_day_of_service_of_what_was_posted() -> None:
    agreed = history(
        registered(
            notice_terms=NoticeTerms(
                buyer_period="P1M", deemed_service=(DeemedService(channel="post", rule="2WD"),)
            )
        )
    )
    sent = Service(sent="2026-11-18", channel="post")
    one = notice(state="served", service=sent)
    one = one.model_copy(update={"verdict": judge(one, sent, agreed, CALENDARS, TODAY)})
    extra = """{"england-and-wales": {"division": "england-and-wales", "events":
        [{"title": "A day of mourning", "date": "2026-11-19", "notes": "", "bunting": false}]}}"""
    [(_, after)] = follow(one, agreed, read_calendars(read_file(HOLIDAYS), extra), TODAY)
    assert one.verdict is not None
    assert after.verdict is not None
    assert (one.verdict.served_on, after.verdict.served_on) == (
        date(2026, 11, 20),
        date(2026, 11, 23),
    )


@given(
    served=st.dates(date(2024, 1, 1), date(2027, 3, 31)),
    period=st.sampled_from(["P3M", "P6M", "P1Y", "P13W", "10WD", "P30D"]),
    clear=st.sampled_from([None, True, False]),
)
def test_in_time_is_as_many_days_as_are_needed(
    served: date, period: str, *, clear: bool | None
) -> None:
    agreed = registered(notice_terms=NoticeTerms(buyer_period=period, clear=clear))
    verdict = judged(notice(), served, agreed)
    assert verdict.days_given is not None
    assert verdict.days_needed is not None
    assert verdict.in_time == (verdict.days_given >= verdict.days_needed)
    assert verdict.earliest_end is not None
    assert verdict.in_time == (verdict.earliest_end <= END)
