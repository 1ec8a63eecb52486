"""Which payment a credit takes back."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.routes.payments.payment_answer import PaymentDetail
from services.api.spend import reversal
from services.api.spend.reversal import WITHIN, Line, link_reversals
from tests.api.conftest import Model
from tests.api.facts import classified, corrected, paid

APRIL = date(2024, 4, 1)


def line(day: int, reference: str | None = None, name: str = "") -> Line:
    return Line(APRIL + timedelta(days=day), name or f"{day}", reference)


def links(payments: list[Line], credits_: list[Line]) -> list[tuple[str, str, str]]:
    found = link_reversals(payments, credits_, by_amount=True)
    return sorted((one.credit.payment_id, one.payment.payment_id, one.certainty) for one in found)


@pytest.mark.parametrize(
    ("payments", "credits_", "expected"),
    [
        ([line(0)], [line(9)], [("9", "0", "likely")]),
        ([line(0)], [line(0, name="same day")], [("same day", "0", "likely")]),
        ([line(9)], [line(0)], []),  # a credit takes back nothing that is paid later
        ([line(0)], [line(367)], []),
        ([line(0), line(5)], [line(9)], [("9", "5", "possible")]),
        # Two instalments and two credits: each takes back one of its own.
        ([line(0), line(5)], [line(9), line(8)], [("8", "5", "possible"), ("9", "0", "possible")]),
        # The reference says which, though another is nearer; what is left is not sure of its own.
        (
            [line(0, "inv 7"), line(5)],
            [line(8), line(9, " INV 7")],
            [("8", "5", "possible"), ("9", "0", "certain")],
        ),
    ],
)
def test_a_credit_takes_back_the_payment_it_names_or_the_nearest_before_it(
    payments: list[Line], credits_: list[Line], expected: list[tuple[str, str, str]]
) -> None:
    assert links(payments, credits_) == expected


def test_of_those_who_are_redacted_only_a_reference_tells_one_from_another() -> None:
    payments, credits_ = [line(0), line(1, "7")], [line(2), line(3, "7")]
    [link] = link_reversals(payments, credits_, by_amount=False)
    assert (link.credit, link.payment, link.rule) == (line(3, "7"), line(1, "7"), "same-reference")


def test_one_number_on_thousands_of_lines_is_not_looked_through_for_each_credit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Line] = []
    reaches = reversal._reaches

    def counted(credit: Line, payment: Line) -> bool:
        asked.append(payment)
        return reaches(credit, payment)

    monkeypatch.setattr(reversal, "_reaches", counted)
    payments = [line(number, "REDACTED") for number in range(300)]
    credits_ = [line(number, "REDACTED", f"credit {number}") for number in range(300)]
    found = link_reversals(payments, credits_, by_amount=False)
    assert [(one.credit.payment_date, one.payment.payment_date) for one in found] == [
        (each.payment_date, each.payment_date) for each in payments
    ]
    assert len(asked) == len(credits_)


LINES = st.lists(
    st.builds(line, st.integers(0, 800), st.sampled_from([None, "a", "b"])),
    max_size=12,
    unique_by=lambda one: one.payment_id,
)


@given(LINES, LINES)
def test_links_are_one_to_one_within_a_year_and_do_not_lean_on_the_order(
    payments: list[Line], credits_: list[Line]
) -> None:
    found = link_reversals(payments, credits_, by_amount=True)
    assert len({link.credit for link in found}) == len({link.payment for link in found})
    assert len({link.credit for link in found}) == len(found)
    for link in found:
        gap = link.credit.payment_date - link.payment.payment_date
        assert timedelta(0) <= gap <= WITHIN
    assert set(found) == set(link_reversals(payments[::-1], credits_[::-1], by_amount=True))


async def test_both_payments_show_the_link_as_long_as_they_are_equal_and_opposite(
    model: Model,
) -> None:
    payment, credit = paid(1, 500_00, "2024-04-30"), paid(2, -500_00, "2024-05-14")
    other = paid(3, 500_00, "2024-05-01", payee="SOMEBODY ELSE")
    await model.project(classified(), payment, credit, other)

    async def shown(one: Any) -> Any:
        answer = await model.ask(f"/v1/payments/{one.payment_id}")
        PaymentDetail.model_validate_json(json.dumps(answer))
        [listed] = [
            each
            for each in (await model.ask("/v1/payments"))["items"]
            if each["payment_id"] == str(one.payment_id)
        ]
        assert listed["reversal"] == answer["reversal"]
        return answer["reversal"]

    assert await shown(credit) == {
        "role": "reverses",
        "payment_id": str(payment.payment_id),
        "payment_date": "2024-04-30",
        "rule": "equal-amount",
        "certainty": "likely",
    }
    assert (await shown(payment))["role"] == "reversed-by"
    assert await shown(other) is None
    smaller = corrected(credit, -450_00)
    await model.project(smaller)
    assert (await shown(credit), await shown(payment)) == (None, None)
    await model.project(corrected(smaller, -500_00, withdrawn=True))
    assert await shown(payment) is None
