"""Agreements and renewals: by version, in any order, soonest first."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.routes.agreements import AgreementAnswer, AgreementPage
from services.api.routes.renewals import RenewalPage
from tests.api import facts
from tests.api.conftest import Model
from tests.api.facts import CHARITY, HOSPICE, ICB, LEEDS, agreement, ended, registered, varied

STORY = [
    facts.planned([("renewal", "2026-09-30"), ("notice", "2026-09-30")], 1, hour=1),
    facts.raised("2026-09-30", hour=2),
    facts.planned([("renewal", "2026-12-31"), ("notice", "2026-12-31")], 2, hour=3),
    facts.withdrawn("2026-09-30", hour=3),
    facts.raised("2026-12-31", "notice", hour=4),
    facts.acknowledged("2026-12-31", "notice", hour=5),
]


async def states(model: Model) -> list[tuple[str, str, str]]:
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementAnswer.model_validate_json(json.dumps(answer))
    return [(o["kind"], o["due_on"], o["state"]) for o in answer["obligations"]]


async def test_an_agreement_stands_at_its_highest_version(model: Model) -> None:
    await model.project(
        facts.classified(), varied(end="2028-03-31", annual_pence=1_234_56), registered()
    )
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementAnswer.model_validate_json(json.dumps(answer))
    assert (answer["end"], answer["version"]) == ("2028-03-31", 2)
    assert (answer["annual_amount"], answer["ended_on"]) == ("1234.56", None)
    assert answer["lines"][0]["programme"] == "End of life"
    assert answer["provider"] == HOSPICE
    await model.project(registered())
    assert (await model.ask(f"/v1/agreements/{agreement()}"))["version"] == 2


async def test_an_end_that_comes_before_its_agreement_is_kept(model: Model) -> None:
    await model.project(ended(version=2, on="2026-06-30"))
    await model.ask(f"/v1/agreements/{agreement()}", status=404)
    assert (await model.ask("/v1/agreements"))["items"] == []
    await model.project(registered())
    assert (await model.ask(f"/v1/agreements/{agreement()}"))["ended_on"] == "2026-06-30"
    await model.project(varied(version=3))
    undone = await model.ask(f"/v1/agreements/{agreement()}")
    assert undone["ended_on"] is None, "a higher version replaces a lower"
    await model.project(ended(version=4, on="2026-06-30"))
    assert (await model.ask(f"/v1/agreements/{agreement()}"))["ended_on"] == "2026-06-30"


async def test_lists_by_buyer_and_provider_go_on_by_cursor(model: Model) -> None:
    await model.project(
        facts.classified(),
        *(registered(f"WY-{n}") for n in range(5)),
        registered("L-1", buyer=LEEDS),
    )
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/agreements", buyer=ICB, limit=2, **cursor)
        AgreementPage.model_validate_json(json.dumps(page))
        seen += [item["reference"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(seen) == [f"WY-{n}" for n in range(5)]
    for provider, count in ((CHARITY, 6), (str(facts.supplier()), 6), ("GB-CHC-1", 0)):
        assert len((await model.ask("/v1/agreements", provider=provider))["items"]) == count


async def test_a_plan_that_moves_withdraws_what_was_raised_and_the_story_goes_on(
    model: Model,
) -> None:
    await model.project(registered())
    expected: list[list[tuple[str, str, str]]] = [
        [("notice", "2026-09-30", "planned"), ("renewal", "2026-09-30", "planned")],
        [("notice", "2026-09-30", "planned"), ("renewal", "2026-09-30", "raised")],
        [
            ("renewal", "2026-09-30", "raised"),
            ("notice", "2026-12-31", "planned"),
            ("renewal", "2026-12-31", "planned"),
        ],
        [
            ("renewal", "2026-09-30", "withdrawn"),
            ("notice", "2026-12-31", "planned"),
            ("renewal", "2026-12-31", "planned"),
        ],
    ]
    for fact, after in zip(STORY, expected, strict=False):
        await model.project(fact)
        assert sorted(await states(model), key=lambda s: (s[1], s[0])) == after


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([*STORY, *STORY[:3], registered(), varied()]), st.data())
async def test_any_order_with_repeats_tells_the_same_story(
    model: Model, order: list[Any], data: st.DataObject
) -> None:
    await model.empty()
    cut = data.draw(st.integers(0, len(order)))
    await model.project(*order[:cut])
    await model.project(*order[cut:])
    assert sorted(await states(model), key=lambda s: (s[1], s[0])) == [
        ("renewal", "2026-09-30", "withdrawn"),
        ("notice", "2026-12-31", "acknowledged"),
        ("renewal", "2026-12-31", "planned"),
    ]


async def test_renewals_come_soonest_first_and_only_those_in_force(model: Model) -> None:
    await model.project(
        registered("OVER", end="2026-10-31"),
        registered("ENDED"),
        ended("ENDED", on="2026-06-30"),
        registered("SOON", end="2027-01-31"),
        registered("WY-1"),
        registered("LATER", end="2029-03-31"),
        registered("OPEN", end=None),
        registered("L-1", buyer=LEEDS, end="2027-02-28"),
        facts.planned([("renewal", "2026-09-30"), ("notice", "2026-11-27")]),
        facts.raised("2026-11-27", "notice"),
    )
    before: dict[str, Any] = {"before": "2027-03-01"}
    answer = await model.ask("/v1/renewals", **before)
    RenewalPage.model_validate_json(json.dumps(answer))
    assert [(item["reference"], item["next_on"]) for item in answer["items"]] == [
        ("WY-1", "2026-09-30"),
        ("SOON", "2027-01-31"),
        ("L-1", "2027-02-28"),
    ]
    assert [o["state"] for o in answer["items"][0]["obligations"]] == ["planned", "raised"]
    assert [
        i["reference"] for i in (await model.ask("/v1/renewals", **before, buyer=LEEDS))["items"]
    ] == ["L-1"]
    seen = []
    cursor: dict[str, Any] = {}
    while True:
        page = await model.ask("/v1/renewals", **before, limit=1, **cursor)
        seen += [item["reference"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["WY-1", "SOON", "L-1"]
    since = await model.ask("/v1/renewals", since="2026-06-01", before="2026-11-01")
    assert [item["reference"] for item in since["items"]] == ["WY-1", "OVER"]


async def test_a_stage_that_was_passed_over_is_skipped_and_brings_no_date(model: Model) -> None:
    await model.project(
        registered(),
        facts.planned([("renewal", "2026-03-31"), ("renewal", "2026-09-30")]),
        facts.raised("2026-09-30"),
    )
    assert await states(model) == [
        ("renewal", "2026-03-31", "skipped"),
        ("renewal", "2026-09-30", "raised"),
    ]
    [item] = (await model.ask("/v1/renewals", before="2027-01-01"))["items"]
    assert item["next_on"] == "2026-09-30"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "before"),
        ({"before": "soon"}, "before"),
        ({"before": "2026-11-22"}, "before"),
        ({"before": "2027-01-01", "cursor": "x"}, "cursor"),
        ({"before": "2027-01-01", "buyers": ICB}, "buyers"),
    ],
)
async def test_errors_name_the_field(model: Model, query: dict[str, Any], field: str) -> None:
    problem = await model.ask("/v1/renewals", status=422, **query)
    assert problem["errors"][0]["field"] == field
    await model.ask(f"/v1/agreements/{agreement()}", status=404)
