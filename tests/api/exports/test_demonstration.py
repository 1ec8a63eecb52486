"""The demonstration year as its buyer would publish it."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from deploy.demo.agreements import agreement_facts
from deploy.demo.lines import AGREEMENTS, BUYER
from deploy.demo.payments import icb_payments
from services.ingest.agreements.agreement import REGISTERED, VARIED, Step, published
from services.ingest.agreements.read_agreement import read_agreement
from services.ingest.dry_run.dry_run import dry_run_file
from shared.envelope import Envelope
from shared.events import (
    AgreementRegistered,
    AgreementVaried,
    BuyerRegistered,
    Fact,
    PaymentAccepted,
    SupplierClassified,
)
from shared.identity import identify
from tests.api.conftest import Model
from tests.api.exports import standards
from tests.api.exports.made import PUBLISHER
from tests.api.facts import NOW, classified
from tests.ingest.said import ICB
from tests.support.suppliers import supplier_id

TODAY = date(2026, 11, 23)
NAME = BuyerRegistered(buyer=BUYER, name="NHS West Yorkshire ICB", recorded_at=NOW)
NUMBERS = {one.reference: one.provider.charity_number for one in AGREEMENTS}
KINDS = {one.reference: one.kind for one in AGREEMENTS}
POSTED = [posting.data for posting in icb_payments()]
OVER = [each for each in POSTED if abs(each["amount_pence"]) > 25_000_00]


def _agreed() -> Iterator[AgreementRegistered | AgreementVaried]:
    versions: Counter[str] = Counter()
    for fact in agreement_facts(TODAY):
        if fact.type not in {REGISTERED, VARIED}:
            continue
        envelope = Envelope(fact.id, "/demo", fact.type, orjson.dumps(fact.data))
        said = read_agreement(envelope, ICB, NOW)
        versions[said.agreement_id] += 1
        step = Step(said.event_id, said.type, said.data, published=True)
        model = AgreementRegistered if fact.type == REGISTERED else AgreementVaried
        yield model.model_validate_json(
            published(said.agreement_id, versions[said.agreement_id], step, NOW)
        )


def _paid() -> Iterator[PaymentAccepted]:
    for number, data in enumerate(POSTED):
        known = data | {
            "payment_id": UUID(identify("demo", str(number))),
            "supplier_id": UUID(supplier_id(data["payee"], data.get("charity_number"))),
            "payment_date": date.fromisoformat(data["payment_date"]),
            "recorded_at": NOW,
        }
        yield PaymentAccepted(**known)


def _matched(facts: list[Any]) -> Iterator[SupplierClassified]:
    """Each supplier of an agreement as the charity that the sample's register has."""
    for fact in facts:
        number = NUMBERS.get(fact.reference)
        if number is not None:
            payee = getattr(fact, "provider", None) or fact.payee
            known = classified(payee, organisation=f"GB-CHC-{number}", organisation_name=payee)
            yield known.model_copy(update={"supplier_id": fact.supplier_id})


async def test_the_demonstration_year_is_published_by_every_standard(
    model: Model, tmp_path: Path
) -> None:
    model.publisher = PUBLISHER
    stated: list[Any] = [*_agreed(), *_paid()]
    facts: list[Fact] = [NAME, *stated, *_matched(stated)]
    await model.project(*facts)
    rows = await model.ask_sheet("/v1/exports/spend-over-25000", buyer=BUYER)
    assert len(rows) == len(OVER)
    assert sum(round(float(row["Amount"]) * 100) for row in rows) == sum(
        each["amount_pence"] for each in OVER
    )
    path = tmp_path / "spend.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    [read] = dry_run_file(path, {}, TODAY, buyer=BUYER)
    assert (read.rejected_by_reason, read.accepted.rows) == ({}, len(OVER))

    package = await model.ask("/v1/exports/ocds", buyer=BUYER)
    contracts = [contract for each in package["releases"] for contract in each["contracts"]]
    kinds = Counter(KINDS.values())
    assert len(contracts) == kinds.total() - kinds["grant"]
    of_contracts = {one for one, number in NUMBERS.items() if number and KINDS[one] != "grant"}
    told = sum(
        round(paid["value"]["amount"] * 100)
        for contract in contracts
        for paid in contract.get("implementation", {}).get("transactions", ())
    )
    assert told == sum(
        each["amount_pence"] for each in POSTED if each.get("reference") in of_contracts
    )

    grants = await model.ask("/v1/exports/360giving", buyer=BUYER, financial_year="2022-23")
    problems = await model.ask("/v1/exports/360giving/problems", buyer=BUYER)
    assert len(grants["grants"]) == problems["published"]["rows"]
    assert problems["published"]["rows"] + problems["left_out"]["rows"] == kinds["grant"]
    assert list(standards.ocds_package().iter_errors(package)) == []
    assert list(standards.grant_package().iter_errors(grants)) == []
