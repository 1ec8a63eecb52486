"""Wording: what, which agreement, which dates, how worked out, what to do, whom to ask."""

from datetime import date
from pathlib import Path

import pytest

from services.notify.after_end.alarm import Alarmed, alarm
from services.notify.after_end.payments import Paid
from services.notify.escalation.escalation import Step
from services.notify.escalation.escalation_fact import Unacknowledged, escalated
from services.notify.notices.notice import Notice, Verdict
from services.notify.planning.brought import obligations_of, obligations_to_plan, short_notices
from services.notify.planning.obligation import Held
from services.notify.planning.over import ask_over
from services.notify.planning.plan import PaymentsPlan, load_plans
from services.notify.subscriptions.subscription_off import SUBSCRIPTION_OFF
from services.notify.telling.fact import (
    FactToTell,
    NoticeFact,
    Position,
    not_yours,
    raised,
    withdrawn,
)
from services.notify.telling.obligation_words import words_of
from services.notify.telling.recipient import Told
from services.notify.wording.message import WORDINGS, Wordings
from shared.agreement_parts import ExtensionOption
from shared.errors import Misconfigured
from shared.notice_terms import NoticeTerms
from tests.notify.facts import (
    BUYER,
    CALENDARS,
    NOW,
    PROVIDER,
    TODAY,
    agreement,
    bare,
    chain,
    history,
    registered,
)

PLAN = bare(load_plans().default)
AT = Position(1, 2)
LINK = "https://notify.example/v1/notifications/1/acknowledge?token=abc&x=1"
AGREEMENT = agreement(title="Care <b>& comfort</b>\nat home", notice_period="P3M")
OBLIGATIONS = obligations_of(AGREEMENT, PLAN, CALENDARS, TODAY)
RENEWALS = [Held(one, "planned", 1) for one in OBLIGATIONS if one.kind == "renewal"]
[NOTICE] = [Held(one, "planned", 1) for one in OBLIGATIONS if one.kind == "notice"]
SILENT = agreement(title=AGREEMENT.title)
[PROMISED] = [
    Held(one, "planned", 1)
    for one in obligations_of(SILENT, PLAN, CALENDARS, TODAY)
    if one.kind == "notice"
]
_LATE = ("decision", "option", "review")
OPEN_ENDED = agreement(end=None, title=AGREEMENT.title)
[QUESTION] = [
    Held(one, "planned", 1)
    for one in obligations_to_plan(history(registered(end=None)), PLAN, CALENDARS, TODAY)
]
MOVED = agreement(end=date(2028, 3, 31), title=AGREEMENT.title)
TOLD = Told(
    "9aafc7a6-1295-5bcf-a95d-2ab9f1f19c12",
    "3679aa73-5609-5be3-92ef-183ec0765110",
    "85e62e5f-6338-5838-ad1a-118ab7f44fe2",
    NOTICE.obligation.obligation_id,
    AGREEMENT.agreement_id,
    BUYER,
    "notice",
    waits=False,
    tried=True,
    stands=True,
    takes_back=False,
    revision=1,
    sequence=2,
    words=words_of(AGREEMENT, NOTICE.obligation, PLAN),
)

# Stages before the end and before the last safe day fall on days of their own here.
WATCHED = agreement(
    title=AGREEMENT.title,
    notice_terms=NoticeTerms(buyer_period="P4M", provider_period="P2M"),
    extension_options=(ExtensionOption(length="P1Y", exercise_by=date(2026, 8, 31)),),
    maximum_end=date(2028, 3, 31),
)
OTHERS = [
    Held(one, "planned", 1)
    for one in obligations_of(WATCHED, load_plans().default, CALENDARS, date(2026, 3, 1))
    if one.kind not in ("renewal", "notice")
]
_SERVED = Notice(
    notice_id="6f1d4b0e-94a3-5c8f-8a70-2f7f3a9b1c5d",
    agreement_id=WATCHED.agreement_id,
    buyer=BUYER,
    kind="non-renewal",
    given_by="buyer",
    acts_on=None,
    about_end=WATCHED.end,
    state="served",
    verdict=Verdict(
        served_on=date(2026, 11, 1),
        in_time=False,
        rule="6 months' notice by the buyer's policy",
        last_day=WATCHED.end,
        days_given=150,
        days_needed=182,
    ),
)
STILL_PAID = Paid(3_000_050, 3, date(2027, 6, 1), date(2027, 8, 1))
OTHERS += [
    Held(
        alarm(
            WATCHED,
            date(2027, 3, 31),
            Alarmed(date(2027, 8, 5), STILL_PAID.pence),
            STILL_PAID,
            PaymentsPlan(grace="P35D", again_after="P3M"),
        ),
        "planned",
        1,
    )
]
OTHERS += [Held(one, "planned", 1) for one in short_notices(WATCHED, [_SERVED])]
FACTS: dict[str, NoticeFact] = {
    **{
        f"{held.obligation.kind}, {held.obligation.period}": raised(
            WATCHED, held, None, PLAN, AT, TODAY, NOW
        )
        for held in OTHERS
    },
    **{
        f"renewal, {held.obligation.period}": raised(AGREEMENT, held, None, PLAN, AT, TODAY, NOW)
        for held in RENEWALS
    },
    "notice due": raised(AGREEMENT, NOTICE, None, PLAN, AT, date(2026, 12, 30), NOW),
    "notice day passed": raised(AGREEMENT, NOTICE, None, PLAN, AT, date(2026, 12, 31), NOW),
    "policy's day passed": raised(SILENT, PROMISED, None, PLAN, AT, date(2026, 10, 1), NOW),
    "known late": raised(
        AGREEMENT,
        RENEWALS[-1],
        None,
        PLAN,
        AT,
        TODAY,
        NOW,
        stands=[
            NOTICE.obligation,
            *(one.obligation for one in OTHERS if one.obligation.kind in _LATE),
        ],
    ),
    "over when registered": raised(
        AGREEMENT,
        Held(ask_over(AGREEMENT, (), (), date(2027, 4, 8), first=True)[0], "planned", 1),
        None,
        PLAN,
        AT,
        date(2027, 4, 8),
        NOW,
    ),
    "withdrawn": withdrawn(
        MOVED,
        NOTICE.obligation,
        "the end of the agreement moved from 31 March 2027 to 31 March 2028",
        Position(2, 1),
        PLAN,
        NOW,
    ),
    "end date asked": raised(OPEN_ENDED, QUESTION, None, PLAN, AT, TODAY, NOW),
    "not theirs": not_yours(TOLD, NOW),
    "not acknowledged": escalated(
        Unacknowledged(
            TOLD.event_id,
            TOLD.obligation_id,
            TOLD.agreement_id,
            BUYER,
            revision=1,
            sequence=2,
            words=TOLD.words,
        ),
        chain(),
        2,
        Step("officers", (), "the provider did not acknowledge it within 2 working days"),
        NOW,
    ),
}
_ONE = FACTS["notice due"]
FACT = FactToTell(
    _ONE.event_id,
    _ONE.fact.TYPE,
    _ONE.obligation_id,
    _ONE.agreement_id,
    BUYER,
    _ONE.fact.model_dump_json().encode(),
    _ONE.wording,
    _ONE.words,
    NOW,
)


def test_every_wording_is_told_by_some_fact() -> None:
    of_agreements = {fact.wording for fact in FACTS.values()}
    assert of_agreements | {SUBSCRIPTION_OFF} == set(WORDINGS)


@pytest.mark.parametrize("case", FACTS)
def test_a_message_says_all_that_its_reader_needs(case: str) -> None:
    fact = FACTS[case]
    message = Wordings().message(fact.wording, BUYER, fact.words, LINK)
    for said in [
        "Care <b>& comfort</b> at home",
        "LCC/1",
        BUYER,
        "Hollybank Hospice",
        "31 March 2027",
        "What to do:",
        PLAN.contact,
        LINK,
    ]:
        if said == "31 March 2027" and case == "end date asked":
            continue
        # Who is the provider now is not for one that is not.
        theirs = case != "not theirs" or said != PROVIDER
        assert (said in message.text) == theirs
    assert "\n" not in message.subject
    assert "Care" in message.subject
    assert "$" not in message.text


def test_every_stage_and_every_other_kind_has_its_message() -> None:
    assert [case for case in FACTS if case.startswith("service")] == [
        f"service, {stage}" for stage in ("P18M", "P12M", "P9M", "P6M", "P3M")
    ]
    assert {held.obligation.kind for held in OTHERS} == {
        *("service", "decision", "lapse", "commitment", "provider-notice", "option"),
        *("review", "contacts", "monitoring", "notice-short", "paid-after-end"),
    }


@pytest.mark.parametrize("held", OTHERS, ids=lambda held: held.obligation.kind)
def test_what_is_taken_back_is_said_as_it_was_told(held: Held) -> None:
    fact = withdrawn(MOVED, held.obligation, "the end moved", Position(2, 1), PLAN, NOW)
    text = Wordings().message(fact.wording, BUYER, fact.words, LINK).text
    assert "that " + fact.words["told"] + ". That no longer holds." in text


def test_a_notice_shows_how_its_day_was_worked_out() -> None:
    text = Wordings().message(_ONE.wording, BUYER, _ONE.words, LINK).text
    assert "30 December 2026 is the last safe day" in text
    assert "asks for 6 months, kept if served by 30 September 2026" in text
    assert "corresponding date rule" in text


def test_the_day_of_a_commitment_is_never_said_to_end_the_right_to_give_notice() -> None:
    """The agreement may still allow it, or does: it is a commitment that its buyer keeps or not."""
    source = "NHS West Yorkshire ICB in Leeds, Annual Position Statement 2024, 5.4"
    said = [one for one in FACTS.values() if one.wording.startswith("commitment-due")]
    assert {one.wording for one in said} == {"commitment-due", "commitment-due-passed"}
    for fact in said:
        text = Wordings().message(fact.wording, BUYER, fact.words, LINK).text
        assert f"keeps the commitment to the third sector ({source})" in text
        assert "not the day on which the agreement's own right to give notice runs out" in text
        assert "would not run its full length" not in text
        assert "last safe day" not in text


def test_what_is_known_late_says_how_it_stands_with_every_date_ahead() -> None:
    fact = FACTS["known late"]
    text = Wordings().message(fact.wording, BUYER, fact.words, LINK).text
    assert (
        "As it stands on 23 November 2026, its dates ahead are: 31 August 2026, the last day to "
        "take up the option to extend it; "
    ) in text
    assert (
        "30 December 2026, the last safe day to serve notice; 31 March 2027, its last day" in text
    )
    assert "to decide" not in text  # that is for the buyer alone
    assert "reminder for" not in text


def test_a_withdrawal_says_what_was_told_and_why_it_no_longer_holds() -> None:
    fact = FACTS["withdrawn"]
    text = Wordings().message(fact.wording, BUYER, fact.words, LINK).text
    assert "30 December 2026 is the last safe day to serve notice" in text
    assert "moved from 31 March 2027 to 31 March 2028" in text


def test_a_question_says_that_it_will_be_asked_again() -> None:
    fact = FACTS["end date asked"]
    text = Wordings().message(fact.wording, BUYER, fact.words, LINK).text
    assert "the question of 1 October 2026" in text
    assert "until one is, it is asked for every quarter" in text


@pytest.mark.parametrize("case", FACTS)
def test_html_is_the_same_words_escaped(case: str) -> None:
    fact = FACTS[case]
    html = Wordings().message(fact.wording, BUYER, fact.words, LINK).html
    assert "<b>" not in html
    assert "Care &lt;b&gt;&amp; comfort&lt;/b&gt; at home" in html
    assert 'href="https://notify.example/v1/notifications/1/acknowledge?token=abc&amp;x=1"' in html


def test_the_same_obligation_raised_twice_is_the_same_event() -> None:
    again = raised(AGREEMENT, NOTICE, "GB-CHC-1", PLAN, AT, TODAY, NOW)
    assert again.event_id == _ONE.event_id


def test_a_buyer_may_write_its_own(tmp_path: Path) -> None:
    (tmp_path / "notice-due.txt").write_text("Notice by ${due_on}\n\nIt costs $$0 to serve.\n")
    wordings = Wordings(tmp_path)
    message = wordings.message("notice-due", BUYER, _ONE.words, LINK)
    assert message.subject == "Notice by 30 December 2026"
    assert message.text.startswith("It costs $0 to serve.\n")
    assert "Hollybank" in wordings.message("renewal-approaching", BUYER, _ONE.words, LINK).text


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("Pay $5\n\nx", "placeholder"),
        ("${date}\n\nx", "nothing is known as date"),
        ("${reason}\n\nx", "nothing is known as reason"),
    ],
)
def test_a_template_that_can_not_be_filled_is_refused_at_the_start(
    tmp_path: Path, template: str, says: str
) -> None:
    (tmp_path / "notice-due.txt").write_text(template)
    with pytest.raises(Misconfigured, match=says):
        Wordings(tmp_path)
