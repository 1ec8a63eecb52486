"""A provider's token sees its own organisation's, in every answer of `api`; nothing of another."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pyarrow.parquet as pq
import pytest

from shared.access import issue_provider_token
from shared.door.accepted import CSV_TYPE
from shared.events import AgreementLine
from shared.identity import identify
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from tests.api.conftest import KEY, Model
from tests.api.facts import (
    ICB,
    acknowledged,
    agreement,
    classified,
    corrected,
    named,
    notice,
    paid,
    planned,
    raised,
    registered,
    supplier,
    varied,
)


class Organisation(NamedTuple):
    """One of the two, with what is its own; `words` stand in nothing but that."""

    org_id: str
    payee: str
    reference: str

    @property
    def agreement(self) -> UUID:
        return agreement(self.reference)

    @property
    def payment(self) -> UUID:
        return paid(1, payee=self.payee).payment_id

    @property
    def supplier(self) -> UUID:
        return supplier(self.payee)

    @property
    def words(self) -> tuple[str, ...]:
        ids = (self.agreement, self.payment, self.supplier)
        return (self.org_id, self.payee, self.reference, self.said, *map(str, ids))

    @property
    def said(self) -> str:
        """What is written beside its payments and in its agreements."""
        return f"written of {self.payee}"

    @property
    def token(self) -> str:
        return issue_provider_token(KEY, self.org_id, self.org_id, datetime.now(UTC))


ALPHA = Organisation("GB-CHC-9000001", "ALPHA HOSPICE", "WY-A")
BRAVO = Organisation("GB-COH-09000002", "BRAVO CARE CIC", "WY-B")
PAIRS = [(ALPHA, BRAVO), (BRAVO, ALPHA)]
NOVATED = "WY-N"
"""An agreement that was Alpha's and is Bravo's."""

By = Callable[[Organisation], str]
BY_ID: dict[str, By] = {
    "GET /v1/payments/{payment_id}": lambda of: f"/v1/payments/{of.payment}",
    "GET /v1/suppliers/{supplier_id}": lambda of: f"/v1/suppliers/{of.supplier}",
    "GET /v1/organisations/{organisation}": lambda of: f"/v1/organisations/{of.org_id}",
    "GET /v1/agreements/{agreement_id}": lambda of: f"/v1/agreements/{of.agreement}",
}
"""Routes that a provider's token opens, of one thing: how it is asked for."""

ASKED_FOR: dict[str, tuple[str, list[By]]] = {
    "GET /v1/payments": (
        "/v1/payments",
        [
            lambda of: f"?organisation={of.org_id}",
            lambda of: f"?supplier={of.supplier}",
            lambda _: f"?buyer={ICB}&with_predecessors=true",
        ],
    ),
    "GET /v1/transactions": (
        "/v1/transactions",
        [lambda of: f"?organisation={of.org_id}", lambda of: f"?supplier={of.supplier}"],
    ),
    "GET /v1/suppliers": (
        "/v1/suppliers",
        [
            lambda of: f"?organisation={of.org_id}",
            lambda of: f"?name={of.payee}",
            lambda _: f"?buyer={ICB}&coverage=awaiting",
        ],
    ),
    "GET /v1/agreements": (
        "/v1/agreements",
        [
            lambda of: f"?provider={of.org_id}",
            lambda of: f"?provider={of.supplier}",
            lambda _: "?to=2024-12-31",  # a day on which what is Bravo's was Alpha's
            lambda _: f"?from=2024-04-01&to=2024-12-31&buyer={ICB}",
        ],
    ),
    "GET /v1/renewals": (
        "/v1/renewals?before=2099-01-01",
        [
            lambda _: f"&buyer={ICB}",
            lambda _: "&since=2027-01-01",
            lambda _: "&as_of=2024-12-31&since=2024-12-31",
        ],
    ),
}
"""Routes that a provider's token opens, of many: bare, and with what might bring another's."""

OWN = {*BY_ID, *ASKED_FOR}


@pytest.fixture
async def both(model: Model) -> Model:
    """What both organisations are paid, have agreed and are told of."""
    at_first = paid(7, payee=ALPHA.payee, purpose=ALPHA.said)
    for each in (ALPHA, BRAVO):
        terms: dict[str, Any] = {"provider": each.payee, "supplier_id": each.supplier}
        line = AgreementLine(programme="Care", annual_amount_pence=100, description=each.said)
        beside: dict[str, Any] = {
            "purpose": each.said,
            "reference": each.said,
            "transaction": each.said,
        }
        await model.project(
            classified(each.payee, organisation=each.org_id, organisation_name=each.payee),
            paid(1, payee=each.payee, **beside),
            paid(2, -100_00, payee=each.payee, **beside),
            registered(each.reference, title=each.said, lines=(line,), **terms),
            planned([("renewal", "2026-12-31")], reference=each.reference),
            notice(1, each.reference),
        )
    await model.project(
        registered(NOVATED, provider=ALPHA.payee, supplier_id=ALPHA.supplier, title=ALPHA.said),
        varied(
            NOVATED,
            provider=BRAVO.payee,
            supplier_id=BRAVO.supplier,
            title=BRAVO.said,
            changes=("novation",),
        ),
        # Paid to Alpha by mistake in the ledger, and corrected: it was Bravo's.
        at_first,
        corrected(at_first, payee=BRAVO.payee, purpose=BRAVO.said),
    )
    return model


def tells_of(answered: object, other: Organisation) -> list[str]:
    return [word for word in other.words if word in str(answered)]


@pytest.mark.parametrize(("own", "other"), PAIRS, ids=["alpha", "bravo"])
async def test_a_provider_finds_its_own_and_nothing_of_the_other(
    both: Model, own: Organisation, other: Organisation
) -> None:
    for route, by in BY_ID.items():
        found = await both.ask(by(own), token=own.token)
        assert own.payee in str(found), route
        assert tells_of(found, other) == [], route
        refused = await both.ask(by(other), token=own.token, status=404)
        unknown = await both.ask(by(NOBODY), token=own.token, status=404)
        assert shape(refused, other) == shape(unknown, NOBODY), f"{route}: as if there were none"
    for route, (path, narrowed) in ASKED_FOR.items():
        found = await both.ask(path, token=own.token)
        assert own.payee in str(found), route
        assert tells_of(found, other) == [], route
        for narrow in narrowed:
            answered = await both._get(path + narrow(other), own.token, {})
            assert answered.status_code in {200, 403}, (route, answered.text)
            assert tells_of(answered.text, other) == [], route


@pytest.mark.parametrize("media_type", [CSV_TYPE, NDJSON_TYPE, PARQUET_TYPE])
async def test_a_provider_s_whole_lists_hold_its_own_alone(both: Model, media_type: str) -> None:
    for route in ASKED_FOR:
        path = route.removeprefix("GET ")
        query = {"before": "2099-01-01"} if path == "/v1/renewals" else {}
        file = await both.ask_file(path, media_type, token=ALPHA.token, **query)
        said = str(rows_of(file))
        assert ALPHA.payee in said, path
        assert tells_of(said, BRAVO) == [], path
        theirs = await both.ask_file(path, media_type, token=BRAVO.token, **query)
        assert theirs.headers["etag"] != file.headers["etag"], path


def rows_of(file: httpx.Response) -> object:
    """What a file says: Parquet keeps words packed."""
    if file.headers["content-type"] == PARQUET_TYPE:
        return pq.read_table(io.BytesIO(file.content)).to_pylist()
    return file.text


NOBODY = Organisation("GB-CHC-9999999", "NOBODY AT ALL", "WY-0")


def shape(problem: dict[str, Any], asked: Organisation) -> str:
    """A problem without what was asked for."""
    said = str(problem)
    for word in asked.words:
        said = said.replace(word, "...")
    return said


async def test_what_was_another_s_before_is_not_shown_to_whom_it_came(both: Model) -> None:
    moved = await both.ask(f"/v1/agreements/{agreement(NOVATED)}", token=BRAVO.token)
    assert [each["provider"] for each in moved["versions"]] == [BRAVO.payee]
    await both.ask(f"/v1/agreements/{agreement(NOVATED)}", token=ALPHA.token, status=404)
    payment = f"/v1/payments/{paid(7, payee=ALPHA.payee).payment_id}"
    shown = await both.ask(payment, token=BRAVO.token)
    assert [each["payee"] for each in shown["revisions"]] == [BRAVO.payee]
    await both.ask(payment, token=ALPHA.token, status=404)


async def test_what_went_to_another_is_not_shown_as_it_stood_before(both: Model) -> None:
    for asked in (
        "/v1/agreements?to=2024-12-31",
        "/v1/agreements?from=2024-04-01&to=2025-03-31",
        f"/v1/agreements?to=2024-12-31&provider={ALPHA.supplier}",
        "/v1/renewals?before=2099-01-01&as_of=2024-12-31&since=2024-12-31",
    ):
        items = (await both.ask(asked, token=ALPHA.token))["items"]
        assert {each["reference"] for each in items} <= {ALPHA.reference}, asked


async def test_who_else_acknowledged_is_not_shown(model: Model) -> None:
    day, charity = "2026-12-31", "GB-CHC-9000001"
    await model.project(
        classified(),
        registered(),
        named(),
        planned([("renewal", day)]),
        raised(day),
        acknowledged(day, recipient="GB-COH-09000002"),
        acknowledged(day, recipient=charity),
        acknowledged(day, recipient=ICB, capacity="buyer"),
    )
    token = issue_provider_token(KEY, "p", charity, datetime.now(UTC))
    shown = await model.ask(f"/v1/agreements/{agreement()}", token=token)
    [obligation] = shown["obligations"]
    assert {one["recipient"] for one in obligation["acknowledgements"]} == {charity, ICB}
    assert (shown["contacts"], "Moss" in str(shown)) == (None, False)


async def test_what_the_buyer_drafted_is_not_shown_before_it_is_served(model: Model) -> None:
    charity = "GB-CHC-9000001"
    draft: dict[str, Any] = {"step": "drafted", "state": "drafted", "served_on": None}
    await model.project(
        classified(),
        registered(),
        notice(1, **draft),
        notice(1, notice_id=identify("notice", "theirs"), given_by="provider", **draft),
    )
    token = issue_provider_token(KEY, "p", charity, datetime.now(UTC))
    path = f"/v1/agreements/{agreement()}"
    assert len((await model.ask(path))["notices"]) == 2
    [theirs] = (await model.ask(path, token=token))["notices"]
    assert theirs["given_by"] == "provider"
    await model.project(notice(2))
    shown = (await model.ask(path, token=token))["notices"]
    assert {one["state"] for one in shown} == {"drafted", "served"}


async def test_a_page_of_one_provider_does_not_go_on_for_another(both: Model) -> None:
    first = await both.ask("/v1/payments", token=ALPHA.token, limit=1)
    assert first["next"] is not None
    await both.ask("/v1/payments", token=BRAVO.token, cursor=first["next"], limit=1, status=422)
