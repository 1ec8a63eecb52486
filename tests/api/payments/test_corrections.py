"""A corrected payment counts as it stands, in whatever order its facts arrive."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.routes.payments.payment_answer import PaymentDetail
from shared.events import PaymentAccepted, PaymentCorrected
from tests.api.conftest import Model, token
from tests.api.facts import HOSPICE, ICB, PERSON, classified, corrected, member, paid, unmatched
from tests.api.projections.test_projections import control_totals

Fact = PaymentAccepted | PaymentCorrected


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """A payment and its corrections: other pence, payee, month or Place, withdrawn and stated."""
    first = paid(draw(st.integers(0, 4)), draw(st.integers(-50, 50)), "2024-04-30")
    facts: list[Fact] = [first]
    for _ in range(draw(st.integers(0, 3))):
        changes = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "payee": st.sampled_from([HOSPICE, PERSON]),
                    "payment_date": st.sampled_from([date(2024, 4, 1), date(2024, 5, 1)]),
                    "place": st.sampled_from([None, "Leeds"]),
                    "withdrawn": st.booleans(),
                },
            )
        )
        facts.append(corrected(facts[-1], draw(st.integers(-50, 50)), **changes))
    return facts


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.lists(histories(), max_size=3, unique_by=lambda facts: facts[0].payment_id))
async def test_in_any_order_and_twice_the_last_revision_counts(
    model: Model, data: st.DataObject, known: list[list[Fact]]
) -> None:
    await model.empty()
    arriving = data.draw(st.permutations([fact for facts in known for fact in facts] * 2))
    size = data.draw(st.integers(1, 9))
    for first in range(0, len(arriving), size):
        await model.project(*arriving[first : first + size])
    expected: dict[str, list[int]] = {}
    for *_, last in known:
        if not getattr(last, "withdrawn", False):
            total = expected.setdefault(f"{last.payment_date:%Y-%m}", [0, 0])
            total[0] += 1
            total[1] += last.amount_pence
    assert await control_totals(model) == [
        (ICB, month, *total) for month, total in sorted(expected.items())
    ]
    for facts in known:
        shown = await model.ask(f"/v1/payments/{facts[0].payment_id}")
        PaymentDetail.model_validate_json(json.dumps(shown))
        numbers = list(range(len(facts))) if len(facts) > 1 else []
        assert [each["revision"] for each in shown["revisions"]] == numbers


async def test_pounds_move_by_the_difference_from_month_to_month_and_supplier_to_supplier(
    model: Model,
) -> None:
    first = paid(1, 1_250_00, "2024-04-30")
    await model.project(first, paid(2, 10), classified(memberships=[member("2024-05-02")]))
    moved = corrected(first, 1_205_00, payment_date=date(2024, 5, 1), payee=PERSON)
    await model.project(moved)
    assert await control_totals(model) == [(ICB, "2024-04", 1, 10), (ICB, "2024-05", 1, 1_205_00)]
    await model.project(corrected(moved, withdrawn=True))
    assert await control_totals(model) == [(ICB, "2024-04", 1, 10)]
    listed = await model.ask("/v1/payments")
    assert [each["amount"] for each in listed["items"]] == ["0.10"]
    # The definition holds for a part of the month, so that the payments themselves are asked.
    spans: list[dict[str, Any]] = [{}, {"from_": "2024-04-02", "to": "2024-05-20"}]
    for span in spans:
        spend = await model.ask("/v1/spend", group_by="month", **span)
        assert [row["amount"] for row in spend["rows"]] == ["0.10"]


@pytest.mark.parametrize("officer", [True, False])
async def test_who_it_was_paid_to_before_is_withheld_where_that_may_be_a_person(
    model: Model, officer: bool
) -> None:
    first = paid(1, payee=PERSON)
    now = corrected(first, payee=HOSPICE)
    await model.project(unmatched(), classified(), first, now)
    scopes = ("payments:read", *(["personal:read"] if officer else []))
    shown: dict[str, Any] = await model.ask(
        f"/v1/payments/{first.payment_id}", token=token(*scopes, buyers=[ICB])
    )
    assert (PERSON in str(shown)) == officer
    assert (shown["payee"], shown["withheld"], shown["revision"]) == (HOSPICE, False, 1)
    assert shown["revisions"][1]["recorded_at"] > shown["revisions"][0]["recorded_at"]
