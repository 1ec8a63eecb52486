"""`POST /v1/agreements`: registrations, variations and ends."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.identity import agreement_id
from tests.ingest.routes.test_posting import post
from tests.ingest.said import (
    CONTACTS_OF_THE_HOSPICE,
    outbox_of,
    published_data,
    rows_of,
    terms,
)

ID = agreement_id("GB-NHS-QWO", "WY-042")
END = {
    "id": "3",
    "type": "agreement.ended.v1",
    "buyer": "GB-NHS-QWO",
    "reference": "WY-042",
    "ended_on": "2026-03-31",
}
VARIATION = {"id": "2", "type": "agreement.varied.v1", "effective_on": "2025-04-01"}


async def test_an_agreement_is_registered_varied_and_ended(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    rows = [{"id": "1", **terms()}, VARIATION | terms(title="B"), END]
    answer = await post(door, rows, path="/v1/agreements")
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 3,
        "already_known": 0,
        "rejected": [],
        "agreement_ids": [ID],
        "outdated_contacts": [],
    }
    kept = await rows_of(
        engine, "select version, data->>'title' as title from agreement_facts order by version"
    )
    assert [tuple(row) for row in kept] == [(1, "Hospice care at home"), (2, "B"), (3, None)]


async def test_other_terms_are_refused_with_what_to_send(door: httpx.AsyncClient) -> None:
    await post(door, {"id": "1", **terms()}, path="/v1/agreements")
    answer = await post(door, {"id": "2", **terms(title="B")}, key="2", path="/v1/agreements")
    assert answer.status_code == 422
    assert "agreement.varied.v1" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (terms(end="2024-03-31"), "end"),
        (terms(notice_period="6 mnths"), "notice_period"),
        (terms(notice_period="P9Y"), "notice_period"),
        (
            terms(notice_period=None, notice_terms={"division": "england"}),
            "notice_terms.division",
        ),
        (terms(title="Two under one reference"), "reference"),
        (VARIATION | terms() | {"effective_on": "2026-04-01"}, "effective_on"),
    ],
)
async def test_what_is_wrong_is_told_by_its_field_and_nothing_is_half_done(
    door: httpx.AsyncClient, engine: AsyncEngine, row: dict[str, Any], field: str
) -> None:
    await post(door, [{"id": "1", **terms()}, END], path="/v1/agreements")
    kept = "select * from agreement_facts order by version"
    before, waiting = await rows_of(engine, kept), await outbox_of(engine)
    answer = await post(door, {**row, "id": "x"}, key="2", path="/v1/agreements")
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert "WY-042" not in answer.json()["detail"], "references may name a person"
    assert await rows_of(engine, kept) == before
    assert await outbox_of(engine) == waiting
    assert len(await rows_of(engine, "select * from rejects")) == 1


async def test_a_variation_of_an_agreement_not_yet_known_is_kept_until_it_is(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    answer = await post(door, VARIATION | terms(title="B"), path="/v1/agreements")
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    await post(door, {"id": "1", **terms()}, key="2", path="/v1/agreements")
    told = await published_data(engine, "agreements.v1")
    assert [(each["version"], each["title"]) for each in told] == [
        (1, "B"),
        (2, "Hospice care at home"),
    ]


async def test_contacts_are_taken_beside_the_agreement_and_again_when_confirmed(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    contacts = {"id": "c", "type": "contacts.named.v1", **CONTACTS_OF_THE_HOSPICE}
    rows = [{"id": "1", **terms()}, contacts]
    answer = await post(door, rows, path="/v1/agreements")
    assert answer.json()["accepted"] == 2
    again = contacts | {"id": "c2", "confirmed_on": "2026-11-01"}
    answer = await post(door, [contacts, again], key="2", path="/v1/agreements")
    assert (answer.json()["accepted"], answer.json()["already_known"]) == (1, 1)
    told = await published_data(engine, "contacts.v1")
    assert [each["confirmed_on"] for each in told] == ["2026-09-01", "2026-11-01"]


async def test_contacts_confirmed_ahead_are_refused_and_older_ones_are_told_to_be_outdated(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    contacts = {"id": "c", "type": "contacts.named.v1", **CONTACTS_OF_THE_HOSPICE}
    mistyped = contacts | {"id": "c0", "confirmed_on": "2062-09-01"}
    answer = await post(door, [contacts, mistyped], path="/v1/agreements")
    assert [each["field"] for each in answer.json()["rejected"]] == ["confirmed_on"]
    older = contacts | {"id": "c1", "confirmed_on": "2026-08-31", "contacts": []}
    answer = await post(door, older, key="2", path="/v1/agreements")
    assert (answer.json()["accepted"], answer.json()["outdated_contacts"]) == (
        1,
        [{"agreement_id": ID, "counts_since": "2026-09-01"}],
    )
    forget = contacts | {"id": "c2", "contacts": []}
    answer = await post(door, forget, key="3", path="/v1/agreements")
    assert answer.json()["outdated_contacts"] == []
    assert (await published_data(engine, "contacts.v1"))[-1]["contacts"] == []


async def test_up_to_500_at_once(door: httpx.AsyncClient) -> None:
    rows = [{"id": str(n), **terms(reference=f"WY-{n}")} for n in range(501)]
    assert (await post(door, rows, path="/v1/agreements")).status_code == 413
    answer = await post(door, rows[:500], path="/v1/agreements")
    assert answer.json()["accepted"] == 500


async def test_an_end_refuted_by_a_registration_is_no_row_of_the_request(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await post(door, END | {"ended_on": "2024-03-31"}, path="/v1/agreements")
    answer = await post(door, {"id": "1", **terms()}, key="2", path="/v1/agreements")
    assert answer.json()["rejected"] == []
    assert len(await rows_of(engine, "select * from rejects")) == 1


async def test_two_agreements_sent_at_once_under_one_id_are_one_and_a_refusal(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    for attempt in range(5):
        answers = await asyncio.gather(
            *(
                post(
                    door,
                    {"id": str(attempt), **terms(reference=f"WY-{attempt}-{each}")},
                    key=f"{attempt}-{each}",
                    path="/v1/agreements",
                )
                for each in range(6)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [422] * 5
        refused = next(answer for answer in answers if answer.status_code == 422)
        assert "same source and id" in refused.json()["detail"]
    assert len(await rows_of(engine, "select * from agreements")) == 5
