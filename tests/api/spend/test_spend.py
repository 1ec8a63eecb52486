"""GET /v1/spend: the cuts, the definitions to the day, and the coverage beside every figure."""

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.routes.spend.spend_answer import SpendAnswer
from shared.lists.media_types import NDJSON_TYPE
from shared.money import format_pounds
from tests.api.conftest import Model
from tests.api.facts import ICB, LEEDS, PERSON, classified, member, paid, registered, unmatched

REMOVED = member("2001-01-01", "2015-06-09")


async def amounts(model: Model, **query: Any) -> tuple[str, str]:
    answer = await model.ask("/v1/spend", **query)
    return answer["amount"], answer["definitions"]["registered-charity"]["amount"]


async def test_a_charity_removed_on_10_june_2015_counts_for_a_payment_on_9_june_only(
    model: Model,
) -> None:
    await model.project(
        classified(memberships=[REMOVED]),
        paid(1, 1_00, "2014-06-30"),
        paid(2, 10_00, "2015-06-01"),
        paid(3, 100_00, "2015-06-09"),
        paid(4, 1000_00, "2015-06-10"),
        paid(5, 10_000_00, "2016-01-01"),
    )
    assert await amounts(model) == ("11111.00", "111.00")
    assert await amounts(model, financial_year="2014-15") == ("1.00", "1.00")
    assert await amounts(model, financial_year="2015-16") == ("11110.00", "110.00")
    assert await amounts(model, from_="2015-06-09", to="2015-06-10") == ("1100.00", "100.00")
    months = await model.ask("/v1/spend", group_by="month", from_="2015-06-05")
    assert [
        (row["month"], row["amount"], row["definitions"]["registered-charity"]["amount"])
        for row in months["rows"]
    ] == [("2015-06", "1100.00", "100.00"), ("2016-01", "10000.00", "0.00")]


async def test_the_same_answer_is_a_table_for_a_spreadsheet(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        unmatched(),
        paid(1, 400_00, "2024-04-30", programme="=1+1"),
        paid(2, -100_00, "2024-05-01", payee=PERSON),
    )
    rows = await model.ask_sheet("/v1/spend", group_by="programme,month")
    assert [
        (
            row["programme"],
            row["month"],
            row["amount"],
            row["definitions.registered-charity.amount"],
        )
        for row in rows
    ] == [("'=1+1", "2024-04", "400.00", "400.00"), ("", "2024-05", "-100.00", "0.00")]
    [whole] = await model.ask_sheet("/v1/spend")
    assert (whole["lines"], whole["amount"], whole["coverage.pounds.matched"]) == (
        *("2", "300.00"),
        "0.8",
    )
    assert await model.ask_sheet("/v1/spend", group_by="month", from_="2030-01-01") == []


PAGED = ("quarter,place", "organisation,financial_year", "programme,buyer")


async def test_an_answer_goes_on_by_pages_under_the_figures_of_all_its_rows(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        classified("ONE OF A NAME", organisation=None, organisation_name="One of a Name"),
        unmatched(),
        paid(1, 1_00, "2024-04-30", programme="End of life", place="Leeds"),
        paid(2, 2_00, "2024-05-01", payee=PERSON, programme="END OF LIFE", buyer=LEEDS),
        paid(3, 4_00, "2024-08-01", payee="ONE OF A NAME"),
        paid(4, 8_00, "2025-08-01", payee="NOBODY LOOKED YET", programme="Other"),
    )
    for cut in PAGED:
        whole = await model.ask("/v1/spend", group_by=cut)
        assert (whole["amount"], whole["next"]) == ("15.00", None)
        lines = (await model.ask_file("/v1/spend", NDJSON_TYPE, group_by=cut)).text.splitlines()
        assert [json.loads(line) for line in lines] == whole["rows"]
        rows: list[dict[str, Any]] = []
        cursor: dict[str, Any] | None = {}
        while cursor is not None:
            page = await model.ask("/v1/spend", group_by=cut, limit=1, **cursor)
            SpendAnswer.model_validate(page)
            assert page["coverage"] == whole["coverage"]
            rows += page["rows"]
            cursor = page["next"] and {"cursor": page["next"]}
        assert rows == whole["rows"], cut
        assert len(rows) > 1
    chosen: dict[str, Any] = {"group_by": "month", "fields": "month,amount"}
    [row, *_] = (await model.ask("/v1/spend", **chosen))["rows"]
    [line, *_] = await model.ask_sheet("/v1/spend", **chosen)
    assert row == line == {"month": "2024-04", "amount": "1.00"}
    first = await model.ask("/v1/spend", group_by="month", limit=1)
    other = await model.ask("/v1/spend", group_by="quarter", cursor=first["next"], status=422)
    assert "not a cursor of this list" in other["detail"]


async def test_a_corrected_match_restates_the_past_by_one_small_event(model: Model) -> None:
    await model.project(unmatched("SAINT EXAMPLE HOSPICE"), paid(1, 500_00, "2015-06-09"))
    await model.project(classified(revision=2, memberships=[REMOVED]))
    assert await amounts(model) == ("500.00", "500.00")
    await model.project(classified(revision=3, memberships=[member(until="2015-06-08")]))
    assert await amounts(model) == ("500.00", "0.00")
    await model.project(classified(revision=2, memberships=[REMOVED]))
    assert await amounts(model) == ("500.00", "0.00"), "a lower revision never overwrites"


async def test_every_figure_says_how_much_of_it_is_known(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        classified(
            "TWO OF A NAME",
            tier="review",
            organisation=None,
            organisation_name=None,
            memberships=[member()],
        ),
        unmatched(),
        unmatched("REDACTED PERSONAL DATA", redacted=True),
        paid(1, 400_00),
        paid(2, -100_00),
        paid(3, 200_00, payee="TWO OF A NAME"),
        paid(4, 100_00, payee=PERSON),
        paid(5, 100_00, payee="REDACTED PERSONAL DATA"),
        paid(6, 100_00, payee="SEEN FIRST TODAY"),
    )
    answer = await model.ask("/v1/spend")
    SpendAnswer.model_validate(answer)
    assert answer["amount"] == "800.00"
    assert answer["definitions"]["registered-charity"] == {
        "lines": 3,
        "amount": "500.00",
        "share": 0.625,
        "difference": "0.00",
        # Two charities bear the name: whichever it is, it counts, though neither is matched.
        "unsettled": {"lines": 1, "amount": "200.00", "share": 0.4},
    }
    assert answer["coverage"] == {
        "pounds": {
            "matched": 0.5,
            "review": 0.2,
            "unmatched": 0.1,
            "redacted": 0.1,
            "awaiting": 0.1,
        },
        "lines": {
            "matched": pytest.approx(1 / 3, abs=1e-6),
            "review": pytest.approx(1 / 6, abs=1e-6),
            "unmatched": pytest.approx(1 / 6, abs=1e-6),
            "redacted": pytest.approx(1 / 6, abs=1e-6),
            "awaiting": pytest.approx(1 / 6, abs=1e-6),
        },
        "outside_reach": {"lines": 0, "gross_amount": "0.00", "share": 0.0},
    }
    by_organisation = await model.ask("/v1/spend", group_by="organisation")
    assert [row["organisation"] for row in by_organisation["rows"]] == ["GB-CHC-9000001", None]
    assert PERSON not in str(by_organisation), "names that match no organisation are withheld"
    assert by_organisation["rows"][1]["coverage"]["pounds"]["matched"] == 0


async def test_cuts_keep_their_order_and_what_is_not_coded_is_a_value(model: Model) -> None:
    await model.project(
        paid(1, 1_00, "2024-03-31", place="Leeds", programme="End of life"),
        paid(2, 2_00, "2024-04-01", place="Leeds"),
        paid(3, 4_00, "2024-04-01", buyer=LEEDS),
    )
    answer = await model.ask("/v1/spend", group_by="financial_year,place", definition="")
    SpendAnswer.model_validate(answer)
    assert [(*row.items(),)[:2] for row in answer["rows"]] == [
        (("financial_year", "2023-24"), ("place", "Leeds")),
        (("financial_year", "2024-25"), ("place", "Leeds")),
        (("financial_year", "2024-25"), ("place", None)),
    ]
    assert [row["amount"] for row in answer["rows"]] == ["1.00", "2.00", "4.00"]
    rows = (await model.ask("/v1/spend", group_by=["programme", "buyer"]))["rows"]
    assert [(row["programme"], row["buyer"]) for row in rows] == [
        ("End of life", ICB),
        (None, LEEDS),
        (None, ICB),
    ]
    for query, amount in (
        ({"place": ""}, "4.00"),
        ({"place": ["", "Leeds"]}, "7.00"),
        ({"programme": "End of life"}, "1.00"),
        ({"buyer": f"{ICB},{LEEDS}"}, "7.00"),
        ({"buyer": LEEDS}, "4.00"),
        ({"financial_year": ["2023-24", "2024-25"]}, "7.00"),
        ({"from_": "2024-04-01", "financial_year": "2023-24"}, "0.00"),
    ):
        assert (await model.ask("/v1/spend", **query))["amount"] == amount, query


async def test_an_empty_read_model_answers_zero_and_shares_nothing(model: Model) -> None:
    answer = await model.ask("/v1/spend", group_by="buyer")
    SpendAnswer.model_validate(answer)
    assert (answer["amount"], answer["rows"]) == ("0.00", [])
    assert set(answer["coverage"]["pounds"].values()) == {None}
    assert answer["coverage"]["outside_reach"]["share"] is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"group_by": "supplier"}, "'supplier' is not known; known are: buyer, place, programme"),
        ({"fields": "buyer,amount"}, "rows have no buyer where group_by does not name it"),
        ({"definition": "ncvo"}, "'ncvo' is not known; known are: registered-charity"),
        ({"byer": ICB}, "'byer' is not a parameter; known are: agreement_kind, as_known_at"),
        ({"financial_year": "2024-26"}, "not a financial year such as 2024-25"),
        (
            {"financial_year": "0000-01"},
            "none of the years that can be asked for: 1989-90 to 2100-01",
        ),
        ({"quarter": "2024-25 Q5"}, "not a quarter such as `2024-25 Q1`"),
        ({"quarter": "2024-26 Q1"}, "not a financial year such as 2024-25"),
        ({"month": "2024-13"}, "not a month such as 2024-04"),
        ({"tier": "sure"}, "'sure' is not known; known are: auto"),
        ({"legal_form": "trust"}, "'trust' is not known; known are: charity"),
        ({"route": "lead"}, "known are: direct, council, nhs-provider, lead-provider, several"),
        ({"agreement_kind": "loan"}, "known are: contract, grant, service-level-agreement"),
        ({"recurrence": "yes"}, "known are: recurrent, non-recurrent, several, no-agreement"),
        ({"min_amount": "lots"}, "min_amount is not an amount of pounds such as 1234.56"),
        ({"min_amount": "2", "max_amount": "1"}, "`min_amount` is more than `max_amount`"),
        ({"from_": "2024-02-02", "to": "2024-02-01"}, "`from` is after `to`"),
        ({"from_": "2024-02-30"}, "from: "),
        ({"buyer": "a\x00b"}, "null byte"),
    ],
)
async def test_what_is_not_known_is_answered_with_what_is(
    model: Model, query: dict[str, Any], said: str
) -> None:
    await model.project(classified(memberships=[member()]))
    problem = await model.ask("/v1/spend", status=422, **query)
    assert said in problem["detail"]
    assert problem["errors"][0]["field"] == next(iter(query)).rstrip("_")


DAYS = st.dates(date(2015, 5, 28), date(2015, 8, 3))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    paid_on=st.lists(st.tuples(DAYS, st.integers(-500, 2000)), min_size=1, max_size=12),
    periods=st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=3),
    since=st.none() | DAYS,
    until=st.none() | DAYS,
)
async def test_membership_and_dates_are_exact_to_the_day(
    model: Model,
    paid_on: list[tuple[date, int]],
    periods: list[tuple[date | None, date | None]],
    since: date | None,
    until: date | None,
) -> None:
    if since and until and since > until:
        since, until = until, since
    await model.empty()
    terms = [member(a.isoformat() if a else None, b.isoformat() if b else None) for a, b in periods]
    payments = [paid(n, pence, day.isoformat()) for n, (day, pence) in enumerate(paid_on)]
    random.Random(0).shuffle(payments)
    await model.project(classified(memberships=terms), *payments)
    within = [
        (day, pence) for day, pence in paid_on if (since or date.min) <= day <= (until or date.max)
    ]
    counted = sum(
        pence
        for day, pence in within
        if any((a or date.min) <= day <= (b or date.max) for a, b in periods)
    )
    query: dict[str, Any] = {"from_": since, "to": until}
    answer = await model.ask("/v1/spend", group_by="month", **{k: v for k, v in query.items() if v})
    assert (answer["lines"], answer["amount"]) == (
        len(within),
        format_pounds(sum(pence for _, pence in within)),
    )
    if answer["definitions"]:
        assert answer["definitions"]["registered-charity"]["amount"] == format_pounds(counted)
    else:
        assert counted == 0


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/spend", {}),
        ("/v1/organisations", {}),
        ("/v1/totals", {}),
        ("/v1/payments", {}),
        ("/v1/agreements", {}),
        ("/v1/renewals", {"before": "2099-01-01"}),
    ],
)
async def test_a_buyer_that_is_not_known_is_no_buyer_that_spent_nothing(
    model: Model, path: str, query: dict[str, Any]
) -> None:
    await model.project(paid(1, buyer=ICB), registered(buyer=LEEDS))
    problem = await model.ask(path, status=422, buyer="GB-NHS-NOPE", **query)
    [error] = problem["errors"]
    assert error["field"] == "buyer"
    assert error["reason"] == f"'GB-NHS-NOPE' is not known; known are: {LEEDS}, {ICB}"
    for buyer in (ICB, LEEDS):
        await model.ask(path, buyer=buyer, **query)
