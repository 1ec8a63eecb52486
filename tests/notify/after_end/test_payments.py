"""Which payments after an end count, and when people are told of them again."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.notify.after_end.alarm import Alarmed, alarm, alarmed_by
from services.notify.after_end.payments import Paid, Payment, paid_after_end
from services.notify.planning.agreement import History
from services.notify.planning.obligation import Held, revise
from services.notify.planning.plan import PaymentsPlan
from services.notify.planning.withdrawal import why_withdrawn
from services.notify.rehearsal.rehearsal import told_before
from tests.notify.facts import SUPPLIER, TODAY, agreement, ended, history, registered, varied
from tests.support.suppliers import supplier_id

END = date(2026, 3, 31)
PLAN = PaymentsPlan(grace="P35D", again_after="P3M")
LATE = date(2026, 6, 1)


def over(**changes: Any) -> History:
    return history(registered(**{"end": END} | changes))


def found(
    own: History,
    *payments: tuple[date, int],
    others: Sequence[History] = (),
    suppliers: Sequence[str] = (SUPPLIER,),
    today: date = TODAY,
) -> Paid | None:
    paid = [Payment(*one) for one in payments]
    return paid_after_end(own, others, suppliers, paid, PLAN.grace, today)


@pytest.mark.parametrize(
    ("paid_on", "counts"),
    [
        (END, False),
        (date(2026, 5, 5), False),  # the 35th day after: an invoice paid late
        (date(2026, 5, 6), True),
    ],
)
def test_an_invoice_that_is_paid_late_is_none(paid_on: date, *, counts: bool) -> None:
    assert (found(over(), (paid_on, 100)) is not None) == counts


def test_pounds_lines_and_days_are_counted_and_credits_taken_off() -> None:
    payments = [(LATE, 50_000), (date(2026, 7, 1), -10_000), (date(2026, 8, 1), 20_000)]
    assert found(over(), *payments) == Paid(60_000, 3, LATE, date(2026, 8, 1))
    assert found(over(), (LATE, 500), (LATE, -500)) is None


def test_a_recorded_end_counts_as_one_by_the_terms_does() -> None:
    early = history(registered(), ended(on=date(2026, 1, 31)))
    assert found(early, (LATE, 100)) is not None
    mistaken = history(registered(), ended(on=date(2026, 1, 31)), ended(version=4, withdrawn=True))
    assert found(mistaken, (LATE, 100)) is None  # it runs until 2027


@pytest.mark.parametrize(
    "own",
    [
        over(end=None),
        history(registered(end=END), varied(end=date(2027, 3, 31), effective_on=END)),
        over(end=date(2025, 11, 22)),  # over a year ago
    ],
    ids=["undated", "extended", "long ago"],
)
def test_what_is_not_over_or_long_over_is_not_watched(own: History) -> None:
    assert found(own, (LATE, 100)) is None


ELSEWHERE = supplier_id("Another Hospice")


@pytest.mark.parametrize(
    ("other", "covers"),
    [
        (registered("LCC/2", start=date(2026, 4, 1), end=date(2027, 3, 31)), True),
        (registered("LCC/2", start=date(2026, 4, 1), end=None), True),
        (registered("LCC/2", start=date(2026, 6, 2), end=None), False),  # begins the day after
        (registered("LCC/2", end=date(2026, 3, 1)), False),  # ended earlier still
        (registered("LCC/2", end=date(2026, 4, 30)), True),  # ended later: told of that one
        (registered("LCC/2", end=None, supplier_id=UUID(ELSEWHERE)), False),
    ],
    ids=["renewed", "undated", "later", "earlier end", "later end", "another provider"],
)
def test_what_another_agreement_covers_is_its_own(other: Any, *, covers: bool) -> None:
    assert (found(over(), (LATE, 100), others=[history(other)]) is None) == covers


def test_of_two_that_ended_on_one_day_one_is_told_of() -> None:
    first, second = over(), history(registered("LCC/2", end=END))
    told = [found(first, (LATE, 1), others=[second]), found(second, (LATE, 1), others=[first])]
    assert told.count(None) == 1


def test_an_agreement_with_the_same_organisation_under_another_name_covers_it() -> None:
    other = history(registered("LCC/2", end=None, supplier_id=UUID(ELSEWHERE)))
    both = (SUPPLIER, ELSEWHERE)
    assert found(over(), (LATE, 100), others=[other], suppliers=both) is None


def paid(pence: int) -> Paid:
    return Paid(pence, 2, LATE, date(2026, 7, 1))


JUNE = Alarmed(date(2026, 6, 10), 1_000)


@pytest.mark.parametrize(
    ("pence", "today", "again"),
    [
        (1_000, date(2026, 12, 1), False),  # nothing more was paid
        (1_500, date(2026, 9, 9), False),
        (1_500, date(2026, 9, 10), True),  # a quarter later
        (1_999, date(2026, 6, 20), False),
        (2_000, date(2026, 6, 20), True),
        (2_000, date(2026, 6, 10), False),  # not twice a day
        (500, date(2026, 12, 1), False),
    ],
)
def test_it_is_told_again_once_doubled_or_a_quarter_later(
    pence: int, today: date, *, again: bool
) -> None:
    told = Alarmed(today, pence) if again else JUNE
    assert alarmed_by(paid(pence), JUNE, PLAN, today) == told


def test_without_payments_there_is_no_alarm_and_the_first_is_of_its_day() -> None:
    assert alarmed_by(None, JUNE, PLAN, TODAY) is None
    assert alarmed_by(paid(1), None, PLAN, TODAY) == Alarmed(TODAY, 1)


def test_the_alarm_says_pounds_lines_and_days() -> None:
    told = alarm(agreement(end=END), END, JUNE, paid(1_234_567), PLAN)
    assert told.rule.startswith(
        "2 payments, £12,345.67 in all, dated 1 June 2026 to 1 July 2026; the agreement ended on"
        " 31 March 2026, what is dated up to 35 days after that"
    )
    assert (told.due_on, told.end) == (JUNE.on, date(2027, 3, 31))
    one = alarm(agreement(end=END), END, JUNE, Paid(5, 1, LATE, LATE), PLAN)
    assert one.rule.startswith("1 payment of £0.05, dated 1 June 2026;")


def test_an_alarm_is_amended_taken_back_or_told_anew_and_closed_after_a_year() -> None:
    own = agreement(end=END)
    told = alarm(own, END, JUNE, paid(1_000), PLAN)
    more = alarm(own, END, JUNE, paid(1_200), PLAN)
    anew = alarm(own, END, Alarmed(date(2026, 9, 10), 1_500), paid(1_500), PLAN)
    held = [Held(told, "raised", 1)]
    # That it ran its course makes the alarm no truer.
    for ran in (False, True):
        assert revise(held, [more], today=TODAY, ran_its_course=ran).amend == [more]
        assert revise(held, [], today=TODAY, ran_its_course=ran).withdraw == held
        revised = revise(held, [anew], today=TODAY, ran_its_course=ran)
        assert (revised.close, revised.plan) == (held, [anew])
        assert revise(held, [], today=date(2027, 4, 1), ran_its_course=ran).close == held


def test_a_rehearsal_leaves_out_what_nobody_can_foretell() -> None:
    told = alarm(agreement(end=END), END, JUNE, paid(1_000), PLAN)
    assert told_before([Held(told, "raised", 1)], TODAY) == []


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (history(registered(end=date(2027, 3, 31))), "goes on: it ends on 31 March 2027"),
        (over(end=None), "no end date now"),
        (over(), "covered by another agreement"),
    ],
)
def test_why_it_is_taken_back_is_said(own: History, why: str) -> None:
    told = alarm(own.on(TODAY), END, JUNE, paid(1_000), PLAN)
    assert why in why_withdrawn(own, told, TODAY)
