"""Spend by programme: each buyer's codes by its own map, whatever arrives first."""

import asyncio
import csv
import io
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.payments import project_payments
from services.api.projections.programmes import project_programmes
from services.api.routes.spend.spend_answer import SpendAnswer
from services.api.routes.spend.unmapped_codes import UnmappedAnswer
from shared.codes import fold_code
from shared.database import begin
from shared.events import Fact
from shared.locks import Lock
from shared.money import format_pounds
from tests.api.conftest import Model, token
from tests.api.facts import ICB, LEEDS, PERSON, classified, corrected, mapped, paid
from tests.api.test_predecessors import CCG, succeeded
from tests.support.waiting import eventually

Rows = dict[tuple[str | None, str], str]


async def by_programme(model: Model, **query: Any) -> Rows:
    answer = await model.ask("/v1/spend", group_by="programme", **query)
    SpendAnswer.model_validate(answer)
    return {(row["programme"], row["programme_state"]): row["amount"] for row in answer["rows"]}


async def test_a_changed_map_restates_the_past_to_the_day_and_no_payment(model: Model) -> None:
    await model.project(
        paid(1, 1_00, "2024-03-31", unit="31110"),
        paid(2, 20_00, "2024-04-14", unit="31110"),
        paid(3, 300_00, "2024-04-15", unit="31110.0"),
        paid(4, 4_000_00, "2024-04-20", unit="31110", expense_type="Drugs"),
        paid(5, 50_000_00, "2024-04-20", programme="Social prescribing"),
        paid(6, 600_000_00, "2024-04-20"),
        paid(7, 7_000_000_00, "2024-04-20", unit="31110", buyer=LEEDS),
    )
    others = {("Social prescribing", "as-coded"): "50000.00", (None, "not-coded"): "600000.00"}
    assert await by_programme(model, buyer=ICB) == others | {(None, "unmapped"): "4321.00"}
    await model.project(
        mapped("End of life", unit="31110"), mapped("Older people", "2024-04-15", unit="31110")
    )
    assert await by_programme(model, buyer=ICB) == others | {
        ("End of life", "mapped"): "21.00",
        ("Older people", "mapped"): "4300.00",
    }
    await model.project(
        mapped(None, "2024-04-15", version=3, unit=" 31110"),
        mapped("Older people", "2024-04-15", version=2, unit="31110"),  # arrives late
        mapped("Medicines", unit="31110", expense_type="DRUGS", version=3),
    )
    restated = {("End of life", "mapped"): "321.00", ("Medicines", "mapped"): "4000.00"}
    assert await by_programme(model, buyer=ICB) == others | restated
    everyone = await by_programme(model)
    assert everyone[None, "unmapped"] == "7000000.00", "another buyer's codes are its own"
    assert await by_programme(model, buyer=ICB, programme="Medicines", from_="2024-04-20") == {
        ("Medicines", "mapped"): "4000.00"
    }
    assert await by_programme(model, buyer=ICB, programme="") == {(None, "not-coded"): "600000.00"}
    assert len(await by_programme(model, buyer=ICB, programme_state="mapped")) == 2
    printed = await model.ask("/v1/spend", group_by="ledger_programme", buyer=ICB)
    assert [(row["ledger_programme"], row["amount"]) for row in printed["rows"]] == [
        ("Social prescribing", "50000.00"),
        (None, "604321.00"),
    ]
    [shown] = (await model.ask("/v1/payments", buyer=ICB, to="2024-03-31"))["items"]
    found = (shown["programme"], shown["programme_state"], shown["programme_rule"])
    assert found == ("End of life", "mapped", "unit")


async def test_spellings_of_a_programme_are_one_across_maps_and_ledgers(model: Model) -> None:
    await model.project(
        mapped("End of life", unit="31110"),
        mapped("Unpaid", unit="9"),
        paid(1, 1_00, "2024-04-14", unit="31110"),
        paid(2, 20_00, "2024-04-14", programme="end of  LIFE"),
        paid(3, 300_00, "2024-04-14", programme="END OF LIFE", buyer=LEEDS),
    )
    whole = {("End of life", "mapped"): "1.00", ("End of life", "as-coded"): "320.00"}
    assert await by_programme(model) == whole
    assert await by_programme(model, programme="End  of Life") == whole
    assert await by_programme(model, buyer=LEEDS) == {("END OF LIFE", "as-coded"): "300.00"}
    assert await by_programme(model, programme="unpaid") == {}
    await model.ask("/v1/spend", programme="End of live", status=422)


async def test_budget_heads_cut_and_filter_the_spend_to_the_day(model: Model) -> None:
    await model.project(
        paid(1, 1_00, "2024-04-14", unit="VRU"),
        paid(2, 20_00, "2024-04-15", unit="VRU"),
        paid(3, 300_00, "2024-05-20", unit="VRU", expense_type="Youth"),
        paid(4, 4_000_00, "2024-04-20", unit="CS"),
        paid(5, 50_000_00, "2024-04-20", unit="9"),
        paid(6, 600_000_00, "2024-04-20", unit="10"),
        mapped("Safety", unit="VRU", budget_head="Community  safety"),
        mapped("Safety", "2024-04-15", unit="VRU", budget_head="Violence Reduction Unit"),
        mapped("Young people", unit="VRU", expense_type="Youth"),
        mapped("Safety", unit="CS", budget_head="Community Safety"),
        mapped("Courts", unit="9"),
    )

    async def by_head(**query: Any) -> dict[Any, str]:
        answer = await model.ask("/v1/spend", **{"group_by": "budget_head"} | query)
        SpendAnswer.model_validate(answer)
        return {
            tuple(row[name] for name in answer["group_by"]): row["amount"] for row in answer["rows"]
        }

    unit = {("Violence Reduction Unit",): "320.00"}
    safety = {("Community  safety",): "4001.00"}  # one in both spellings
    assert await by_head() == unit | safety | {(None,): "650000.00"}
    assert await by_head(budget_head="VIOLENCE reduction unit") == unit
    assert await by_head(budget_head="community safety", from_="2024-04-15") == {
        ("Community Safety",): "4000.00"
    }
    assert await by_head(budget_head="", group_by="programme") == {
        ("Courts",): "50000.00",
        (None,): "600000.00",
    }
    assert await by_head(group_by="programme,budget_head", month="2024-05") == {
        ("Young people", "Violence Reduction Unit"): "300.00"
    }
    await model.ask("/v1/spend", budget_head="Community Spirit", status=422)
    [shown] = (await model.ask("/v1/payments", to="2024-04-14"))["items"]
    assert (shown["programme"], shown["budget_head"]) == ("Safety", "Community  safety")


async def test_a_correction_moves_the_sums_between_programmes(model: Model) -> None:
    wrong = paid(1, 100_00, unit="31110")
    right = corrected(wrong, 90_00, unit="42000")
    await model.project(mapped("End of life", unit="31110"), right, wrong)
    assert await by_programme(model) == {(None, "unmapped"): "90.00"}
    await model.project(corrected(right, unit="31110"))
    assert await by_programme(model) == {("End of life", "mapped"): "90.00"}
    await model.project(corrected(corrected(right, unit="31110"), withdrawn=True))
    assert await by_programme(model) == {}


async def test_a_board_reads_its_predecessors_codes_until_it_maps_them_itself(model: Model) -> None:
    await model.project(
        mapped("End of life", unit="31110", buyer=CCG),
        paid(1, 100_00, unit="31110"),
        paid(2, 20_00, unit="31110", buyer=CCG),
    )
    assert (await by_programme(model))[None, "unmapped"] == "100.00"
    await model.project(succeeded(CCG, ICB, "2022-07-01"))
    assert await by_programme(model) == {("End of life", "mapped"): "120.00"}
    await model.project(mapped("Older people", unit="31110"))
    assert await by_programme(model) == {
        ("End of life", "mapped"): "20.00",
        ("Older people", "mapped"): "100.00",
    }


async def test_what_is_unmapped_is_listed_by_pounds_as_a_sheet_to_fill_in(model: Model) -> None:
    await model.project(
        classified(),
        mapped("End of life", "2024-05-13", unit="31110"),
        paid(1, 100_00, "2024-04-03", unit="31110", purpose="Care at home"),
        paid(2, 200_00, "2024-05-12", unit="31110", purpose="Night sitting", payee=PERSON),
        paid(3, 700_00, "2024-05-13", unit="31110", purpose="Mapped on this day"),
        paid(4, -900_00, "2024-06-30", unit="=cmd()", expense_type="Grants"),
        paid(5, 100_00, "2024-06-30"),
    )
    answer = await model.ask("/v1/programmes/unmapped", buyer=ICB)
    UnmappedAnswer.model_validate(answer)
    shares = {state: figures["share"] for state, figures in answer["states"].items()}
    assert shares == {"mapped": 0.35, "as-coded": 0.0, "unmapped": 0.6, "not-coded": 0.05}
    assert [
        (item["unit"], item["gross_amount"], item["lines"], item["first_day"], item["last_day"])
        for item in answer["items"]
    ] == [
        ("=cmd()", "900.00", 1, "2024-06-30", "2024-06-30"),
        ("31110", "300.00", 2, "2024-04-03", "2024-05-12"),
    ]
    assert answer["items"][1]["purposes"] == ["Care at home"], "a person's purpose is withheld"
    officer = token("payments:read", "personal:read")
    whole = await model.ask("/v1/programmes/unmapped", buyer=ICB, limit=2, token=officer)
    assert whole["items"][1]["purposes"] == ["Care at home", "Night sitting"]
    sheet = await _sheet(model)
    assert [(row["unit"], row["expense_type"], row["programme"]) for row in sheet] == [
        ("'=cmd()", "Grants", ""),
        ("31110", "", ""),
    ]


async def _sheet(model: Model) -> list[dict[str, str]]:
    transport = httpx.ASGITransport(model.app(None))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.get(
            "/v1/programmes/unmapped", params={"buyer": ICB}, headers={"accept": "text/csv"}
        )
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


CODES = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.sampled_from(["31110", "31110.0", "Ward  B"]),
        "expense_type": st.sampled_from(["Drugs", "Care"]),
    },
)
DAYS = st.dates(date(2024, 3, 25), date(2024, 5, 5)).map(str)
PAID = st.tuples(
    st.integers(-500_00, 500_00), DAYS, CODES, st.sampled_from([None, "EOL", "eol"]), CODES
)
LINES = st.tuples(
    st.sampled_from(["End of life", "Older people", None]), DAYS | st.none(), CODES
).filter(lambda line: bool(line[2]))


@given(
    payments=st.lists(PAID, min_size=1, max_size=8),
    lines=st.lists(LINES, max_size=6),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_programmes_add_up_to_the_total_whatever_the_map_and_the_order(
    model: Model, payments: list[Any], lines: list[Any], order: random.Random
) -> None:
    await model.empty()
    facts: list[Fact] = [
        mapped(programme, since, version, buyer=CCG if version % 2 else ICB, **codes)
        for version, (programme, since, codes) in enumerate(lines, 1)
    ]
    facts.append(succeeded(CCG, ICB, "2022-07-01"))
    stands: Counter[str] = Counter()
    for number, (pence, day, codes, printed, later) in enumerate(payments):
        first = paid(number, pence, day, programme=printed, **codes)
        facts += [first, first]
        stands[first.payment_date.isoformat()] += pence
        if number % 3 == 1:
            named = {"unit": later.get("unit"), "expense_type": later.get("expense_type")}
            facts.append(corrected(first, **named))
    order.shuffle(facts)
    cut = order.randrange(len(facts) + 1)
    await model.project(*facts[:cut])
    await model.project(*facts[cut:])
    for since, until in (("2024-03-01", "2024-05-31"), ("2024-04-10", "2024-04-20")):
        total = sum(pence for day, pence in stands.items() if since <= day <= until)
        answer = await model.ask("/v1/spend", group_by="programme", from_=since, to=until)
        assert answer["amount"] == format_pounds(total)
        shown = await model.ask("/v1/payments", from_=since, to=until, limit=500)
        one_by_one: Counter[tuple[str | None, str]] = Counter()
        for item in shown["items"]:
            pence = round(float(item["amount"]) * 100)
            key = item["programme"] and fold_code(item["programme"])
            one_by_one[key, item["programme_state"]] += pence
        assert {
            (row["programme"] and fold_code(row["programme"]), row["programme_state"]): row[
                "amount"
            ]
            for row in answer["rows"]
        } == {key: format_pounds(pence) for key, pence in one_by_one.items()}


@pytest.mark.parametrize("first", ["map", "payments"])
async def test_codes_that_arrive_while_a_map_changes_are_read_by_it(
    model: Model, first: str
) -> None:
    """Neither transaction sees the other's rows: the second to begin waits for the first."""
    payments = partial(project_payments, facts=[paid(unit="31110")])
    mapping = partial(project_programmes, facts=[mapped("End of life", unit="31110")])
    before, after = (mapping, payments) if first == "map" else (payments, mapping)

    async def waits() -> bool:
        async with model.engine.connect() as connection:
            waiting = """
                select count(*) from pg_locks where locktype = 'advisory' and not granted
                and classid = :lock and objid = hashtext(current_schema())::bigint & 4294967295
            """
            return bool(await connection.scalar(text(waiting), {"lock": Lock.PROGRAMMES.value}))

    async def project(what: Callable[[AsyncConnection], Awaitable[object]]) -> None:
        async with begin(model.engine) as tx:
            await what(tx)

    async with begin(model.engine) as tx:
        await before(tx)
        second = asyncio.create_task(project(after))
        await eventually(waits, within=20)
    await second
    assert await by_programme(model) == {("End of life", "mapped"): "100.00"}
