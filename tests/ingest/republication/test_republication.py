"""Which line stands in whose place, and whether a file replaces an earlier one."""

from datetime import date
from itertools import count
from typing import Any

import pytest

from services.ingest.payments.payment import Payment, check_payment
from services.ingest.republication.coverage import Span
from services.ingest.republication.republication import RULES, Found, judge, keys_of
from shared.events import PaymentPosted
from tests.ingest.said import ICB, NOW, payment

APRIL = Span(date(2024, 4, 1), date(2024, 4, 30))
YEAR_TO_MAY = Span(date(2024, 4, 1), date(2024, 5, 31))
WINDOW = Span(date(2024, 4, 15), date(2024, 5, 14))
_ids = count()


def line(pence: int = 100, **given: Any) -> Payment:
    said = payment(buyer="GB-NHS-QWO", amount_pence=pence, **given)
    posted = PaymentPosted.model_validate(said, strict=False)
    return check_payment(posted, f"{next(_ids)}", "/files/f", "1", ICB, NOW)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (line(5, reference="INV 1"), line(7, reference="inv 1"), "same reference"),
        (line(5, reference="0071"), line(7, reference="71.0"), "same reference"),
        (line(5, transaction="9"), line(7, transaction="9", unit="x"), "same reference"),
        (line(5), line(5, payee="Leeds M.I.N.D.", unit="x"), "same day, payee and amount"),
        (line(5), line(5, reference="INV 1"), "same day, payee and amount"),
        (line(5), line(7), "same day, payee and unit"),
        (line(5), line(5, payee="Leeds Mencap"), "same day and amount"),
        (line(5), line(5, payment_date="2024-04-02", unit="x"), "same payee and amount"),
        (line(5), line(7, payment_date="2024-04-02"), None),
        (line(5, reference="1"), line(7, reference="1", payee="Other", unit="x"), None),
    ],
)
def test_a_line_is_corrected_by_the_one_that_stands_in_its_place(
    before: Payment, after: Payment, rule: str | None
) -> None:
    shared = [
        each.name
        for each, old, new in zip(RULES, keys_of(before), keys_of(after), strict=True)
        if old is not None and old == new
    ]
    assert (shared[0] if shared else None) == rule


@pytest.mark.parametrize(
    ("later", "found", "verdict"),
    [
        (APRIL, Found(50, same=50), "adds"),
        (APRIL, Found(53, same=50, changed=3, named=3), "replaces"),
        # A year to date that corrects a line of a month before it.
        (YEAR_TO_MAY, Found(53, same=50, changed=3, named=3, new=90), "replaces"),
        (APRIL, Found(53, same=50, changed=3, named=2), "ask"),
        (APRIL, Found(54, same=50, changed=3, named=3, gone=1), "ask"),
        (APRIL, Found(53, same=50, changed=3, named=3, corrected=1), "ask"),  # by an officer
        (APRIL, Found(60, same=30, changed=30, named=30), "ask"),
        (APRIL, Found(50, same=50, restored=1), "ask"),
        (APRIL, Found(60, same=10, gone=50), "adds"),  # purchase cards beside invoices
        (APRIL, Found(60, gone=60, possible=40), "ask"),  # net of VAT, several a day to each payee
        (APRIL, Found(60, gone=60, possible=5), "adds"),  # another department
        (WINDOW, Found(90, same=50), "adds"),
        (WINDOW, Found(90, same=50, changed=3, named=3), "ask"),
        (APRIL, Found(21, changed=1, named=1, gone=20, new=1), "ask"),  # a list of corrections
        (APRIL, Found(21, changed=1, named=1, gone=20, new=9), "adds"),  # late, among others
    ],
)
def test_only_what_takes_nothing_away_is_certain(later: Span, found: Found, verdict: str) -> None:
    assert judge(APRIL, later, found)[0] == verdict
