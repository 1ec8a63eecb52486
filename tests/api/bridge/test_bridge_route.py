"""GET /v1/spend/bridge: the change of spend explained, with who is behind it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from services.api.routes.bridge.bridge_answer import BridgeAnswer
from tests.api.conftest import Model
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    classified,
    corrected,
    mapped,
    member,
    paid,
    registered,
    supplier,
    unmatched,
    varied,
)
from tests.api.spend.test_as_known_at import history, said

YEARS = {"from_": "2023-24", "to": "2024-25"}
CHARITIES = {"definition": "registered-charity"}


async def bridge(model: Model, **query: Any) -> dict[str, Any]:
    """The answer, once it is seen to add up, and to agree with /v1/spend on both years."""
    answer: dict[str, Any] = await model.ask("/v1/spend/bridge", **YEARS | query)
    BridgeAnswer.model_validate(answer)
    change = Decimal(answer["change"])
    assert sum(Decimal(each["amount"]) for each in answer["components"]) == change
    assert sum(Decimal(each["amount"]) for each in answer["programmes"]) == change
    for component in answer["components"]:
        shown = [*component["organisations"], component["rest"]]
        for of in ("amount", "increase", "decrease"):
            assert sum(Decimal(each[of]) for each in shown) == Decimal(component[of])
    years = answer["from"], answer["to"]
    counted = [Decimal(_counted(year, answer["definition"])) for year in years]
    assert counted[1] - counted[0] == change
    cuts = {name: query[name] for name in ("buyer", "definition", "programme") if name in query}
    for year in years:
        known = {"as_known_at": year["as_known_at"]} if year["as_known_at"] else {}
        of_year = {"financial_year": year["financial_year"]}
        asked = {"definition": answer["definition"]} if answer["definition"] else {}
        spend = await model.ask("/v1/spend", **cuts | known | of_year | asked)
        told = _counted(spend, answer["definition"])
        assert (_counted(year, answer["definition"]), year["coverage"]) == (told, spend["coverage"])
    return answer


def _counted(figures: dict[str, Any], definition: str | None) -> str:
    counted: dict[str, Any] = figures["definitions"][definition] if definition else figures
    return str(counted["amount"])


def _amounts(answer: dict[str, Any]) -> dict[str, str]:
    return {
        each["component"]: each["amount"]
        for each in answer["components"]
        if each["amount"] != "0.00"
    }


async def test_the_change_of_a_year_is_told_with_who_is_behind_it(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        classified("NEW TRUST", memberships=[member()], organisation="GB-CHC-2"),
        classified("GONE TRUST", memberships=[member()], organisation="GB-CHC-3"),
        classified("LATELY A CHARITY", memberships=[member("2024-04-01")], organisation="GB-CHC-4"),
        unmatched(),
        paid(1, 1000_00, "2023-06-01", programme="EOL"),
        paid(2, 1100_00, "2024-06-01", programme="EOL"),
        paid(3, 10_00, "2023-06-01", programme="Carers"),
        paid(4, 10_00, "2024-06-01", programme="Mental health"),
        paid(5, 70_00, "2024-07-01", payee="NEW TRUST"),
        paid(6, 20_00, "2023-07-01", payee="GONE TRUST"),
        paid(7, 400_00, "2023-07-01", payee="LATELY A CHARITY"),
        paid(8, 500_00, "2024-07-01", payee="LATELY A CHARITY"),
        paid(9, 9_00, "2024-07-01", payee=PERSON),
        paid(10, 5_00, "2024-07-01", buyer=LEEDS),
        registered(annual_pence=1000_00, start=date(2022, 4, 1)),
        varied(effective_on="2024-04-01", annual_pence=1004_00, changes=("value",)),
    )
    answer = await bridge(model, **CHARITIES, buyer=ICB)
    assert _amounts(answer) == {
        "new-providers": "70.00",
        "ended": "-20.00",
        "reclassified": "400.00",
        "uplift": "4.00",
        "other-price-or-volume": "196.00",
    }
    moved = next(c for c in answer["components"] if c["component"] == "moved-between-programmes")
    assert (moved["increase"], moved["decrease"]) == ("10.00", "-10.00")
    new = answer["components"][0]["organisations"]
    assert [(each["organisation"], each["amount"]) for each in new] == [("GB-CHC-2", "70.00")]
    assert (await model.ask(new[0]["links"]["spend"]))["amount"] == "70.00"
    assert len((await model.ask(new[0]["links"]["payments"]))["items"]) == 1
    assert answer["agreements_with_uplift"] == 1

    hospital = await bridge(model, **CHARITIES, buyer=ICB, programme="carers")
    assert _amounts(hospital) == {"moved-between-programmes": "-10.00"}
    everything = await bridge(model, largest=0)
    assert _amounts(everything)["new-providers"] == "79.00"
    assert everything["components"][0]["rest"]["organisations"] == 2
    assert PERSON not in str(await bridge(model)), "who is no organisation has no name here"


async def test_what_became_of_one_figure_is_told_by_the_days_on_which_it_was_known(
    model: Model,
) -> None:
    first = said(paid(1, 100_00, "2023-06-01", unit="7"), 1)
    await model.project(
        said(unmatched(HOSPICE), 1),
        first,
        said(corrected(first, 90_00), 5),
        said(paid(2, 30_00, "2023-07-01", payee=PERSON), 5),
        said(unmatched(), 5),
        said(classified(revision=2, memberships=[member()]), 8),
        said(mapped("End of life", unit="7"), 8),
    )
    same = {"from_": "2023-24", "to": "2023-24", "from_known_at": "2026-11-02"}
    assert _amounts(await bridge(model, **same)) == {"corrections": "20.00"}
    assert _amounts(await bridge(model, **same, **CHARITIES)) == {"reclassified": "90.00"}
    by = await bridge(model, **same, **CHARITIES, to_known_at="2026-11-06")
    assert _amounts(by) == {}
    moved = (await bridge(model, **same))["programmes"]
    assert [(each["programme"], each["amount"]) for each in moved] == [
        (None, "-70.00"),
        ("End of life", "90.00"),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_was_recorded_in_whatever_order_it_adds_up(model: Model, seed: int) -> None:
    chance = Random(seed)
    facts = history(chance)
    chance.shuffle(facts)
    await model.project(*facts)
    cuts: list[dict[str, str]] = [{}, CHARITIES, CHARITIES | {"programme": "EOL", "buyer": ICB}]
    for query in (
        {},
        {"from_known_at": "2026-11-04"},
        {"from_known_at": "2026-11-04", "to_known_at": "2026-11-07"},
        {"to": "2023-24", "from_known_at": "2026-11-04"},
    ):
        await bridge(model, **query, **chance.choice(cuts))


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"from_": "2023-25"}, "from", "is not a financial year such as 2024-25"),
        ({"to": "April"}, "to", "is not a financial year such as 2024-25"),
        ({"from_": "2024-25", "to": "2023-24"}, "from", "is a later year than `to`"),
        ({"to": "2023-24"}, "to", "one year, known at one time"),
        ({"to": "2031-32"}, "to", "there are some of 2023-24 to 2024-25"),
        ({"from_": "1999-00"}, "from", "no payments are known in 1999-00"),
        ({"buyer": "GB-NHS-XXX"}, "buyer", "is not known"),
        ({"definition": "ncvo"}, "definition", "'ncvo' is not known"),
        ({"programme": "Homes"}, "programme", "is no programme of a map or a ledger"),
        ({"from_known_at": "2027-01-01"}, "from_known_at", "has not come"),
        ({"to_known_at": "2027-01-01"}, "to_known_at", "has not come"),
        ({"from_known_at": "2020-01-01"}, "from_known_at", "had been recorded by 2020-01-01"),
        ({"to_known_at": "2020-01-01"}, "to_known_at", "had been recorded by 2020-01-01"),
        (
            {"from_known_at": "2026-11-09", "to_known_at": "2026-11-08"},
            "from_known_at",
            "is after `to_known_at`",
        ),
    ],
)
async def test_what_cannot_be_compared_is_refused_and_said(
    model: Model, query: dict[str, str], field: str, said: str
) -> None:
    await model.project(paid(1, 1, "2023-04-01"), paid(2, 1, "2024-04-01"))
    problem = await model.ask("/v1/spend/bridge", status=422, **YEARS | query)
    assert said in str(problem)
    assert problem["errors"][0]["field"] == field


async def test_real_years_of_bradford_before_and_after_a_reclassification(
    model: Model, data: Path
) -> None:
    """The components added up by polars from the council's own rows, to the penny."""
    rows = _bradford(data)
    payees = dict(zip(rows["supplier"], rows["payee"], strict=True))
    taken = sorted(
        who for who, payee in payees.items() if {"TRUST", "HOME", "ASSOCIATION"} & {*payee.split()}
    )
    now_too, no_more = set(taken[::3]), set(taken[1::7])
    first, last = set(taken) - now_too, set(taken) - no_more
    facts = [said(paid(row[0], row[1], row[2], payee=row[3]), 1) for row in rows.rows()]
    for who in taken:
        name = {"organisation": f"GB-XYZ-{who}", "organisation_name": payees[who]}
        for revision, known in enumerate((first, last), 1):
            of = [member()] if who in known else []
            fact = classified(payees[who], revision=revision, memberships=of, **name)
            facts.append(said(fact, 1 if revision == 1 else 5))
    await model.project(*facts)
    paid_in = [
        dict(of.group_by("supplier").agg(pl.col("pence").sum()).rows())
        for of in (
            rows.filter(pl.col("day") < "2019-04-01"),
            rows.filter(pl.col("day") > "2019-03-31"),
        )
    ]
    years = {"from_": "2018-19", "to": "2019-20"}

    def total(year: int, suppliers: set[str]) -> int:
        return sum(paid_in[year].get(who, 0) for who in suppliers)

    def expected(counted: set[str]) -> dict[str, int]:
        new = total(1, counted - set(paid_in[0]))
        gone = -total(0, counted - set(paid_in[1]))
        rest = total(1, counted) - total(0, counted) - new - gone
        return {"new-providers": new, "ended": gone, "other-price-or-volume": rest}

    def pounds(pence: dict[str, int]) -> dict[str, Decimal]:
        return {name: Decimal(each).scaleb(-2) for name, each in pence.items() if each}

    async def amounts(**query: str) -> dict[str, Decimal]:
        answer = await bridge(model, **years, **CHARITIES, **query)
        return {name: Decimal(each) for name, each in _amounts(answer).items()}

    assert min(len(now_too), len(no_more)) > 10
    assert await amounts(to_known_at="2026-11-02") == pounds(expected(first))
    assert await amounts() == pounds(expected(last))
    moved = {"reclassified": total(0, last) - total(0, first)}
    assert await amounts(from_known_at="2026-11-02") == pounds(expected(last) | moved)


def _bradford(data: Path) -> pl.DataFrame:
    """One in twenty payments of two years: number, pence, day, payee, supplier."""
    path = data / "spend" / "west_yorkshire" / "bradford.parquet"
    rows = (
        pl.scan_parquet(path)
        .with_row_index("number")
        .filter(
            pl.col("payment_date").is_between(pl.lit("2018-04-01"), pl.lit("2020-03-31")),
            pl.col("amount").is_not_null(),
            pl.col("beneficiary_name").str.strip_chars().str.len_chars().is_between(1, 200),
        )
        .select(
            "number",
            (pl.col("amount") * 100).round().cast(pl.Int64).alias("pence"),
            pl.col("payment_date").alias("day"),
            pl.col("beneficiary_name").str.strip_chars().str.to_uppercase().alias("payee"),
        )
        .collect()
        .gather_every(20)
    )
    return rows.with_columns(supplier=pl.Series([str(supplier(payee)) for payee in rows["payee"]]))


async def test_a_year_without_payments_names_the_one_that_has_them(model: Model) -> None:
    await model.project(paid(2, 1, "2024-04-01"))
    problem = await model.ask("/v1/spend/bridge", status=422, **YEARS)
    assert problem["detail"].startswith("from: no payments are known in 2023-24")
    assert problem["detail"].endswith("there are some of 2024-25 alone")
