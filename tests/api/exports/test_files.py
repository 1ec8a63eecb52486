"""The files of a buyer's publication, from its facts by way of the door."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.__main__ import app
from services.api.asked.periods import Span
from services.api.exports.asked import AskedExport
from services.api.exports.files import EXPORTS
from services.api.exports.publication import REDACTED
from services.api.exports.publish_files import ask_for, publish_files
from shared.door import slow_readers
from shared.events import BuyerRegistered, PaymentAccepted, PaymentCorrected
from tests.api.conftest import Model, Standing, token
from tests.api.exports import standards
from tests.api.exports.made import PUBLISHER
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    NOW,
    PERSON,
    classified,
    corrected,
    ended,
    member,
    paid,
    registered,
    unmatched,
    varied,
)
from tests.api.facts import supplier as supplier_of

NAME = BuyerRegistered(buyer=ICB, name="NHS West Yorkshire ICB", recorded_at=NOW)
BEFORE = NOW - timedelta(days=1)
MEMBER = member(since="2000-01-01", definition="community-interest")
KNOWN = [NAME, classified(memberships=[MEMBER]), unmatched()]
YEAR: dict[str, Any] = {"buyer": ICB, "financial_year": "2024-25"}
AWARDED: dict[str, Any] = {
    "kind": "grant",
    "awarded_on": date(2024, 4, 2),
    "total_amount_pence": 12_000_50,
}
SCOPES = {
    "spend-over-500": "payments:read",
    "spend-over-25000": "payments:read",
    "ocds": "payments:read",
    "vcse-grants": "spend:read",
    "360giving": "spend:read",
    "ocds/problems": "payments:read",
}
AN_OTHER: dict[str, Any] = {"provider": PERSON, "supplier_id": supplier_of(PERSON)}


@pytest.fixture
async def model(model: Model) -> Model:
    model.publisher = PUBLISHER
    return model


async def test_an_item_is_published_above_the_threshold_with_all_its_lines(model: Model) -> None:
    gone = paid(5, 9_000_00)
    facts: list[PaymentAccepted | PaymentCorrected] = [
        paid(1, 250_01, transaction="A"),
        paid(2, 250_00, transaction="A"),
        paid(3, 500_00),
        paid(4, -700_00, reference="CN 1"),
        gone,
        corrected(gone, withdrawn=True),
        paid(6, 900_00, payee=PERSON, purpose=f"Care of {PERSON}", transaction=PERSON),
        paid(7, 900_00, on="2025-04-01"),
        paid(8, 900_00, buyer=LEEDS),
        paid(9, 25_000_01),
    ]
    await model.project(*KNOWN, *facts)
    await model.project(NAME.model_copy(update={"name": "Older", "recorded_at": BEFORE}))
    rows = await model.ask_sheet("/v1/exports/spend-over-500", **YEAR)
    assert sorted(row["Amount"] for row in rows) == sorted(
        ["250.01", "250.00", "-700.00", "900.00", "25000.01"]
    )
    assert {row["Body name"] for row in rows} == {"NHS West Yorkshire ICB"}
    assert [row["Amount"] for row in rows if row["Beneficiary"] == REDACTED] == ["900.00"]
    assert PERSON not in str(rows)
    [large] = await model.ask_sheet("/v1/exports/spend-over-25000", **YEAR)
    assert (large["Supplier"], large["Amount"]) == (HOSPICE, "25000.01")
    # Whatever the token, the file is one to be published.
    officer = token("payments:read", "personal:read")
    assert await model.ask_sheet("/v1/exports/spend-over-500", token=officer, **YEAR) == rows


async def test_problems_tell_each_gap_with_its_rows_and_pounds(model: Model) -> None:
    await model.project(*KNOWN, paid(1, 600_00, unit="Leeds"), paid(2, 900_00, payee=PERSON))
    told = await model.ask("/v1/exports/spend-over-500/problems", **YEAR, limit=1)
    assert told["published"] == {"rows": 2, "amount": "1500.00"}
    assert told["left_out"] == {"rows": 0, "amount": "0.00"}
    gaps = {gap["field"]: (gap["rows"], gap["amount"], len(gap["ids"])) for gap in told["gaps"]}
    assert gaps["Value Added Tax that cannot be recovered"] == (2, "1500.00", 1)
    assert gaps["Beneficiary"] == (1, "900.00", 1)
    assert gaps["Local authority department which incurred the expenditure"][0] == 1


async def test_grants_are_listed_once_it_is_known_to_whom(model: Model) -> None:
    await model.project(
        *KNOWN,
        registered("G-1", **AWARDED),
        registered("G-2", kind="grant", start=date(2024, 5, 1), annual_pence=0),
        registered("G-3", **AWARDED, **AN_OTHER),
        registered("G-4", **AWARDED | {"awarded_on": date(2023, 1, 1)}),
        registered("C-1"),
    )
    rows = await model.ask_sheet("/v1/exports/vcse-grants", **YEAR)
    assert [(row["Date the grant was awarded"], row["Amount"]) for row in rows] in (
        [("02/04/2024", "12000.50"), ("", "")],
        [("", ""), ("02/04/2024", "12000.50")],
    )
    told = await model.ask("/v1/exports/vcse-grants/problems", **YEAR)
    assert (told["published"]["rows"], told["left_out"]["rows"]) == (2, 1)
    package = await model.ask("/v1/exports/360giving", **YEAR)
    assert [each["id"] for each in package["grants"]] == [f"360G-example-{ICB}-G-1"]
    [row] = await model.ask_sheet("/v1/exports/360giving", **YEAR)
    assert (row["Amount Awarded"], row["Funding Org:Name"]) == ("12000.50", NAME.name)
    told = await model.ask("/v1/exports/360giving/problems", **YEAR)
    assert (told["published"]["rows"], told["left_out"]["rows"]) == (1, 2)
    await model.ask("/v1/exports/360giving", status=404, buyer=ICB, financial_year="2019-20")
    assert list(standards.grant_package().iter_errors(package)) == []


async def test_contracts_with_the_payments_that_print_their_reference(model: Model) -> None:
    await model.project(
        *KNOWN,
        registered(),
        varied(reason="One more year", end="2028-03-31", changes=("extension",)),
        varied(version=3, effective_on="2026-07-01", reason="Too late"),
        ended(on="2026-06-30"),
        registered("WY-2", **AN_OTHER, title=f"Care by {PERSON}"),
        registered("WY-3", start=date(2026, 4, 1), end=None),
        paid(1, 625_000_00, reference="wy-1"),
        paid(2, 625_000_00, reference="INV 7"),
        paid(3, 1_00, reference="WY-1", payee=PERSON),
    )
    package = await model.ask("/v1/exports/ocds", **YEAR)
    assert PERSON not in json.dumps(package)
    releases = {each["parties"][1]["name"]: each for each in package["releases"]}
    [contract] = releases[HOSPICE]["contracts"]
    assert contract["status"] == "terminated"
    assert contract["value"] == {"amount": 30_000_000, "currency": "GBP"}
    assert [each["rationale"] for each in contract["amendments"]] == ["One more year"]
    payments = contract["implementation"]["transactions"]
    assert [each["value"]["amount"] for each in payments] == [625_000]
    assert len(package["releases"]) == 2, "the third begins after the year"
    assert releases[HOSPICE]["buyer"] == {"id": ICB, "name": NAME.name}
    assert list(standards.ocds_package().iter_errors(package)) == []


async def test_what_is_asked_wrongly_is_told_before_the_file_begins(model: Model) -> None:
    await model.project(*KNOWN, paid(1), registered("G-1", **AWARDED))
    for path, scope in SCOPES.items():
        others = token(*({"spend:read", "payments:read", "personal:read"} - {scope}))
        told = await model.ask(f"/v1/exports/{path}", status=403, token=others, buyer=ICB)
        assert told["detail"] == f"the token lacks the scope {scope}"
    for path in ("spend-over-500", "vcse-grants", "360giving/problems"):
        await model.ask(f"/v1/exports/{path}", status=422, buyer="GB-LAE-XXX")
    await model.ask("/v1/exports/vcse-grants", status=422, buyer=ICB, definition="mine")
    await model.ask("/v1/exports/sonnets/problems", status=422, buyer=ICB)
    years = ["2022-23", "2024-25"]
    await model.ask("/v1/exports/ocds", status=422, buyer=ICB, financial_year=years)
    assert await model.ask_sheet("/v1/exports/spend-over-500", buyer=ICB) == []


@pytest.mark.parametrize("stays", [False, True], ids=["goes away", "takes nothing"])
async def test_a_reader_that_reads_no_more_gives_its_connection_back(
    model: Model, monkeypatch: pytest.MonkeyPatch, *, stays: bool
) -> None:
    if stays:
        monkeypatch.setattr(slow_readers, "_GRACE_SECONDS", 0.05)
    await model.project(*KNOWN, *(paid(number, 600_00) for number in range(1_100)))
    app = model.app(None)
    began, never = asyncio.Event(), asyncio.Event()
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if (message := next(messages, None)) is not None:
            return message
        await (never if stays else began).wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            began.set()
            await never.wait()

    path = "/v1/exports/spend-over-500"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "headers": [],
        "query_string": f"buyer={ICB}".encode(),
    }
    async with asyncio.timeout(20):
        await app(scope, receive, send)
    assert model.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a pool of connections


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_files_of_a_publication_day(model: Model, tmp_path: Path) -> None:
    await model.project(*KNOWN, registered("G-1", **AWARDED), paid(1, 30_000_00))
    told: list[tuple[str, int]] = []
    asked = AskedExport(ICB, None, Span(), date(2026, 11, 23), definition="community-interest")
    asked = await ask_for(model.engine, asked, replace(PUBLISHER, ocid_prefix=None), list(EXPORTS))
    written = await publish_files(
        model.engine, asked, tmp_path, list(EXPORTS), lambda *each: told.append(each)
    )
    assert {each.name: each.rows for each in written if not each.reason} == {
        "spend-over-500": 1,
        "spend-over-25000": 1,
        "vcse-grants": 1,
        "360giving": 1,
    }
    assert [each.name for each in written if "OCID_PREFIX" in each.reason] == ["ocds"]
    assert _names(tmp_path) == [
        f"360giving_{ICB}.csv",
        f"360giving_{ICB}.json",
        f"problems_{ICB}.json",
        f"spend-over-25000_{ICB}.csv",
        f"spend-over-500_{ICB}.csv",
        f"vcse-grants_{ICB}.csv",
    ]
    assert sum(more for _, more in told) == 5
    lacking = json.loads((tmp_path / f"problems_{ICB}.json").read_text())
    assert lacking["vcse-grants"]["published"] == {"rows": 1, "amount": "12000.50"}


async def test_a_year_without_a_grant_is_told_by_the_command_and_is_no_failure(
    model: Model,
    stack: Addresses,
    standing: Standing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_API_DATABASE_SCHEMA", standing.schema)
    await model.project(*KNOWN, paid(1, 30_000_00))
    verb = ["export", "--buyer", ICB, "--to", str(tmp_path), "--only", "360giving"]
    for prefix, code in (({"LOCALPOUND_API_GRANT_PREFIX": "360G-trial"}, 0), ({}, 1)):
        ended = await asyncio.to_thread(CliRunner(env=prefix).invoke, app, verb)
        told = "360giving: no file: " in ended.output
        assert (ended.exit_code, told) == (code, True), ended.output


async def test_without_a_prefix_of_the_publisher_there_are_no_ids(model: Model) -> None:
    model.publisher = type(PUBLISHER)()
    await model.project(*KNOWN, registered())
    for path in ("ocds", "360giving", "ocds/problems"):
        told = await model.ask(f"/v1/exports/{path}", status=409, buyer=ICB)
        assert "_PREFIX is not set" in told["detail"]
        assert "to try, set " in told["detail"]
