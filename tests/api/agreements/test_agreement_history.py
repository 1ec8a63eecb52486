"""Agreements that are extended, varied in value and novated, as they are shown."""

import json
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.routes.agreements.agreement_answer import AgreementWithVersions
from shared.events import AgreementLine, ExtensionOption, KnownMember
from shared.notice_terms import DeemedService, NoticeTerms
from tests.api import facts
from tests.api.conftest import Model
from tests.api.facts import (
    CHARITY,
    HOSPICE,
    PERSON,
    agreement,
    ended,
    named,
    registered,
    supplier,
    varied,
)

TRUST, TRUST_CHARITY = "LANTERN ROW TRUST", "GB-CHC-9000002"
OPTIONS = (
    ExtensionOption(length="P1Y", exercise_by=date(2026, 9, 30)),
    ExtensionOption(length="P1Y"),
)
RIGHTS: dict[str, Any] = {"extension_options": OPTIONS, "maximum_end": date(2029, 3, 31)}


async def ask(model: Model) -> dict[str, Any]:
    answer: dict[str, Any] = await model.ask(f"/v1/agreements/{agreement()}")
    AgreementWithVersions.model_validate_json(json.dumps(answer))
    return answer


async def test_a_novation_changes_the_provider_and_pounds_stay_with_who_earned_them(
    model: Model,
) -> None:
    trust: dict[str, Any] = {"provider": TRUST, "supplier_id": facts.supplier(TRUST)}
    await model.project(
        facts.classified(),
        facts.classified(TRUST, organisation=TRUST_CHARITY, organisation_name="Lantern Row Trust"),
        facts.paid(1, pence=100_00, on="2026-03-31"),
        facts.paid(2, payee=TRUST, pence=50_00, on="2026-04-30"),
        registered(),
    )
    query: dict[str, Any] = {"group_by": "organisation"}
    before = await model.ask("/v1/spend", **query)
    await model.project(varied(effective_on="2026-04-01", changes=("novation",), **trust))
    assert await model.ask("/v1/spend", **query) == before
    shown = await ask(model)
    assert (shown["provider"], shown["organisation"]) == (TRUST, TRUST_CHARITY)
    first, second = shown["versions"]
    assert (first["organisation"], first["in_force"]) == (CHARITY, False)
    assert (second["effective_on"], second["changes"]) == ("2026-04-01", ["novation"])
    assert second["changed"] == ["provider"]
    for organisation, count in ((CHARITY, 0), (TRUST_CHARITY, 1)):
        page = await model.ask("/v1/agreements", provider=organisation)
        assert len(page["items"]) == count


async def test_an_extension_within_the_maximum_uses_up_its_option(model: Model) -> None:
    await model.project(registered(**RIGHTS))
    shown = await ask(model)
    assert [each["used"] for each in shown["extension_options"]] == [False, False]
    extended: dict[str, Any] = RIGHTS | {"end": "2028-03-31", "changes": ("extension",)}
    await model.project(varied(effective_on="2026-10-01", **extended))
    shown = await ask(model)
    assert [each["used"] for each in shown["extension_options"]] == [True, False]
    assert (shown["end"], shown["marks"]) == ("2028-03-31", [])
    assert shown["versions"][1]["changed"] == ["end", "extension_options"]
    assert [each["used"] for each in shown["versions"][0]["extension_options"]] == [False, False]


async def test_an_extension_beyond_the_maximum_is_shown_and_marked(model: Model) -> None:
    raised: dict[str, Any] = {"end": "2029-09-30", "maximum_end": date(2029, 9, 30)}
    await model.project(registered(**RIGHTS), varied(**raised))
    shown = await ask(model)
    assert shown["end"] == "2029-09-30"
    assert shown["marks"] == ["beyond-maximum-end", "no-duration-rationale"]
    assert shown["versions"][0]["marks"] == []


async def test_a_value_variation_sums_the_lines_of_every_year(model: Model) -> None:
    lines = (
        AgreementLine(programme="End of life", annual_amount_pence=300_00),
        AgreementLine(programme="Other", annual_amount_pence=66_50, recurrent=False),
    )
    await model.project(
        registered(annual_pence=100_00),
        varied(effective_on="2026-04-01", lines=lines, changes=("value",)),
    )
    shown = await ask(model)
    assert shown["annual_amount"] == "366.50"
    assert [each["recurrent"] for each in shown["lines"]] == [True, False]
    assert shown["by_year"] == [
        {"financial_year": "2024-25", "amount": "100.00"},
        {"financial_year": "2025-26", "amount": "100.00"},
        {"financial_year": "2026-27", "amount": "366.50"},
    ]


async def test_an_agreement_without_an_end_is_marked(model: Model) -> None:
    await model.project(registered(end=None))
    shown = await ask(model)
    assert (shown["end"], shown["marks"], shown["by_year"]) == (None, ["no-end-date"], None)


async def test_notice_terms_members_and_why_it_ended_are_shown(model: Model) -> None:
    terms = NoticeTerms(
        buyer_period="P6M",
        provider_period="60WD",
        expires_on="month-end",
        deemed_service=(DeemedService(channel="post", rule="2WD"),),
        division="england-and-wales",
    )
    await model.project(
        facts.classified(),
        registered(
            notice_terms=terms,
            route="lead-provider",
            members=(
                KnownMember(name=HOSPICE, share_percent="12.50", supplier_id=supplier(HOSPICE)),
                KnownMember(name=PERSON, supplier_id=supplier(PERSON)),
            ),
            duration_rationale="A pilot",
        ),
        ended(on="2027-03-31", ending="terminated-by-provider"),
    )
    shown = await ask(model)
    assert shown["notice_terms"] == terms.model_dump(mode="json")
    assert [(each["name"], each["share_percent"]) for each in shown["members"]] == [
        (HOSPICE, "12.50"),
        (None, None),
    ]
    assert shown["members"][0]["organisation"] == CHARITY
    assert shown["duration_rationale"] == "A pilot"
    assert shown["ending"] == "terminated-by-provider"


_STORY = [
    facts.classified(),
    registered(**RIGHTS),
    varied(version=2, effective_on="2025-04-01", annual_pence=1, changes=("value",), **RIGHTS),
    varied(version=4, effective_on="2026-10-01", end="2028-03-31", **RIGHTS),
    varied(version=3, effective_on="2027-04-01", end="2029-09-30", **RIGHTS),
    named(version=5, confirmed_on="2026-03-01"),
    named(version=6, confirmed_on="2026-09-01"),
    ended(version=7, on="2029-01-31"),
    ended(version=8, on="2029-03-31"),
]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([*_STORY, *_STORY[::3]]), st.data())
async def test_any_order_of_versions_with_repeats_shows_the_same_agreement(
    model: Model, order: list[Any], data: st.DataObject
) -> None:
    await model.empty()
    await model.project(*_STORY)
    expected = await ask(model)
    await model.empty()
    cut = data.draw(st.integers(0, len(order)))
    await model.project(*order[:cut])
    await model.project(*order[cut:])
    assert await ask(model) == expected
    assert expected["contacts_confirmed_on"] == "2026-09-01"
