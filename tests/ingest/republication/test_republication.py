"""What a file that is published anew changes of the earlier one."""

from collections import Counter
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.payments.payment import Payment, check_payment
from services.ingest.republication.republication import (
    Plan,
    Span,
    compare,
    is_within_days,
    judge,
)
from shared.events import PaymentPosted
from tests.ingest.said import ICB, NOW, payment

APRIL = Span(date(2024, 4, 1), date(2024, 4, 30))
_ids = count()


def line(pence: int = 100, **given: Any) -> Payment:
    said = payment(buyer="GB-NHS-QWO", amount_pence=pence, **given)
    posted = PaymentPosted.model_validate(said, strict=False)
    return check_payment(posted, f"{next(_ids)}", "/files/f", "1", ICB, NOW)


def rules(plan: Plan) -> list[str]:
    return [change.rule for change in plan.changes]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (line(5, reference="INV 1"), line(7, reference="inv 1"), "same reference"),
        (line(5, transaction="9"), line(7, transaction="9", unit="x"), "same reference"),
        (line(5), line(7), "same day, payee and unit"),
        (line(5), line(5, payee="Leeds M.I.N.D."), "same day and amount"),
        (line(5), line(5, payment_date="2024-04-02"), "same payee and amount"),
    ],
)
def test_a_line_is_corrected_by_the_one_that_stands_in_its_place(
    before: Payment, after: Payment, rule: str
) -> None:
    plan = compare([before], [after], 0)
    assert (plan.changes, plan.new, plan.gone) == ([(before, after, rule)], [], [])


def test_what_names_a_line_goes_before_what_only_looks_like_it() -> None:
    invoice, other = line(5, reference="INV 1"), line(9)
    again, like = line(9, reference="INV 1"), line(5)
    assert {(c.before, c.after) for c in compare([invoice, other], [like, again], 0).changes} == {
        (invoice, again),
        (other, like),
    }


LINES = st.lists(
    st.builds(
        line,
        st.integers(1, 4),
        payee=st.sampled_from(["A", "B"]),
        reference=st.sampled_from([None, "1", "2"]),
        payment_date=st.sampled_from(["2024-04-01", "2024-04-02"]),
    ),
    max_size=8,
)


@given(LINES, LINES)
def test_no_line_is_lost_and_none_is_used_twice(
    before: list[Payment], after: list[Payment]
) -> None:
    plan = compare(before, after, 0)
    ids = Counter(p.payment_id for c in plan.changes for p in (c.before, c.after))
    ids.update(p.payment_id for p in (*plan.gone, *plan.new))
    assert ids == Counter(p.payment_id for p in (*before, *after))


@pytest.mark.parametrize(
    ("later", "changes", "gone", "unchanged", "verdict"),
    [
        (APRIL, 0, 0, 50, "adds"),
        (APRIL, 3, 0, 50, "replaces"),
        (APRIL, 3, 1, 50, "ask"),  # a line is not there any more
        (APRIL, 30, 0, 50, "ask"),
        (APRIL, 0, 50, 10, "adds"),  # purchase cards beside invoices
        (Span(date(2024, 4, 15), date(2024, 5, 14)), 0, 0, 50, "adds"),  # a rolling window
        (Span(date(2024, 4, 15), date(2024, 5, 14)), 3, 0, 50, "ask"),
    ],
)
def test_only_what_takes_nothing_away_is_certain(
    later: Span, changes: int, gone: int, unchanged: int, verdict: str
) -> None:
    old = [line(n, reference=f"{n}") for n in range(changes)]
    new = [line(n + 1000, reference=f"{n}") for n in range(changes)]
    missing = [line(-n - 1, payee=f"P{n}", payment_date="2024-04-03") for n in range(gone)]
    assert judge(APRIL, later, compare([*old, *missing], new, unchanged))[0] == verdict


def test_what_a_window_does_not_surely_state_whole_is_not_gone() -> None:
    quarter = Span(date(2024, 2, 1), date(2024, 4, 30))
    window = Span(date(2024, 4, 15), date(2024, 5, 14))
    every = [date(2024, 2, 1) + timedelta(days) for days in range(120)]
    reached = [day for day in every if is_within_days(day, quarter, window)]
    # The window may begin within the 15th.
    assert (f"{min(reached)}", f"{max(reached)}") == ("2024-04-16", "2024-04-30")


@pytest.mark.parametrize(
    ("unchanged", "changes", "gone", "verdict"),
    [
        (0, 4, 0, "ask"),  # stated anew with another unit in each line
        (0, 2, 2, "ask"),
        (1, 1, 3, "adds"),  # purchase cards beside invoices
    ],
)
def test_a_changed_line_is_a_line_of_the_earlier_file_like_one_that_stands(
    unchanged: int, changes: int, gone: int, verdict: str
) -> None:
    old = [line(n, payee=f"P{n}") for n in range(changes)]
    missing = [line(-n - 1, payee=f"Q{n}", payment_date="2024-04-03") for n in range(gone)]
    plan = compare([*old, *missing], [one._replace(unit="Adults") for one in old], unchanged)
    assert judge(APRIL, APRIL, plan)[0] == verdict


@pytest.mark.parametrize(("new", "verdict"), [(1, "ask"), (9, "adds")])
def test_a_list_of_corrections_is_asked_about_and_a_late_invoice_among_others_is_not(
    new: int, verdict: str
) -> None:
    missing = [line(-n - 1, payee=f"Q{n}", payment_date="2024-04-03") for n in range(20)]
    others = [line(n + 50, payee=f"R{n}", payment_date="2024-04-09") for n in range(new)]
    corrected, again = line(5, reference="INV 1"), line(7, reference="INV 1")
    plan = compare([corrected, *missing], [again, *others], 0)
    assert judge(APRIL, APRIL, plan)[0] == verdict
