"""GET /v1/benchmarks: Places and buyers side by side, and what can't be told of them."""

from datetime import date
from typing import Any

from services.api.benchmarks.population import Estimate, Serving
from services.api.kept.load_populations import load_areas, load_estimates
from services.api.routes.benchmarks.benchmark_answer import BenchmarksAnswer
from tests.api.conftest import Model
from tests.api.facts import (
    ICB,
    LEEDS,
    NOW,
    classified,
    mapped,
    member,
    paid,
    registered,
    supplier,
    unmatched,
)

SHELTER = "LANTERN ROW SHELTER"
COMPANY = "BIG SUPPLIES PLC"
CRAVEN = "Bradford District and Craven"


async def play(model: Model) -> dict[str, Any]:
    await model.project(
        mapped("End of life", unit="EOL"),
        classified(
            memberships=[member()], place="Leeds", places=("Leeds",), reach="local", size="large"
        ),
        classified(
            SHELTER,
            organisation="GB-CHC-9000002",
            organisation_name="Lantern Row Shelter",
            memberships=[member()],
            place="Bradford District & Craven",
        ),
        classified(
            COMPANY,
            organisation="GB-COH-09000003",
            organisation_name="Big Supplies plc",
            legal_form="company",
        ),
        unmatched(),
        paid(1, 600_00, place="Leeds", unit="EOL"),
        paid(2, 200_00, payee=SHELTER, place="Leeds"),
        paid(3, 200_00, payee=COMPANY, place="Leeds"),
        paid(4, 100_00, payee=SHELTER, place=CRAVEN),
        paid(5, 5_00, "2025-04-01", place="Leeds"),
        paid(6, 50_00, payee="A N OTHER", buyer=LEEDS),
        registered(place="Leeds", end="2025-03-31"),
        registered(
            "WY-2",
            supplier_id=supplier(SHELTER),
            place="Leeds",
            annual_pence=2_500_000_00,
            end="2027-03-31",
        ),
        registered("WY-3", supplier_id=supplier(COMPANY), place="Leeds"),
        registered("WY-4", start=date(2025, 4, 1)),
    )
    answer: dict[str, Any] = await model.ask(
        "/v1/benchmarks", financial_year="2024-25", definition="registered-charity"
    )
    BenchmarksAnswer.model_validate(answer)
    return answer


def by_name(rows: list[dict[str, Any]]) -> dict[str | None, dict[str, Any]]:
    return {row["name"]: row for row in rows}


async def test_places_are_compared_by_head_by_programme_and_by_where_the_money_goes(
    model: Model,
) -> None:
    answer = await play(model)
    places = by_name(answer["places"])
    assert list(places) == [CRAVEN, "Leeds", None]
    leeds = places["Leeds"]
    assert leeds["spend"]["amount"] == "1000.00"
    assert leeds["spend"]["definitions"]["registered-charity"]["amount"] == "800.00"
    assert leeds["population"]["people"] == 798_786
    assert not leeds["population"]["of_the_year"]
    assert [
        (one["programme"], one["programme_state"], one["amount"], one["counting"])
        for one in leeds["programmes"]
    ] == [("End of life", "mapped", "600.00", "600.00"), (None, "not-coded", "400.00", "200.00")]
    assert leeds["local"] == {"local": 0.75, "regional": 0.25, "national": 0.0, "unknown": 0.0}
    assert places[CRAVEN]["local"]["local"] == 1.0, "the Place in another spelling"
    assert leeds["providers"]["share_of_largest"]["1"] == 0.75
    assert leeds["providers"]["herfindahl"] == 0.625


async def test_agreements_are_those_that_run_at_the_end_of_the_year(model: Model) -> None:
    answer = await play(model)
    [leeds] = [one for one in answer["places"] if one["name"] == "Leeds"]
    held = leeds["agreements"]
    assert (held["on"], held["agreements"], held["providers"], held["others"]) == (
        "2025-03-31",
        2,
        2,
        1,
    )
    assert held["lines"]["amount"] == "10000000.00"
    assert held["lines"]["share_of_largest"] == {"1": 0.75, "5": 1.0, "12": 1.0}
    assert held["one_year_share"] == 0.5
    assert held["one_year_amount_share"] == 0.75
    assert held["average_months"] == 24.0


async def test_who_has_no_matched_spend_is_not_said_to_spend_nothing_on_the_sector(
    model: Model,
) -> None:
    answer = await play(model)
    council = by_name(answer["buyers"])[LEEDS]
    assert council["spend"]["amount"] == "50.00"
    assert council["per_head"]["counting"] is None
    assert council["local"] is None
    assert council["providers"] is None
    assert {one["measure"] for one in council["cannot_be_told"]} == {"counting", "agreements"}
    unplaced = by_name(answer["places"])[None]
    assert {one["measure"] for one in unplaced["cannot_be_told"]} == {
        *("per_head", "counting", "agreements")
    }
    assert answer["coverage"]["lines"]["matched"] == 0.8


async def test_of_a_buyer_whose_areas_nobody_recorded_nothing_is_local_or_per_head(
    model: Model,
) -> None:
    devon = "GB-LAE-DEV"
    await model.project(
        classified(memberships=[member()], place="Leeds"), paid(1, 100_00, buyer=devon)
    )
    [one] = (await model.ask("/v1/benchmarks", financial_year="2024-25"))["buyers"]
    assert one["local"] is one["per_head"] is None
    assert one["providers"]["number"] == 1
    assert [each["measure"] for each in one["cannot_be_told"]] == [
        "per_head",
        "local",
        "agreements",
    ]


async def test_the_same_as_a_table(model: Model) -> None:
    await play(model)
    rows = await model.ask_sheet("/v1/benchmarks", financial_year="2024-25", by="place")
    whole = by_name([row for row in rows if row["part"] == "whole"])
    assert whole["Leeds"]["counting"] == "800.00"
    assert whole["Leeds"]["providers_herfindahl"] == "0.625"
    assert "no area" in whole[""]["cannot_be_told"]
    assert [row["amount"] for row in rows if row["part"] == "programme"][:2] == ["100.00", "600.00"]


async def test_a_year_to_come_or_a_name_that_nobody_has_is_refused(model: Model) -> None:
    await play(model)
    for wrong in (
        {"financial_year": "2030-31"},
        {"financial_year": "2024"},
        {"financial_year": "2024-25", "definition": "vcse"},
        {"financial_year": "2024-25", "buyer": "GB-LAE-XXX"},
        {"financial_year": "2024-25", "by": "ward"},
    ):
        await model.ask("/v1/benchmarks", status=422, **wrong)


async def test_before_anything_was_classified_nothing_is_told_of_the_sector(model: Model) -> None:
    await model.project(paid(1, 100_00), registered())
    answer = await model.ask("/v1/benchmarks", financial_year="2024-25")
    assert answer["definition"] is None
    [icb] = answer["buyers"]
    assert icb["name"] == ICB
    assert icb["spend"]["amount"] == "100.00"
    assert [one["measure"] for one in icb["cannot_be_told"]] == ["counting", "agreements"]


async def test_estimates_that_are_loaded_go_before_those_that_came(model: Model) -> None:
    await play(model)
    newer = [Estimate("E08000035", 2024, 845_189, "ONS"), Estimate("E08000032", 2024, 1, "ONS")]
    for _ in range(2):  # loaded again, it is the same
        await load_estimates(model.engine, newer, NOW)
        await load_areas(model.engine, [Serving("bradford district & craven", "E08000032")], NOW)
    answer = await model.ask("/v1/benchmarks", financial_year="2024-25", by="place")
    places = by_name(answer["places"])
    assert places["Leeds"]["population"] == {
        "people": 845_189,
        "mid_year": 2024,
        "of_the_year": True,
        "areas": ["E08000035"],
        "sources": ["ONS"],
    }
    assert places[CRAVEN]["population"]["areas"] == ["E08000032"], "in place of what came"
    assert places[CRAVEN]["per_head"]["amount"] == "100.00"
