"""The agreement's own notice and the policies' clocks beside it."""

from datetime import date

import pytest

from services.notify.notices.notice_term import commitment_terms, notice_term
from services.notify.planning.plan import PolicyNotice, load_plans
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.facts import BUYER, CALENDARS, with_policy

PLAN = load_plans().default
END = date(2027, 3, 31)


def rule_of(notice: NoticeTerms | None, end: date = END, policy: str | None = None) -> str:
    term = notice_term(notice, with_policy(PLAN, policy), BUYER, end, CALENDARS)
    assert term is not None
    return term.rule


@pytest.mark.parametrize(
    ("recorded", "policy", "period", "says"),
    [
        (None, "P6M", "P6M", "the agreement records no notice period"),
        ("P3M", "P6M", "P3M", "policy asks for 6 months, kept if served by 30 September 2026"),
        ("P12M", "P6M", "P12M", "policy asks for 6 months, kept if served by 30 September 2026"),
        ("P6M", "P6M", "P6M", "6 months' notice by the agreement; served by 30 September 2026"),
        ("P1M", None, "P1M", "1 month's notice by the agreement"),
        # Half a year before 31 March is 182 days, and 26 weeks are 182: the agreement's own.
        ("P26W", "P6M", "P26W", "26 weeks' notice by the agreement"),
        ("P25W", "P6M", "P25W", "25 weeks' notice by the agreement"),
        ("P1Y", "P6M", "P1Y", "1 year's notice by the agreement"),
        ("130WD", "P6M", "130WD", "130 working days' notice by the agreement"),
        (None, None, None, ""),
    ],
)
def test_the_agreements_own_notice_leads_and_both_are_shown(
    recorded: str | None, policy: str | None, period: str | None, says: str
) -> None:
    notice = NoticeTerms(buyer_period=recorded)
    term = notice_term(notice, with_policy(PLAN, policy), BUYER, END, CALENDARS)
    assert (term.period if term else None) == period
    assert says in (term.rule if term else "")


def test_a_period_of_the_provider_alone_is_none_for_the_buyer() -> None:
    rule = rule_of(NoticeTerms(provider_period="P3M"), policy="P6M")
    assert "the agreement records no notice period for the buyer" in rule


def test_a_council_is_told_of_the_best_value_guidance_too() -> None:
    council = notice_term(None, PLAN, "GB-LAE-LDS", END, CALENDARS)
    board = notice_term(None, PLAN, "GB-NHS-X2C4Y", END, CALENDARS)
    assert council is not None
    assert board is not None
    assert "Best Value statutory guidance 2011) asks for 3 months" in council.rule
    assert "Best Value" not in board.rule
    policy = PolicyNotice(name="the Best Value guidance", period="P3M", buyers="GB-LAE-")
    alone = PLAN.model_copy(update={"policy_notices": (policy,)})
    assert notice_term(None, alone, "GB-NHS-X2C4Y", END, CALENDARS) is None
    told = notice_term(None, alone, "GB-LAE-LDS", END, CALENDARS)
    assert told is not None
    assert told.last_service == date(2026, 12, 30)


def test_the_last_days_to_send_by_each_channel_are_told() -> None:
    notice = NoticeTerms(
        buyer_period="P6M",
        deemed_service=(
            DeemedService(channel="post", rule="2WD"),
            DeemedService(channel="email", rule="0WD@17:00"),
        ),
    )
    rule = rule_of(notice)
    assert "sent by post it counts as served by then if sent by Monday 28 September 2026" in rule
    assert (
        "by email it counts as served by then if sent by Wednesday 30 September 2026 before 17:00"
        in rule
    )


def test_it_says_where_bank_holidays_are_not_known_and_they_matter() -> None:
    far = date(2030, 3, 31)
    assert "ends on 2028-12-31" in rule_of(NoticeTerms(buyer_period="60WD"), far)
    assert "2028-12-31" not in rule_of(NoticeTerms(buyer_period="P3M"), far)


def test_it_does_not_warn_of_days_that_nobody_counted() -> None:
    """Posted in September 2028, two working days: all of them are known."""
    post = (DeemedService(channel="post", rule="2WD"),)
    notice = NoticeTerms(buyer_period="P6M", deemed_service=post)
    assert "2028-12-31" not in rule_of(notice, date(2029, 3, 31))
    assert "ends on 2028-12-31" in rule_of(notice, date(2029, 7, 31))
    # Nor where the agreement's own notice ends on a day long before.
    own = NoticeTerms(
        buyer_period="10WD", expires_on="break-date", break_dates=(date(2028, 6, 30),)
    )
    assert "2028-12-31" not in rule_of(own, date(2029, 3, 31))


def test_a_term_that_lets_no_notice_end_it_in_time_is_told_beside_the_policy() -> None:
    notice = NoticeTerms(buyer_period="P3M", buyer_earliest_end=date(2028, 3, 31))
    assert notice_term(notice, with_policy(PLAN, None), BUYER, END, CALENDARS) is None
    assert (
        "the agreement asks for 3 months, but no notice can end it by 31 March 2027; "
        "no notice ends it before 31 March 2028"
    ) in rule_of(notice, policy="P6M")


DAYS = {
    "break-date": NoticeTerms(
        buyer_period="P3M", expires_on="break-date", break_dates=(date(2026, 12, 31),)
    ),
    "month-end": NoticeTerms(buyer_period="P3M", expires_on="month-end"),
    "earliest-end": NoticeTerms(buyer_period="P3M", buyer_earliest_end=date(2028, 1, 1)),
    "month-end, no period": NoticeTerms(expires_on="month-end"),
}


@pytest.mark.parametrize(
    ("days", "end", "served", "says", "and_says"),
    [
        (
            "break-date",
            END,
            date(2026, 9, 30),
            "served by 30 September 2026 it ends by 31 December 2026",
            "6 months before it lapses on 31 March 2027 too, kept if served by 30 September 2026",
        ),
        (
            "month-end",
            date(2027, 3, 15),
            date(2026, 11, 27),
            "served by 27 November 2026 it ends by 28 February 2027",
            "6 months before it lapses on 15 March 2027 too, kept if served by 14 September 2026",
        ),
        (
            "month-end, no period",
            date(2027, 3, 15),
            date(2026, 8, 27),
            "served by 27 August 2026 it ends by 28 February 2027",
            "6 months before it lapses on 15 March 2027 too, kept if served by 14 September 2026",
        ),
        (
            "earliest-end",
            END,
            date(2026, 9, 30),
            (
                "served by 30 September 2026 it is given before the agreement lapses on 31 March "
                "2027"
            ),
            "no notice can end it by 31 March 2027",
        ),
    ],
)
def test_a_policy_counts_to_the_day_on_which_a_notice_can_end_it_and_to_its_lapse(
    days: str, end: date, served: date, says: str, and_says: str
) -> None:
    term = notice_term(DAYS[days], with_policy(PLAN, "P6M"), BUYER, end, CALENDARS)
    assert term is not None
    assert term.last_service == served
    assert says in term.rule
    assert and_says in term.rule
    assert ("it ends by" in term.rule) == (days != "earliest-end")
    # Of a notice that can end nothing the agreement's own clause tells, and no policy.
    assert term.rule.count("no notice can end it") == (days == "earliest-end")


@pytest.mark.parametrize(
    ("days", "end", "served"),
    [
        ("break-date", END, [date(2026, 6, 30)]),
        ("month-end", date(2027, 3, 15), [date(2026, 8, 27)]),
        ("month-end, no period", date(2027, 3, 15), []),
        ("earliest-end", END, []),
    ],
)
def test_a_policy_beside_the_agreements_own_clause_has_its_day_before_that(
    days: str, end: date, served: list[date]
) -> None:
    terms = commitment_terms(DAYS[days], with_policy(PLAN, "P6M"), BUYER, end, CALENDARS)
    assert [one.last_service for one in terms] == served
    assert all(one.policy == "the buyer's policy" for one in terms)


def test_an_agreement_that_may_end_on_its_own_end_shows_a_policy_once() -> None:
    notice = NoticeTerms(buyer_period="P3M", expires_on="month-end")
    assert "lapses" not in rule_of(notice, policy="P6M")


def test_bank_holidays_of_the_agreements_own_division_count() -> None:
    days = [
        notice_term(
            NoticeTerms(buyer_period="10WD", division=division),
            with_policy(PLAN, None),
            BUYER,
            date(2027, 7, 16),
            CALENDARS,
        )
        for division in ("england-and-wales", "northern-ireland")
    ]
    found = [one.last_service for one in days if one]
    assert found == [date(2027, 7, 1), date(2027, 6, 30)]


def test_of_policies_that_share_a_day_all_are_named() -> None:
    policies = tuple(PolicyNotice(name=name, period="P6M") for name in ("a compact", "a pledge"))
    plan = PLAN.model_copy(update={"policy_notices": policies})
    own = NoticeTerms(buyer_period="P3M")
    [term] = commitment_terms(own, plan, BUYER, END, CALENDARS)
    assert term.policy == "a compact and a pledge"
    led = notice_term(None, plan, BUYER, END, CALENDARS)
    assert led is not None
    assert led.said == "the day to give notice that keeps a compact and a pledge"
