"""Which dates an agreement brings, what is due of them, and what moves when they do."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates.clause import Clause, expiry
from services.notify.planning.agreement import AgreementFact
from services.notify.planning.brought import obligations_of, obligations_to_plan
from services.notify.planning.obligation import Held, State, revise
from services.notify.planning.plan import load_plans
from services.notify.planning.withdrawal import why_withdrawn
from services.notify.telling.due import decide_due
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.facts import (
    CALENDARS,
    TODAY,
    agreement,
    bare,
    ended,
    history,
    registered,
    varied,
    with_policy,
)

PLAN = bare(load_plans().default)
END = date(2027, 3, 31)


def held(*states: State, **changes: Any) -> list[Held]:
    """The obligations of the agreement, in the states given by due day; planned for the rest."""
    obligations = obligations_of(agreement(**changes), PLAN, CALENDARS, TODAY)
    planned: list[State] = ["planned"] * len(obligations)
    padded = [*states, *planned]
    return [Held(one, state, 1) for one, state in zip(obligations, padded, strict=False)]


def test_renewal_stages_and_the_last_safe_day_of_a_three_year_contract() -> None:
    assert [
        (o.kind, o.period, o.due_on, o.raise_on)
        for o in obligations_of(agreement(), PLAN, CALENDARS, TODAY)
    ] == [
        ("renewal", "P12M", date(2026, 3, 31), date(2026, 3, 31)),
        ("renewal", "P9M", date(2026, 6, 30), date(2026, 6, 30)),
        ("notice", "P6M", date(2026, 9, 30), date(2026, 9, 2)),
        ("renewal", "P6M", date(2026, 9, 30), date(2026, 9, 30)),
        ("renewal", "P3M", date(2026, 12, 31), date(2026, 12, 31)),
    ]


def test_a_stage_before_the_start_announces_nothing() -> None:
    stages = obligations_of(agreement(start=date(2026, 4, 1)), PLAN, CALENDARS, TODAY)
    assert [o.period for o in stages if o.kind == "renewal"] == ["P9M", "P6M", "P3M"]


def test_an_agreement_without_an_end_brings_no_dates_and_is_marked() -> None:
    open_ended = agreement(end=None)
    assert obligations_of(open_ended, PLAN, CALENDARS, TODAY) == []
    assert open_ended.standing == "undated"


@pytest.mark.parametrize(
    ("recorded", "policy", "kinds"),
    [(None, None, 0), (None, "P6M", 1), ("P3M", None, 1), ("P3M", "P6M", 1)],
)
def test_one_notice_is_planned_where_agreement_or_policy_asks_for_one(
    recorded: str | None, policy: str | None, kinds: int
) -> None:
    plan = with_policy(PLAN, policy)
    found = obligations_of(agreement(notice_period=recorded), plan, CALENDARS, TODAY)
    assert [o.kind for o in found].count("notice") == kinds


def test_a_term_without_room_for_the_notice_says_so() -> None:
    short = agreement(start=date(2026, 12, 1))
    notice = next(o for o in obligations_of(short, PLAN, CALENDARS, TODAY) if o.kind == "notice")
    assert "no room for the notice" in notice.rule


def test_notice_as_long_as_the_term_is_served_before_it_and_has_room() -> None:
    year = agreement(start=date(2026, 4, 1), notice_period="P1Y")
    notice = next(o for o in obligations_of(year, PLAN, CALENDARS, TODAY) if o.kind == "notice")
    assert notice.due_on == date(2026, 3, 30)
    assert "that is before the agreement starts" in notice.rule
    assert "no room" not in notice.rule


def test_after_a_break_that_is_over_the_lapse_is_a_notice_of_its_own() -> None:
    """A break after the first of five years, and six months promised before the lapse."""
    terms = NoticeTerms(
        buyer_period="P3M", expires_on="break-date", break_dates=(date(2025, 3, 31),)
    )
    five = agreement(end=date(2029, 3, 31), notice_terms=terms)
    notices = [o for o in obligations_of(five, PLAN, CALENDARS, TODAY) if o.kind == "notice"]
    assert [(o.period, o.due_on, o.policy is None) for o in notices] == [
        ("P3M", date(2024, 12, 30), True),
        ("P6M", date(2028, 9, 30), False),
    ]
    assert "it ends by 31 March 2025" in notices[0].rule
    assert "before the agreement lapses on 31 March 2029" in notices[1].rule
    # While the lapse's day comes before the break, the earlier notice is for both.
    late = agreement(
        end=date(2025, 6, 30), notice_terms=terms.model_copy(update={"buyer_period": "P1M"})
    )
    [one] = [o for o in obligations_of(late, PLAN, CALENDARS, TODAY) if o.kind == "notice"]
    assert one.due_on == date(2025, 2, 28)
    assert "before it lapses on 30 June 2025 too, kept if served by 29 December 2024" in one.rule


def test_an_agreement_that_became_known_late_brings_one_message_of_its_notice_day() -> None:
    due = decide_due(held(), TODAY)
    assert [(h.obligation.kind, h.obligation.period) for h in due.raise_now] == [("notice", "P6M")]
    assert [(h.obligation.period, why) for h, why in due.skip] == [
        ("P12M", "a later stage was reached already"),
        ("P9M", "a later stage was reached already"),
        ("P6M", "said in one message with what else came late: notice of 30 September 2026"),
    ]


def test_what_comes_on_its_day_is_told_by_itself_whatever_was_told_before() -> None:
    states: list[State] = ["skipped", "skipped", "raised", "skipped"]
    due = decide_due(held(*states), date(2026, 12, 31))
    [one] = due.raise_now
    assert (one.obligation.period, due.in_one) == ("P3M", None)
    late = decide_due(held(*states), date(2027, 1, 2))
    assert ([one.obligation.period for one in late.raise_now], late.in_one) == (["P3M"], None)


def test_an_earlier_stage_is_left_out_once_a_later_one_was_told() -> None:
    due = decide_due(held("planned", "raised", "raised", "raised"), TODAY)
    assert due.raise_now == []
    assert [h.obligation.period for h, _ in due.skip] == ["P12M"]


def test_nothing_is_said_of_an_end_that_has_passed() -> None:
    due = decide_due(held(), END + timedelta(days=1))
    assert due.raise_now == []
    assert {why for _, why in due.skip} == {"the agreement's end had passed already"}


def test_each_stage_comes_in_its_time() -> None:
    states: list[State] = ["planned"] * 5
    told = []
    day = date(2026, 1, 1)
    while day <= END:
        standing = held(*states)
        due = decide_due(standing, day)
        for one in due.raise_now:
            told.append((day, one.obligation.kind, one.obligation.period))
            states[standing.index(one)] = "raised"
        assert due.skip == []
        day += timedelta(days=1)
    assert told == [
        (date(2026, 3, 31), "renewal", "P12M"),
        (date(2026, 6, 30), "renewal", "P9M"),
        (date(2026, 9, 2), "notice", "P6M"),
        (date(2026, 9, 30), "renewal", "P6M"),
        (date(2026, 12, 31), "renewal", "P3M"),
    ]


def test_when_the_end_moves_what_was_told_is_withdrawn_and_the_rest_replaced() -> None:
    later = history(registered(), varied(end=date(2028, 3, 31)))
    wanted = obligations_to_plan(later, PLAN, CALENDARS, TODAY)
    revision = revise(
        held("skipped", "raised", "raised", "withdrawn"), wanted, today=TODAY, ran_its_course=False
    )
    assert [(h.obligation.kind, h.obligation.period) for h in revision.withdraw] == [
        ("renewal", "P9M"),
        ("notice", "P6M"),
    ]
    assert [h.obligation.period for h in revision.drop] == ["P12M", "P3M"]
    assert revision.plan == wanted
    reason = why_withdrawn(later, revision.withdraw[0].obligation, TODAY)
    assert reason == "the end of the agreement moved from 31 March 2027 to 31 March 2028"


@pytest.mark.parametrize(
    ("ended_on", "says"),
    [
        (date(2027, 3, 30), "ends on 30 March 2027, before 31 March 2027"),
        (date(2027, 3, 31), "ends on 31 March 2027"),
        (date(2027, 9, 1), "ends on 1 September 2027, not on 31 March 2027"),
    ],
)
def test_an_agreement_that_was_ended_is_said_to_end_before_only_what_it_ends_before(
    ended_on: date, says: str
) -> None:
    """An extension to 30 September, and then an end before that."""
    extended = history(registered(), varied(end=date(2027, 9, 30)), ended(on=ended_on))
    told = obligations_of(agreement(), PLAN, CALENDARS, TODAY)[0]
    assert why_withdrawn(extended, told, TODAY) == f"the agreement {says}"


def test_an_end_that_moves_within_a_month_is_another_message_even_on_the_same_day() -> None:
    """3 months before 30 May and before 31 May are both 28 February."""
    first = obligations_of(agreement(end=date(2027, 5, 31)), PLAN, CALENDARS, TODAY)[-1]
    second = obligations_of(agreement(end=date(2027, 5, 30)), PLAN, CALENDARS, TODAY)[-1]
    assert first.due_on == second.due_on == date(2027, 2, 28)
    assert first.obligation_id != second.obligation_id


def test_dates_that_move_away_and_back_are_told_anew() -> None:
    wanted = obligations_of(agreement(), PLAN, CALENDARS, TODAY)
    revision = revise(held("withdrawn"), wanted, today=TODAY, ran_its_course=False)
    assert revision.reopen == wanted[:1]
    assert revision.plan == []
    assert revision.withdraw == []


def test_an_agreement_that_ran_its_course_makes_nothing_untrue() -> None:
    revision = revise(held("raised", "skipped"), [], today=TODAY, ran_its_course=True)
    assert [h.obligation.period for h in revision.close] == ["P12M"]
    assert revision.withdraw == []
    again = revise(
        held("closed"),
        obligations_of(agreement(), PLAN, CALENDARS, TODAY),
        today=TODAY,
        ran_its_course=False,
    )
    assert [h.obligation.period for h in again.restore] == ["P12M"]
    assert again.reopen == []


def test_planning_twice_changes_nothing() -> None:
    wanted = obligations_of(agreement(), PLAN, CALENDARS, TODAY)
    revision = revise(
        held("raised", "skipped", "raised"), wanted, today=TODAY, ran_its_course=False
    )
    assert revision == revise([], [], today=TODAY, ran_its_course=False)


def test_a_shorter_lead_moves_only_the_day_of_raising() -> None:
    plan = PLAN.model_copy(update={"notice_lead_days": 7})
    revision = revise(
        held(),
        obligations_of(agreement(), plan, CALENDARS, TODAY),
        today=TODAY,
        ran_its_course=False,
    )
    assert [o.raise_on for o in revision.amend] == [date(2026, 9, 23)]
    assert revision.plan == []
    assert revision.drop == []


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 11, 30), date(2027, 3, 31)),
        (date(2026, 12, 1), date(2028, 3, 31)),
        (date(2027, 3, 31), date(2028, 3, 31)),
        (date(2027, 4, 1), date(2030, 3, 31)),
    ],
)
def test_on_each_day_the_terms_hold_that_took_effect_last(day: date, end: date) -> None:
    facts: list[AgreementFact] = [
        registered(),
        varied(version=2, effective_on=date(2027, 4, 1), end=date(2030, 3, 31)),
        varied(version=3, effective_on=date(2026, 12, 1), end=date(2028, 3, 31)),
    ]
    for order in permutations(facts):
        assert history(*order).on(day).end == end


def test_a_variation_ahead_that_moves_the_end_silences_the_old_dates_and_brings_none() -> None:
    """An extension agreed from next month: nobody prepares for an end that will not come."""
    extended = history(registered(), varied(effective_on=date(2026, 12, 15), end=date(2028, 3, 31)))
    assert obligations_to_plan(extended, PLAN, CALENDARS, TODAY) == []
    [told] = [o for o in obligations_of(agreement(), PLAN, CALENDARS, TODAY) if o.kind == "notice"]
    assert why_withdrawn(extended, told, TODAY) == (
        "the end of the agreement moves from 31 March 2027 to 31 March 2028, "
        "by a variation that takes effect on 15 December 2026"
    )
    later = obligations_to_plan(extended, PLAN, CALENDARS, date(2026, 12, 15))
    assert {one.end for one in later} == {date(2028, 3, 31)}


def test_a_variation_ahead_that_leaves_the_end_silences_nothing() -> None:
    """Neither another provider nor another value undoes a date."""
    other = history(registered(), varied(effective_on=date(2026, 12, 15), provider="St Other"))
    assert obligations_to_plan(other, PLAN, CALENDARS, TODAY) == obligations_of(
        agreement(), PLAN, CALENDARS, TODAY
    )


def test_a_variation_that_takes_effect_after_the_end_undoes_no_date() -> None:
    later = history(registered(), varied(effective_on=date(2027, 4, 1), end=date(2028, 3, 31)))
    assert obligations_to_plan(later, PLAN, CALENDARS, TODAY) == obligations_of(
        agreement(), PLAN, CALENDARS, TODAY
    )


def test_a_notice_period_ahead_silences_the_day_only_if_it_falls_later() -> None:
    changed = history(registered(), varied(effective_on=date(2026, 9, 15), notice_period="P9M"))
    kinds = [o.kind for o in obligations_to_plan(changed, PLAN, CALENDARS, date(2026, 9, 1))]
    assert "notice" not in kinds
    [told] = [o for o in obligations_of(agreement(), PLAN, CALENDARS, TODAY) if o.kind == "notice"]
    reason = why_withdrawn(changed, told, date(2026, 9, 1))
    assert reason == "other terms of notice apply from 15 September 2026"
    changed = history(registered(), varied(effective_on=date(2026, 10, 15), notice_period="P9M"))
    held = obligations_to_plan(changed, PLAN, CALENDARS, date(2026, 9, 1))
    assert ("notice", date(2026, 9, 30)) in [(o.kind, o.due_on) for o in held]


def test_a_variation_that_took_effect_in_the_past_corrects_what_is_in_force() -> None:
    corrected = history(registered(), varied(effective_on=date(2024, 3, 1), end=None))
    assert corrected.on(TODAY).standing == "undated"


def by_post(rule: str) -> NoticeTerms:
    deemed = (DeemedService(channel="post", rule=rule),)
    return NoticeTerms(buyer_period="P6M", deemed_service=deemed)


def test_another_rule_of_deemed_service_is_another_notice_to_tell() -> None:
    first, second = (
        next(
            one
            for one in obligations_of(agreement(notice_terms=by_post(rule)), PLAN, CALENDARS, TODAY)
            if one.kind == "notice"
        )
        for rule in ("2WD", "5WD")
    )
    assert first.due_on == second.due_on
    assert [one.send_by[0].day for one in (first, second)] == [
        date(2026, 9, 28),
        date(2026, 9, 23),
    ]
    revision = revise([Held(first, "raised", 1)], [second], today=TODAY, ran_its_course=False)
    assert [one.obligation for one in revision.withdraw] == [first]
    assert revision.plan == [second]


def test_terms_that_would_take_effect_after_the_end_never_do() -> None:
    over = history(
        registered(),
        varied(effective_on=date(2027, 1, 1), title="Never"),
        ended(on=date(2026, 12, 1)),
    )
    assert over.on(date(2027, 2, 1)).title == "Hospice at home"
    assert over.next_change(TODAY) is None


def test_an_end_taken_back_leaves_the_dates_as_they_were() -> None:
    mistaken = ended(version=3, on=date(2026, 12, 1))
    over = history(registered(), mistaken)
    assert obligations_to_plan(over, PLAN, CALENDARS, TODAY) == []
    back = ended(version=4, on=date(2026, 12, 1), withdrawn=True)
    for facts in ((registered(), mistaken, back), (back, mistaken, registered())):
        undone = obligations_to_plan(history(*facts), PLAN, CALENDARS, TODAY)
        assert undone == obligations_to_plan(history(registered()), PLAN, CALENDARS, TODAY) != []


def test_an_end_after_that_of_the_terms_counts_once_it_has_passed() -> None:
    beyond = history(registered(), ended(on=date(2027, 9, 30)))
    assert obligations_to_plan(beyond, PLAN, CALENDARS, TODAY) == obligations_to_plan(
        history(registered()), PLAN, CALENDARS, TODAY
    )
    assert beyond.on(date(2027, 9, 30)).standing == "dated"
    assert beyond.next_change(TODAY) == date(2027, 10, 1)
    assert beyond.on(date(2027, 10, 1)).standing == "ended"
    longer = varied(effective_on=date(2026, 12, 15), end=date(2028, 3, 31))
    extended = history(registered(), longer, ended(on=date(2027, 9, 30)))
    assert extended.on(date(2026, 12, 15)).standing == "ended"
    assert obligations_to_plan(extended, PLAN, CALENDARS, TODAY) == []
    [told, *_] = obligations_to_plan(history(registered()), PLAN, CALENDARS, TODAY)
    assert "moves from 31 March 2027" in why_withdrawn(extended, told, TODAY)


def test_a_variation_whose_agreement_is_not_known_brings_nothing_before_its_day() -> None:
    alone = history(varied(effective_on=date(2027, 1, 1)))
    assert alone.on(TODAY).standing == "unknown"
    assert obligations_to_plan(alone, PLAN, CALENDARS, TODAY) == []
    assert alone.on(date(2027, 1, 1)).standing == "dated"


CHANGES = st.lists(
    st.tuples(
        st.dates(date(2026, 6, 1), date(2027, 6, 30)),
        st.none() | st.dates(date(2026, 12, 1), date(2030, 12, 31)),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(CHANGES, st.dates(date(2026, 6, 1), date(2027, 12, 31)))
def test_facts_in_any_order_end_in_the_same_plan(
    changes: list[tuple[date, date | None, bool]], today: date
) -> None:
    facts: list[AgreementFact] = [registered()]
    for version, (day, end, is_end) in enumerate(changes, start=2):
        if is_end:
            facts.append(ended(version=version, on=day))
        else:
            facts.append(varied(version=version, effective_on=day, end=end))
    plans = {
        (after, tuple(obligations_to_plan(after, PLAN, CALENDARS, today)))
        for order in permutations(facts)
        for after in [history(*order, *order)]
    }
    assert len(plans) == 1
    [(after, planned)] = plans
    assert after.version == len(facts)
    dated = [one for one in planned if one.kind != "end-date"]
    assert all(one.end == after.on(today).end for one in dated)
    assert all(one.end == after.on(max(one.end, today)).end for one in dated)


PERIODS = st.one_of(
    st.integers(0, 24).map(lambda months: f"P{months}M"),
    st.integers(0, 104).map(lambda weeks: f"P{weeks}W"),
    st.integers(0, 730).map(lambda days: f"P{days}D"),
    st.tuples(st.integers(0, 2), st.integers(0, 11)).map(lambda each: f"P{each[0]}Y{each[1]}M"),
)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), PERIODS | st.none(), PERIODS | st.none())
def test_notice_served_by_the_day_told_ends_in_time(
    end: date, recorded: str | None, policy: str | None
) -> None:
    plan = with_policy(PLAN, policy)
    known = agreement(start=date(2015, 4, 1), end=end, notice_period=recorded)
    found = obligations_of(known, plan, CALENDARS, TODAY)
    notices = [o for o in found if o.kind == "notice"]
    assert [o.period for o in notices] == [one for one in (recorded or policy,) if one]
    commitments = [o for o in found if o.kind == "commitment"]
    assert all(o.due_on < notices[0].due_on for o in commitments)
    for one in notices + commitments:
        clause = Clause(one.period, CALENDARS.of(None))
        for clear in (True, False):
            ends = expiry(one.due_on, clause, clear=clear)
            assert ends is not None
            assert ends <= end
    if recorded and policy:
        [first, *_] = sorted(notices + commitments, key=lambda o: o.due_on)
        for period in (recorded, policy):
            ends = expiry(first.due_on, Clause(period, CALENDARS.of(None)), clear=True)
            assert ends is not None
            assert ends <= end
