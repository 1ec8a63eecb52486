"""Agreements and renewals: by version, in any order, soonest first."""

import json
from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.routes.agreements.agreement_answer import AgreementWithVersions
from services.api.routes.agreements.agreements import AgreementPage
from services.api.routes.agreements.renewals import RenewalPage
from shared.events import AgreementLine, LastSending
from tests.api import facts
from tests.api.conftest import Model
from tests.api.facts import (
    CHARITY,
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    agreement,
    ended,
    registered,
    varied,
)
from tests.api.test_predecessors import succeeded

# The clocks of the replicas differ: what was raised last says that it was recorded first.
STORY = [
    facts.planned([("renewal", "2026-09-30"), ("notice", "2026-09-30")], (1, 1), hour=9),
    facts.raised("2026-09-30", at=(1, 2), hour=8),
    facts.planned([("renewal", "2026-12-31"), ("notice", "2026-12-31")], (2, 2), hour=7),
    facts.withdrawn("2026-09-30", at=(2, 1), hour=6),
    facts.raised("2026-12-31", "notice", at=(2, 3), hour=5),
    facts.acknowledged("2026-12-31", "notice", at=(2, 3), hour=4),
]


async def states(model: Model) -> list[tuple[str, str, str]]:
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementWithVersions.model_validate_json(json.dumps(answer))
    return [(o["kind"], o["due_on"], o["state"]) for o in answer["obligations"]]


async def test_a_variation_in_force_replaces_the_first_terms(model: Model) -> None:
    await model.project(
        facts.classified(), varied(end="2028-03-31", annual_pence=1_234_56), registered()
    )
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementWithVersions.model_validate_json(json.dumps(answer))
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
    assert (await model.ask(f"/v1/agreements/{agreement()}"))["ended_on"] == "2026-06-30"
    await model.project(ended(version=4, on="2026-12-31"), ended(version=2, on="2026-06-30"))
    assert (await model.ask(f"/v1/agreements/{agreement()}"))["ended_on"] == "2026-12-31"


async def test_an_end_taken_back_is_no_end_any_more(model: Model) -> None:
    await model.project(registered(), ended(version=2, ending="expired", reason="by mistake"))
    await model.project(ended(version=3, withdrawn=True, reason="by mistake"))
    await model.project(ended(version=2))
    shown = await model.ask(f"/v1/agreements/{agreement()}")
    assert (shown["ended_on"], shown["ending"], shown["end_reason"]) == (None, None, None)


async def test_answers_are_by_the_terms_in_force_and_every_version_is_shown(model: Model) -> None:
    other: dict[str, Any] = {"provider": "ST OTHER", "supplier_id": facts.supplier("ST OTHER")}
    await model.project(
        facts.classified(),
        facts.classified("ST OTHER", organisation="GB-CHC-9000002"),
        varied(version=3, effective_on="2027-04-01", end="2029-03-31", **other),
        varied(version=4, effective_on="2025-04-01", annual_pence=1_234_56),
        registered(),
        varied(version=2, effective_on="2026-12-01", end="2028-03-31"),
    )
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementWithVersions.model_validate_json(json.dumps(answer))
    assert (answer["version"], answer["end"]) == (4, "2027-03-31")
    assert (answer["provider"], answer["annual_amount"]) == (HOSPICE, "1234.56")
    assert [
        (each["version"], each["effective_on"], each["in_force"], each["changed"])
        for each in answer["versions"]
    ] == [
        (1, None, False, []),
        (4, "2025-04-01", True, ["annual_amount", "lines"]),
        (2, "2026-12-01", False, ["end", "annual_amount", "lines"]),
        (3, "2027-04-01", False, ["provider", "end"]),
    ]
    assert answer["versions"][3]["provider"] == "ST OTHER"
    assert answer["versions"][1]["reason"] == "extended"
    for provider, count in ((CHARITY, 1), ("GB-CHC-9000002", 0), (facts.supplier("ST OTHER"), 0)):
        page = await model.ask("/v1/agreements", provider=str(provider))
        assert len(page["items"]) == count
    [renewal] = (await model.ask("/v1/renewals", before="2027-04-01"))["items"]
    assert renewal["end"] == "2027-03-31"


async def test_terms_from_a_later_day_wait_for_it_and_after_the_end_never_come(
    model: Model,
) -> None:
    await model.project(varied("AHEAD", effective_on="2026-11-24"))
    assert (await model.ask("/v1/agreements"))["items"] == []
    await model.project(
        facts.classified(),
        registered(),
        varied(effective_on="2026-07-01", title="Never"),
        ended(on="2026-06-30"),
    )
    [item] = (await model.ask("/v1/agreements"))["items"]
    assert (item["title"], item["version"]) == ("Hospice care at home", 1)


async def test_a_former_provider_that_may_be_a_person_is_withheld(model: Model) -> None:
    person: dict[str, Any] = {"provider": PERSON, "supplier_id": facts.supplier(PERSON)}
    await model.project(facts.classified(), facts.unmatched(), registered(**person), varied())
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    assert [each["provider"] for each in answer["versions"]] == [None, HOSPICE]
    assert answer["versions"][1]["changed"] == ["provider"]


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
            ("renewal", "2026-09-30", "closed"),
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


async def test_what_moved_to_another_provider_is_raised_anew_at_the_same_instant(
    model: Model,
) -> None:
    """Withdrawn, planned and raised in one step: only their places put them in order."""
    dates = [("notice", "2026-12-31")]
    moved = [
        facts.planned(dates, (1, 1)),
        facts.raised("2026-12-31", "notice", at=(1, 2), hour=2),
        facts.acknowledged("2026-12-31", "notice", at=(1, 2), hour=2),
        facts.withdrawn("2026-12-31", "notice", at=(2, 1), hour=2),
        facts.planned(dates, (2, 2), hour=2),
    ]
    raised_again = facts.raised("2026-12-31", "notice", at=(2, 3), hour=2)
    await model.project(registered(), *reversed(moved))
    assert await states(model) == [("notice", "2026-12-31", "planned")]
    await model.project(raised_again, *moved)
    assert await states(model) == [("notice", "2026-12-31", "raised")]


async def test_who_acknowledged_is_told_apart(model: Model) -> None:
    due = ("2026-12-31", "notice")
    await model.project(
        registered(),
        facts.planned([("notice", "2026-12-31")]),
        facts.raised(*due),
        facts.acknowledged(*due, hour=5, recipient=ICB, capacity="buyer"),
        facts.acknowledged(*due, hour=6, capacity="buyer"),
    )
    answer = await model.ask(f"/v1/agreements/{agreement()}")
    [told] = answer["obligations"]
    assert (told["state"], told["acknowledged_by_provider_at"]) == ("raised", None)
    assert told["acknowledged_by_buyer_at"].startswith("2026-11-23T05")
    await model.project(facts.acknowledged(*due, hour=7))
    [told] = (await model.ask(f"/v1/agreements/{agreement()}"))["obligations"]
    assert told["state"] == "acknowledged"
    assert [(each["recipient"], each["capacity"]) for each in told["acknowledgements"]] == [
        (ICB, "buyer"),
        (CHARITY, "buyer"),
        (CHARITY, "provider"),
    ]
    await model.project(facts.withdrawn(*due), facts.raised(*due, at=(2, 2)))
    [told] = (await model.ask(f"/v1/agreements/{agreement()}"))["obligations"]
    assert (told["state"], told["acknowledgements"]) == ("raised", [])


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
        ("WY-1", "2026-11-27"),
        ("SOON", "2027-01-31"),
        ("L-1", "2027-02-28"),
    ]
    # The stage was left out: its day had come when the notice day was told.
    assert answer["items"][0]["overdue_on"] is None
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
    then = await model.ask("/v1/renewals", as_of="2026-06-01", before="2026-11-01")
    assert [(item["reference"], item["next_on"]) for item in then["items"]] == [
        ("ENDED", "2026-06-30"),
        ("OVER", "2026-10-31"),
    ]


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
    [item] = (await model.ask("/v1/renewals", overdue=True))["items"]
    assert (item["overdue_on"], item["next_on"]) == ("2026-09-30", "2027-03-31")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "before"),
        ({"before": "soon"}, "before"),
        ({"before": "2026-11-22"}, "before"),
        ({"before": "2027-01-01", "since": "2026-11-22"}, "since"),
        ({"before": "2027-01-01", "since": "2027-01-02"}, "before"),
        ({"before": "2027-01-01", "overdue": True}, "before"),
        ({"since": "2027-01-01", "overdue": True}, "since"),
        ({"before": "2027-01-01", "cursor": "x"}, "cursor"),
        ({"before": "2027-01-01", "buyers": ICB}, "buyers"),
    ],
)
async def test_errors_name_the_field(model: Model, query: dict[str, Any], field: str) -> None:
    problem = await model.ask("/v1/renewals", status=422, **query)
    assert problem["errors"][0]["field"] == field
    await model.ask(f"/v1/agreements/{agreement()}", status=404)


async def test_a_notice_is_shown_as_it_stands_whatever_the_order_of_its_steps(
    model: Model,
) -> None:
    moved = facts.notice(2, step="worked-out-anew", last_day="2026-12-31", days_given=92)
    await model.project(facts.registered(), moved)
    await model.project(facts.notice(1), facts.notice(1))
    [shown] = (await model.ask(f"/v1/agreements/{facts.agreement()}"))["notices"]
    assert (shown["last_day"], shown["days_given"], shown["kind"]) == (
        "2026-12-31",
        92,
        "termination",
    )


async def test_by_when_to_send_a_notice_is_shown_whatever_told_of_it(model: Model) -> None:
    sending = LastSending(channel="post", day=date(2026, 9, 28), before=time(16))
    shown = [{"channel": "post", "day": "2026-09-28", "before": "16:00:00"}]
    raised = facts.raised("2026-09-30", "notice").model_copy(update={"send_by": (sending,)})
    plan = facts.planned([("notice", "2026-09-30"), ("renewal", "2026-12-31")])
    notice, stage = plan.obligations
    notice = notice.model_copy(update={"send_by": (sending,)})
    for told in (raised, plan.model_copy(update={"obligations": (notice, stage)})):
        await model.empty()
        await model.project(registered(), told)
        answer = await model.ask(f"/v1/agreements/{agreement()}")
        AgreementWithVersions.model_validate_json(json.dumps(answer))
        assert answer["obligations"][0]["send_by"] == shown
    assert answer["obligations"][1]["send_by"] == []


async def test_a_review_is_shown_and_is_no_renewal(model: Model) -> None:
    await model.project(registered(), facts.planned([("review", "2026-09-30")]))
    assert await states(model) == [("review", "2026-09-30", "planned")]
    page = await model.ask("/v1/renewals", before="2026-10-31", as_of="2026-01-01")
    assert page["items"] == []


async def test_agreements_are_listed_by_their_terms_and_the_days_on_which_they_run(
    model: Model,
) -> None:
    ccg = "GB-NHS-15F"
    grants = AgreementLine(programme="Crisis", annual_amount_pence=10_000_00)
    await model.project(
        registered("A", route="direct"),
        registered("B", route="council", kind="grant", end="2025-03-31"),
        registered("C", start=date(2025, 10, 1), end=None, lines=(grants,)),
        varied("C", effective_on="2027-04-01", route="council", end=None),
        registered("D", buyer=LEEDS, route="council"),
        registered("E", buyer=ccg, start=date(2021, 4, 1), end="2026-03-31"),
        registered("F"),
        ended("F", on="2024-09-30"),
        succeeded(ccg, ICB, "2022-07-01"),
    )

    async def listed(**asked: Any) -> str:
        said = {each.replace("since", "from"): value for each, value in asked.items()}
        items = (await model.ask("/v1/agreements", **said))["items"]
        return "".join(sorted(each["reference"] for each in items))

    assert await listed() == "ABCDEF"
    assert await listed(buyer=ICB) == "ABCF"
    assert await listed(buyer=ICB, with_predecessors=True) == "ABCEF"
    assert await listed(route="council") == "BD"
    assert await listed(route=["direct", "council"], buyer=ICB) == "ABCF"
    assert await listed(kind="grant") == "B"
    assert await listed(programme="crisis") == "C"
    assert await listed(programme="END OF LIFE", buyer=LEEDS) == "D"
    assert await listed(since="2025-04-01", to="2026-03-31") == "ACDE"
    assert await listed(to="2021-12-31") == "E"
    assert await listed(since="2025-04-01", buyer=ICB) == "AC"
    # By the terms in force on the last day.
    assert await listed(route="council", to="2028-03-31", since="2027-04-01") == "C"
    refused = await model.ask("/v1/agreements", route="by post", status=422)
    assert "lead-provider" in refused["detail"]
    assert (
        "`from` is after `to`"
        in (
            await model.ask(
                "/v1/agreements", **{"from": "2025-04-01", "to": "2025-03-31"}, status=422
            )
        )["detail"]
    )
    first = await model.ask("/v1/agreements", route="direct", limit=1)
    await model.ask("/v1/agreements", route="council", cursor=first["next"], status=422)
    assert (await model.ask("/v1/agreements", route="direct", cursor=first["next"]))["items"]
