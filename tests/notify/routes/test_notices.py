"""`/v1/agreements/{id}/notices`: who may, that sending again changes nothing, two officers."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.identity import agreement_id
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, registered
from tests.notify.routes.conftest import KEY, MakeDoor, bearer

TODAY = datetime.now(UTC).date()
START, END = TODAY - timedelta(days=400), TODAY + timedelta(days=700)
PATH = f"/v1/agreements/{agreement_id(BUYER, 'LCC/1')}/notices"
IN_TIME = {"kind": "termination", "ends_on": END.isoformat(), "served_on": TODAY.isoformat()}
TOO_LATE = IN_TIME | {"ends_on": (TODAY + timedelta(days=30)).isoformat()}


@pytest.fixture
async def office(door: MakeDoor, desk: Desk) -> httpx.AsyncClient:
    await desk.tell(registered(start=START, end=END))
    return door(token_key=KEY)


async def post(
    office: httpx.AsyncClient, said: object, key: str = "one", path: str = "", buyer: str = BUYER
) -> httpx.Response:
    headers = bearer(buyer) | {"Idempotency-Key": key}
    return await office.post(PATH + path, json=said, headers=headers)


async def ledger(office: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await office.get(PATH, headers=bearer(BUYER))
    found: list[dict[str, Any]] = answer.json()["notices"]
    return found


async def test_a_notice_goes_from_draft_to_acknowledged(office: httpx.AsyncClient) -> None:
    draft = await post(office, {"kind": "termination", "ends_on": END.isoformat()})
    assert (draft.status_code, draft.json()["state"]) == (201, "drafted")
    step = f"/{draft.json()['notice_id']}"
    served = await post(office, {"served_on": TODAY.isoformat()}, "two", f"{step}/serve")
    assert (served.status_code, served.json()["in_time"]) == (200, True)
    assert served.json()["days_given"] == 700
    said = {"acknowledged_on": TODAY.isoformat(), "acknowledged_by": "the chair"}
    assert (await post(office, said, "three", f"{step}/acknowledge")).status_code == 200
    [notice] = await ledger(office)
    assert notice["state"] == "acknowledged"
    assert [one["step"] for one in notice["steps"]] == ["drafted", "served", "acknowledged"]
    withdrawn = await post(office, {"reason": "agreed to go on"}, "four", f"{step}/withdraw")
    assert withdrawn.json()["state"] == "withdrawn"


async def test_too_late_answers_with_the_dates_and_the_exceptions(
    office: httpx.AsyncClient,
) -> None:
    answer = await post(office, TOO_LATE)
    assert (answer.status_code, answer.headers["content-type"]) == (
        409,
        "application/problem+json",
    )
    body = answer.json()
    assert (body["days_given"], body["served_on"]) == (30, TODAY.isoformat())
    assert date.fromisoformat(body["last_safe_service"]) < TODAY
    assert date.fromisoformat(body["earliest_end"]) > TODAY + timedelta(days=180)
    assert set(body["exceptions"]) == {"mutual-agreement", "breach", "instruction"}
    excuse = {"ground": "instruction", "instructed_by": "NHS England", "reference": "PRN01234"}
    again = await post(office, TOO_LATE | {"exception": excuse})
    assert again.status_code == 201


async def test_the_same_request_again_gets_the_same_answer(office: httpx.AsyncClient) -> None:
    first, second = await post(office, IN_TIME), await post(office, IN_TIME)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(await ledger(office)) == 1
    other = await post(office, {"kind": "renewal"})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_of_two_officers_at_once_one_is_told_of_the_other(office: httpx.AsyncClient) -> None:
    both = await asyncio.gather(
        post(office, IN_TIME, "one"),
        post(office, {"kind": "renewal", "served_on": TODAY.isoformat()}, "two"),
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]
    [notice] = await ledger(office)
    step = f"/{notice['notice_id']}/withdraw"
    both = await asyncio.gather(
        post(office, {"reason": "not needed"}, "three", step),
        post(office, {"reason": "in error"}, "four", step),
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_only_the_buyers_own_officer_may(office: httpx.AsyncClient) -> None:
    assert (await post(office, IN_TIME, buyer="GB-LAE-BRD")).status_code == 403
    foreign = await office.get(PATH, headers=bearer("GB-LAE-BRD"))
    assert foreign.status_code == 403
    reader = bearer(BUYER, scopes=("spend:read",))
    assert (await office.get(PATH, headers=reader)).status_code == 403
    assert (await office.get(PATH)).status_code == 401


async def test_bad_input_is_refused_by_its_field(office: httpx.AsyncClient) -> None:
    for said, field in (
        ({"kind": "closure"}, "kind"),
        (IN_TIME | {"ends_on": "31/03/2027"}, "ends_on"),
        (IN_TIME | {"reson": "x"}, "reson"),
    ):
        answer = await post(office, said)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_is_not_known_and_what_has_no_key(office: httpx.AsyncClient) -> None:
    headers = bearer(BUYER) | {"Idempotency-Key": "one"}
    nowhere = PATH.replace(agreement_id(BUYER, "LCC/1"), agreement_id(BUYER, "LCC/2"))
    assert (await office.post(nowhere, json=IN_TIME, headers=headers)).status_code == 404
    assert (await office.get(nowhere, headers=headers)).status_code == 404
    step = f"/{agreement_id(BUYER, 'LCC/2')}/withdraw"
    assert (await post(office, {"reason": "x"}, "two", step)).status_code == 404
    assert (await office.post(PATH, json=IN_TIME, headers=bearer(BUYER))).status_code == 400
    headers |= {"Content-Type": "application/json"}
    assert (await office.post(PATH, content=b"{", headers=headers)).status_code == 422
