"""/v1/commitments: as known on a day, with the rows behind, and what officers say beside."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.api.kept import state_commitment
from services.api.routes.commitments.commitment_answer import CommitmentsAnswer, StatementAnswer
from tests.api.conftest import KEY, Model, token
from tests.api.facts import (
    ICB,
    NOW,
    agreement,
    classified,
    ended,
    member,
    notice,
    paid,
    planned,
    raised,
    registered,
    supplier,
    unmatched,
    varied,
)

COMPANY = "BIG SUPPLIES PLC"
YEAR = f"/v1/commitments/{ICB}/2025-26"
LATER = NOW + timedelta(days=2)


async def play(model: Model) -> None:
    """A hospice that counts and a company that does not; all recorded on 23 November 2026."""
    await model.project(
        classified(memberships=[member()], place="Leeds", places=("Leeds",), size="small"),
        unmatched(COMPANY),
        paid(1, 100_00, "2024-06-30"),
        paid(2, 90_00, "2025-06-10"),
        paid(3, 900_00, "2024-12-31"),
        registered(end="2026-12-31"),
        registered("WY-2", start=date(2025, 4, 1), end="2026-03-31"),
        registered("WY-3", supplier_id=supplier(COMPANY)),
        notice(1, served_on="2025-12-01", last_day="2026-03-31", in_time=False),
        notice(2, "WY-2", state="withdrawn", step="withdrawn", served_on="2025-12-01"),
    )


async def ask(model: Model, **query: Any) -> dict[str, dict[str, Any]]:
    answer = await model.ask(YEAR, definition="registered-charity", **query)
    CommitmentsAnswer.model_validate(answer)
    return {one["number"]: one for one in (*answer["commitments"], *answer["principles"])}


async def send(
    model: Model, path: str, body: dict[str, Any], bearer: str | None = None
) -> httpx.Response:
    key: SecretStr | None = None if bearer is None else KEY
    headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
    transport = httpx.ASGITransport(model.app(key))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.post(path, json=body, headers=headers)


async def test_each_promise_has_its_status_its_figures_and_the_rows_behind(model: Model) -> None:
    await play(model)
    whole = await model.ask(YEAR, definition="registered-charity")
    assert (whole["agreements"], whole["other_agreements"]) == (2, 1)
    assert whole["paid"] == {"since": "2025-04-01", "until": "2025-06-30"}
    assert whole["paid_before"] == {"since": "2024-04-01", "until": "2024-06-30"}
    assert sum(whole["statuses"].values()) == 19
    found = await ask(model, allocation_growth=3.5)
    pace = found["3"]
    assert pace["status"] == "not met"
    assert pace["figures"]["growth"] == -0.1, "the same days of both years"
    assert pace["evidence"][0]["href"].startswith("/v1/spend?buyer=GB-NHS-QWO&from=2025-04-01")
    given = found["7"]
    assert given["status"] == "not met"
    assert given["evidence"] == [
        {
            "href": f"/v1/agreements/{agreement()}",
            "says": "WY-1: termination served 2025-12-01 for 2026-03-31",
        }
    ]
    assert found["6"]["evidence"][0]["says"].startswith("WY-2: 2025-04-01 to 2026-03-31")
    assert found["A3"]["figures"]["small_share"] == 1.0
    assert found["A4"]["figures"]["local_share"] == 1.0
    assert found["2"]["status"] == "cannot be told"
    for each in pace["evidence"]:
        answer = await model.ask(each["href"])
        assert answer["amount"] in {"90.00", "100.00"}, "the rows are those of the figure"


async def test_nothing_is_known_before_it_was_recorded(model: Model) -> None:
    await play(model)
    before = await model.ask(YEAR, definition="registered-charity", as_of="2026-11-22")
    assert before["agreements"] == 0
    assert before["paid"] is before["paid_before"] is None
    assert before["statuses"]["cannot be told"] == 19
    await model.project(
        varied(end="2028-12-31", effective_on="2025-07-01", recorded_at=LATER),
        ended("WY-2", on="2025-12-31", ending="terminated-by-buyer"),
    )
    day = await ask(model, as_of="2026-11-23")
    assert day["6"]["figures"]["awarded"] == 1, "the variation was recorded two days later"
    assert day["7"]["figures"]["ended_by_buyer_without_notice"] == 1


async def test_obligations_that_are_settled_put_nothing_at_risk(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        registered(end="2026-12-31"),
        planned([("notice", "2025-12-31"), ("renewal", "2026-03-01")]),
        raised("2026-03-01"),
    )
    found = await ask(model)
    assert found["7"]["status"] == "at risk"
    assert found["A7"]["status"] == "met"
    await model.project(planned([("renewal", "2026-03-01")], at=(2, 1)))
    assert (await ask(model))["7"]["status"] == "met", "the newest plan has no last day to keep"


async def test_a_year_a_buyer_or_a_definition_that_is_none_is_refused(model: Model) -> None:
    await play(model)
    await model.ask(f"/v1/commitments/{ICB}/2024", status=422)
    await model.ask(f"/v1/commitments/{ICB}/2027-28", status=422)
    await model.ask(f"/v1/commitments/{ICB}/0001-02", status=422)
    await model.ask("/v1/commitments/GB-LAE-XXX/2025-26", status=404)
    for wrong in (
        {"definition": "vcse"},
        {"as_of": "2026-11-24"},
        {"as_of": "2025-03-31"},
        {"net_uplift": "nan"},
        {"uplift": "2"},
    ):
        await model.ask(YEAR, status=422, **wrong)


async def test_an_officer_says_something_beside_the_measure_and_takes_it_back(
    model: Model,
) -> None:
    await play(model)
    said = {"day": "2025-09-16", "says": "Reviewed with the sector", "who": "S. Millrace"}
    sent = [await send(model, f"{YEAR}/2/statements", said) for _ in range(2)]
    assert [one.status_code for one in sent] == [200, 200]
    stated = sent[0].json()
    StatementAnswer.model_validate(stated)
    assert sent[1].json() == stated, "the same said again is one statement"
    two = (await ask(model))["2"]
    assert two["status"] == "cannot be told", "never instead of the measure"
    assert [one["says"] for one in two["statements"]] == ["Reviewed with the sector"]
    assert (await ask(model, as_of="2026-11-22"))["2"]["statements"] == []
    path = f"{YEAR}/2/statements/{stated['statement_id']}/withdraw"
    for _ in range(2):
        gone = await send(model, path, {"who": "R. Fellgate"})
        assert gone.json()["withdrawn_by"] == "R. Fellgate"
    assert (await ask(model))["2"]["statements"] == []
    again = await send(model, f"{YEAR}/2/statements", said)
    assert again.json()["withdrawn_at"] is None
    assert again.json()["statement_id"] != stated["statement_id"], "when it stood is not rewritten"


async def test_statements_of_a_promise_are_bounded_however_many_come_at_once(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_commitment, "MOST_STATEMENTS", 2)
    await play(model)
    sent = await asyncio.gather(
        *(
            send(model, f"{YEAR}/2/statements", {"day": "2025-09-16", "says": says, "who": "S."})
            for says in ("a", "b", "c", "d", "a")
        )
    )
    codes = sorted(one.status_code for one in sent)
    assert codes in ([200, 200, 409, 409, 409], [200, 200, 200, 409, 409])
    assert len((await ask(model))["2"]["statements"]) == 2


async def test_a_statement_needs_an_officer_of_the_buyer_a_promise_and_a_day(model: Model) -> None:
    await play(model)
    said = {"day": "2025-09-16", "says": "Reviewed"}
    path = f"{YEAR}/2/statements"
    officer = token("review:write", buyers=[ICB])
    assert (await send(model, path, said, officer)).json()["who"] == "officer"
    for bearer in (token("spend:read"), token("review:write", buyers=["GB-LAE-LDS"])):
        assert (await send(model, path, said, bearer)).status_code == 403
    assert (await send(model, path, said)).status_code == 422, "nobody is named"
    for wrong in (said | {"day": "2026-11-24"}, said | {"says": " "}, said | {"status": "met"}):
        assert (await send(model, path, wrong, officer)).status_code == 422
    assert (await send(model, f"{YEAR}/13/statements", said, officer)).status_code == 404
    nobody = "00000000-0000-0000-0000-000000000000"
    assert (await send(model, f"{path}/{nobody}/withdraw", {}, officer)).status_code == 404
