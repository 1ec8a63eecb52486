"""Every date that an agreement brings under the shipped plan, and what a day makes of them."""

from datetime import date, timedelta
from typing import Any

from services.notify.dates.deemed_service import SendBy
from services.notify.planning.brought import obligations_of, obligations_to_plan
from services.notify.planning.obligation import (
    RECURRING,
    Held,
    Obligation,
    ObligationKind,
    State,
    revise,
)
from services.notify.planning.plan import load_plans
from services.notify.planning.settled import next_turn, settled
from services.notify.planning.withdrawal import why_withdrawn
from services.notify.telling.due import decide_due
from services.notify.telling.obligation_words import words_of
from shared.agreement_parts import ExtensionOption
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.facts import CALENDARS, TODAY, agreement, ended, history, registered, varied

PLAN = load_plans().default
START, END = date(2024, 4, 1), date(2028, 3, 31)
OPTIONS = (
    ExtensionOption(length="P1Y", exercise_by=date(2027, 6, 30)),
    ExtensionOption(length="P1Y", exercise_by=date(2028, 6, 30)),
)


def brought(kind: ObligationKind, today: date = TODAY, **changes: Any) -> list[Obligation]:
    found = obligations_of(agreement(**{"end": END, **changes}), PLAN, CALENDARS, today)
    return [one for one in found if one.kind == kind]


def days(kind: ObligationKind, **changes: Any) -> list[tuple[str, date]]:
    return [(one.period, one.due_on) for one in brought(kind, **changes)]


def test_stages_count_to_the_end_and_to_the_last_safe_day_and_no_day_has_two() -> None:
    assert days("renewal") == [
        ("P18M", date(2026, 9, 30)),
        ("P12M", date(2027, 3, 31)),
        ("P9M", date(2027, 6, 30)),
        ("P6M", date(2027, 9, 30)),
        ("P3M", date(2027, 12, 31)),
    ]
    # 6 and 12 months before 30 September 2027 are beside these; 3 months before is one of them.
    assert days("notice") == [("P6M", date(2027, 9, 30))]
    assert days("service") == [
        ("P18M", date(2026, 3, 30)),
        ("P9M", date(2026, 12, 30)),
        ("P6M", date(2027, 3, 30)),
    ]
    [_, year, *_] = brought("renewal")
    assert "30 September 2027 is the day to give notice that keeps the commitment" in year.rule


def test_the_buyer_decides_before_the_last_safe_day_less_its_lead_time() -> None:
    [decision] = brought("decision")
    assert (decision.due_on, decision.raise_on) == (date(2027, 6, 30), date(2027, 6, 2))
    [alarm] = brought("lapse")
    assert alarm.raise_on == date(2027, 7, 1)


def test_a_break_has_stages_of_its_own_and_the_lapse_alone_is_decided() -> None:
    terms = NoticeTerms(
        buyer_period="P3M", expires_on="break-date", break_dates=(date(2025, 12, 31),)
    )
    assert days("notice", notice_terms=terms) == [
        ("P3M", date(2025, 9, 30)),
        ("P6M", date(2027, 9, 30)),
    ]
    assert days("commitment", notice_terms=terms) == [("P6M", date(2025, 6, 30))]
    assert days("decision", notice_terms=terms) == [("P3M", date(2027, 6, 30))]
    assert [due for _, due in days("lapse", notice_terms=terms)] == [date(2027, 7, 1)]
    found = obligations_of(agreement(end=END, notice_terms=terms), PLAN, CALENDARS, TODAY)
    between = date(2025, 10, 1)
    assert next_turn(found, date(2025, 9, 30)) == between
    left = useful(found, between)
    assert [one.due_on for one in left if one.kind == "notice"] == [date(2027, 9, 30)]
    stages = [one for one in left if one.kind == "service"]
    assert [one.due_on for one in stages] == [
        date(2026, 3, 30),
        date(2026, 12, 30),
        date(2027, 3, 30),
    ]
    [first, *_] = brought("renewal", notice_terms=terms)
    assert "30 September 2027 is the day to give notice that keeps" in first.rule


def test_the_day_to_send_is_part_of_a_notice_and_of_what_is_told() -> None:
    deemed = (DeemedService(channel="post", rule="2WD"),)
    post = NoticeTerms(buyer_period="P6M", deemed_service=deemed)
    [by_post] = brought("notice", notice_terms=post)
    [by_hand] = brought("notice", notice_period="P6M")
    assert by_post.due_on == by_hand.due_on
    assert by_post.obligation_id != by_hand.obligation_id
    told = words_of(agreement(end=END), by_post, PLAN)["told"]
    assert told.endswith("if sent by Tuesday 28 September 2027")


def test_the_provider_is_told_by_when_to_send_its_own_notice() -> None:
    post = DeemedService(channel="post", rule="2WD")
    own = NoticeTerms(buyer_period="P6M", provider_period="P3M", deemed_service=(post,))
    [notice] = brought("provider-notice", notice_terms=own)
    assert (notice.due_on, notice.send_by) == (
        date(2027, 12, 30),
        (SendBy("post", date(2027, 12, 28), None),),
    )
    assert "sent by Tuesday 28 December 2027" in notice.rule


def test_the_next_option_is_watched_until_the_end_moves_past_it() -> None:
    [option] = brought("option", extension_options=OPTIONS, maximum_end=date(2030, 3, 31))
    assert (option.due_on, option.raise_on) == (date(2027, 6, 30), date(2027, 3, 30))
    assert "until 31 March 2029" in option.rule
    terms: dict[str, Any] = {"extension_options": OPTIONS, "maximum_end": date(2030, 3, 31)}
    taken = history(registered(end=END, **terms), varied(end=date(2029, 3, 31), **terms))
    planned = obligations_to_plan(taken, PLAN, CALENDARS, TODAY)
    assert [one.due_on for one in planned if one.kind == "option"] == [date(2028, 6, 30)]


def test_the_agreements_own_day_leads_and_the_commitments_is_a_second_line() -> None:
    """Three months by the agreement, six by a commitment that its buyer may not have adopted."""
    end = date(2027, 3, 31)
    assert days("notice", end=end, notice_period="P3M") == [("P3M", date(2026, 12, 30))]
    [own] = brought("notice", end=end, notice_period="P3M")
    assert own.rule.startswith("3 months' notice by the agreement; served by 30 December 2026")
    source = "NHS West Yorkshire ICB in Leeds, Annual Position Statement 2024, 5.4"
    assert f"({source}) asks for 6 months, kept if served by 30 September 2026" in own.rule
    [commitment] = brought("commitment", end=end, notice_period="P3M")
    assert (commitment.period, commitment.due_on) == ("P6M", date(2026, 9, 30))
    assert commitment.policy == f"the commitment to the third sector ({source})"
    [decision] = brought("decision", end=end, notice_period="P3M")
    assert decision.due_on == date(2026, 6, 30)  # three months before the day of the commitment
    # Once it has passed nobody is told of it: the agreement still allows notice.
    found = obligations_of(
        agreement(end=end, notice_period="P3M"), PLAN, CALENDARS, date(2026, 11, 25)
    )
    left = useful(found, date(2026, 11, 25))
    assert not [one for one in left if one.kind == "commitment"]


def test_a_term_without_room_for_a_commitment_raises_none() -> None:
    """Four months: six before the end are none of them, three of the other policy are."""
    short: dict[str, Any] = {"start": date(2026, 12, 1), "end": date(2027, 3, 31)}
    short |= {"notice_period": "P1M"}
    assert days("commitment", **short) == [("P3M", date(2026, 12, 30))]
    [own] = brought("notice", **short)
    assert own.due_on == date(2027, 2, 28)
    assert "asks for 6 months, kept if served by 30 September 2026" in own.rule
    assert all("keeps the commitment" not in one.rule for one in brought("renewal", **short))


def test_a_longer_notice_of_the_agreement_keeps_the_commitment_by_itself() -> None:
    assert days("commitment", notice_period="P12M") == []
    assert days("commitment", notice_period="P6M") == []
    assert days("commitment") == []
    [only] = brought("notice")
    assert only.policy is not None
    assert "the agreement records no notice period" in only.rule


def test_the_providers_own_clause_is_watched_where_its_day_is_another() -> None:
    own = NoticeTerms(buyer_period="P6M", provider_period="P3M")
    assert days("provider-notice", notice_terms=own) == [("P3M", date(2027, 12, 30))]
    assert days("provider-notice", notice_period="P6M") == []
    assert days("provider-notice") == []


def test_what_comes_back_by_itself_is_planned_once_and_holds_whatever_the_end() -> None:
    found = {one.kind: one for kind in RECURRING for one in brought(kind)}
    assert {kind: one.due_on for kind, one in found.items()} == {
        "review": date(2027, 9, 30),
        "contacts": date(2027, 4, 1),
        "monitoring": date(2027, 4, 30),
    }
    later = {one.kind: one for kind in RECURRING for one in brought(kind, end=date(2029, 3, 31))}
    assert later == found
    assert next_turn(list(found.values()), TODAY) == date(2027, 4, 2)


def test_a_plan_that_names_nothing_watches_nothing_but_the_stages() -> None:
    off = dict.fromkeys(
        ("decision", "options_told_before", "review_month", "contacts", "monitoring")
    )
    plan = PLAN.model_copy(update=off)
    found = obligations_of(agreement(extension_options=OPTIONS), plan, CALENDARS, TODAY)
    assert {one.kind for one in found} == {"renewal", "service", "notice"}


def useful(found: list[Obligation], today: date) -> list[Obligation]:
    past = settled(found, [], today)
    return [one for one in found if one.obligation_id not in past]


def told_by_day(until: date) -> list[tuple[date, str]]:
    """What is told from day to day to who knows of an agreement from its start, as it stands."""
    known = history(registered(end=END))
    states: dict[str, State] = {}
    told: list[tuple[date, str]] = []
    day = START
    while day <= until:
        held = [
            Held(one, states.setdefault(one.obligation_id, "planned"), 1)
            for one in useful(obligations_to_plan(known, PLAN, CALENDARS, day), day)
        ]
        due = decide_due(held, day)
        for one in due.raise_now:
            told.append((day, one.obligation.kind))
            states[one.obligation.obligation_id] = "raised"
        for one, _ in due.skip:
            states[one.obligation.obligation_id] = "skipped"
        day += timedelta(days=1)
    return told


def test_a_whole_term_is_told_once_each_in_its_time() -> None:
    told = told_by_day(END)
    assert [one for one in told if one[1] not in RECURRING] == [
        (date(2026, 3, 30), "service"),
        (date(2026, 9, 30), "renewal"),
        (date(2026, 12, 30), "service"),
        (date(2027, 3, 30), "service"),
        (date(2027, 3, 31), "renewal"),
        (date(2027, 6, 2), "decision"),
        (date(2027, 6, 30), "renewal"),
        (date(2027, 7, 1), "lapse"),
        (date(2027, 9, 2), "notice"),
        (date(2027, 9, 30), "renewal"),
        (date(2027, 12, 31), "renewal"),
    ]
    assert [day for day, kind in told if kind == "review"] == [
        date(year, 9, 1) for year in (2024, 2025, 2026, 2027)
    ]
    assert [day for day, kind in told if kind == "contacts"] == [
        date(2025, 3, 4),
        date(2026, 3, 4),
        date(2027, 3, 4),
    ]
    returns = [day for day, kind in told if kind == "monitoring"]
    assert (len(returns), returns[0], returns[-1]) == (8, date(2024, 9, 30), END)


def test_who_learns_of_an_agreement_late_gets_one_message_that_says_how_it_stands() -> None:
    late = obligations_of(agreement(), PLAN, CALENDARS, TODAY)  # ends in four months
    held = [Held(one, "planned", 1) for one in useful(late, TODAY)]
    due = decide_due(held, TODAY)
    [one] = due.raise_now
    assert one.obligation.kind == "notice"
    assert {one.obligation.kind for one, _ in due.skip} == {"renewal", "lapse"}
    why = {why for skipped, why in due.skip if skipped.obligation.kind == "lapse"}
    assert why == {"said in one message with what else came late: notice of 30 September 2026"}
    assert [ahead.kind for ahead in due.stands(one) or ()] == ["monitoring"]


def test_a_review_that_has_passed_is_closed_without_a_word_and_one_ahead_is_withdrawn() -> None:
    [review] = brought("review", today=date(2026, 9, 10))
    told = [Held(review, "raised", 1, "e")]
    october = date(2026, 10, 1)
    revision = revise(told, brought("review", october), today=october, ran_its_course=False)
    assert (revision.close, revision.withdraw) == (told, [])
    over = history(registered(end=END), ended(on=date(2026, 9, 12)))
    gone = revise(told, [], today=date(2026, 9, 13), ran_its_course=False)
    assert gone.withdraw == told
    reason = why_withdrawn(over, review, date(2026, 9, 13))
    assert reason == "the agreement ended on 12 September 2026"


def test_a_bigger_value_known_ahead_brings_the_returns_of_its_band_from_its_day() -> None:
    line = {"programme": "end of life", "annual_amount_pence": 30_000_000}
    grows = history(
        registered(end=END), varied(end=END, effective_on=date(2026, 12, 1), lines=(line,))
    )
    kinds = [one.kind for one in obligations_to_plan(grows, PLAN, CALENDARS, TODAY)]
    assert "monitoring" not in kinds
    assert "review" in kinds
    then = obligations_to_plan(grows, PLAN, CALENDARS, date(2026, 12, 1))
    assert [one.period for one in then if one.kind == "monitoring"] == ["P3M"]
