"""What was agreed with whom in a month: the rule, and the spend cut by it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.agreements.agreed import Agreed, InForce, agreed_months
from services.api.asked.periods import Span
from shared.agreement_parts import AgreementLine
from tests.api.conftest import Model
from tests.api.facts import (
    HOSPICE,
    LEEDS,
    classified,
    ended,
    paid,
    registered,
    supplier,
    unmatched,
    varied,
)

SHOP = "HOSPICE SHOP"
SURGE = (AgreementLine(programme="Winter", annual_amount_pence=1_00, recurrent=False),)


def in_force(
    since: str, until: str | None, route: str = "direct", *recurrent: bool, kind: str = "grant"
) -> InForce:
    days = Span(date.fromisoformat(since), date.fromisoformat(until) if until else date.max)
    return InForce(days, route, kind, recurrent or (True,))


def month(year: int, number: int) -> date:
    return date(year, number, 1)


def test_an_agreement_counts_in_every_month_of_which_it_has_a_day() -> None:
    assert agreed_months([in_force("2024-04-15", "2024-06-01", "council")]) == [
        Agreed(month(2024, 4), month(2024, 6), "council", "grant", "recurrent", passed_on=True)
    ]
    assert agreed_months([in_force("2024-04-15", None)]) == [
        Agreed(month(2024, 4), date.max, "direct", "grant", "recurrent", passed_on=False)
    ]
    assert agreed_months([in_force("2024-04-15", "2024-04-14")]) == []


def test_agreements_that_differ_are_several_only_in_what_they_differ() -> None:
    direct, led = (
        in_force("2024-01-01", "2024-12-31"),
        in_force("2024-06-30", None, "council", False),
    )
    assert agreed_months([direct, led]) == [
        (month(2024, 1), month(2024, 5), "direct", "grant", "recurrent", False),
        (month(2024, 6), month(2024, 12), "several", "grant", "several", False),
        (month(2025, 1), date.max, "council", "grant", "non-recurrent", True),
    ]
    others = [in_force("2024-01-01", "2024-01-31", route) for route in ("council", "nhs-provider")]
    assert agreed_months(others)[0].passed_on, "whichever it is, others pass it on"


@dataclass(frozen=True)
class Looked:
    """Terms that count how often anybody looked what their route is."""

    days: Span
    looks: Counter[str]
    kind: str = "grant"
    recurrent: tuple[bool, ...] = (True,)

    @property
    def route(self) -> str:
        self.looks["route"] += 1
        return "direct"


def test_of_many_agreements_each_is_looked_at_once() -> None:
    looks: Counter[str] = Counter()
    months = [date(2000 + n // 12, 1 + n % 12, 1) for n in range(300)]
    terms: list[Any] = [Looked(Span(first, date(2030, 1, 31)), looks) for first in months]
    assert agreed_months(terms) == [
        (month(2000, 1), month(2030, 1), "direct", "grant", "recurrent", False)
    ]
    assert looks == {"route": 300}


@given(
    st.lists(
        st.tuples(
            st.dates(date(2023, 1, 1), date(2025, 12, 31)),
            st.none() | st.dates(date(2023, 1, 1), date(2025, 12, 31)),
            st.sampled_from(["direct", "council"]),
        ),
        max_size=6,
    )
)
def test_each_month_says_what_is_in_force_in_it(terms: list[tuple[date, date | None, str]]) -> None:
    held = [InForce(Span(a, b or date.max), route, "grant", (True,)) for a, b, route in terms]
    found = agreed_months(held)
    for one, other in pairwise(found):
        assert one.since <= one.until < other.since <= other.until
    for first in (date(year, number, 1) for year in (2023, 2024, 2026) for number in (1, 6, 12)):
        routes = {
            route
            for a, b, route in terms
            if a <= (b or date.max) and a.replace(day=1) <= first <= (b or date.max)
        }
        said = {each.route for each in found if each.since <= first <= each.until}
        assert said == (routes if len(routes) < 2 else {"several"})


async def by(model: Model, group: str, **query: Any) -> list[tuple[str, str]]:
    rows = (await model.ask("/v1/spend", group_by=group, **query))["rows"]
    return [(row[group], row["amount"]) for row in rows]


async def test_what_is_agreed_holds_for_the_organisation_and_follows_its_facts(
    model: Model,
) -> None:
    await model.project(
        classified(),
        unmatched(SHOP),
        registered(kind="grant", route="lead-provider", end="2024-08-31"),
        registered("WY-2", buyer=LEEDS),
        paid(1, 1_00, "2024-03-31"),
        paid(2, 10_00, "2024-04-01"),
        paid(3, 100_00, "2024-08-05", payee=SHOP),
        paid(4, 1000_00, "2024-09-01"),
    )
    assert await by(model, "route") == [("lead-provider", "10.00"), ("no-agreement", "1101.00")]
    outside = (await model.ask("/v1/spend"))["coverage"]["outside_reach"]
    assert outside == {
        "lines": 1,
        "gross_amount": "10.00",
        "share": pytest.approx(10 / 1111, abs=1e-6),
    }
    # A later match makes the shop the same organisation, whose agreement then counts for it.
    await model.project(classified(SHOP, revision=2))
    assert await by(model, "route") == [("lead-provider", "110.00"), ("no-agreement", "1001.00")]
    # From August on it is a contract besides, of which one line does not recur.
    await model.project(
        varied(effective_on="2024-08-02", kind="contract", end="2024-10-31", lines=SURGE)
    )
    assert await by(model, "agreement_kind") == [
        ("contract", "1000.00"),
        ("grant", "10.00"),
        ("no-agreement", "1.00"),
        ("several", "100.00"),
    ]
    assert await by(model, "recurrence", agreement_kind="contract") == [
        ("non-recurrent", "1000.00")
    ]
    # It ended before, and the shop is another organisation.
    await model.project(
        ended(on="2024-08-31"), classified(SHOP, revision=3, organisation="GB-CHC-2")
    )
    assert await by(model, "agreement_kind") == [("grant", "10.00"), ("no-agreement", "1101.00")]
    await model.project(ended(on="2024-08-31", version=10, withdrawn=True))
    assert ("contract", "1000.00") in await by(model, "agreement_kind")


async def test_agreed_is_the_same_in_whatever_order_the_facts_came(model: Model) -> None:
    facts = [
        classified(),
        classified(SHOP),
        registered(supplier_id=supplier(SHOP), provider=SHOP),
        varied(effective_on="2024-08-02", kind="grant", supplier_id=supplier(HOSPICE)),
        paid(1, 1_00, "2024-06-30"),
        paid(2, 2_00, "2024-09-30", payee=SHOP),
    ]
    for order in (facts, facts[::-1], facts[2:] + facts[:2]):
        await model.empty()
        for fact in order:
            await model.project(fact)
        assert await by(model, "agreement_kind") == [("contract", "1.00"), ("grant", "2.00")]
