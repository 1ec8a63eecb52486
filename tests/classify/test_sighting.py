"""Which records are decoded, and which suppliers they show."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from aiokafka import ConsumerRecord

from services.classify.sighting import sight_agreements, sight_payments
from shared.envelope import kafka_headers
from shared.errors import UpgradeNeeded
from shared.events import (
    AgreementEnded,
    AgreementLine,
    AgreementRegistered,
    KnownMember,
    PaymentAccepted,
    PaymentCorrected,
)
from shared.identity import identify, partition_key
from tests.support.suppliers import supplier_id

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
WITHDRAWN = 0
"""Pence of a correction that withdraws a payment."""


def record(kind: str, value: bytes, key: bytes | None, offset: int = 0) -> Any:
    headers = [*kafka_headers(kind, "/ingest", NOW), ("ce_id", b"1")]
    return ConsumerRecord(
        *("payments.v1", 0, offset, 0, 0, key, value, None, 0, len(value)), headers=headers
    )


def payment(payee: str, offset: int = 0, **given: Any) -> Any:
    numbers = (given.get("charity_number"), given.get("company_number"))
    supplier = supplier_id(payee, *numbers)
    fact = PaymentAccepted.model_validate(
        {
            "payment_id": UUID(identify("payment", payee, str(offset))),
            "buyer": "GB-LAE-LDS",
            "supplier_id": UUID(supplier),
            "payee": payee,
            "payment_date": date(2024, 4, 30),
            "amount_pence": 100,
            "recorded_at": NOW,
            **given,
        }
    )
    return record(
        PaymentAccepted.TYPE, fact.model_dump_json().encode(), partition_key(supplier), offset
    )


def spoilt(payee: str, offset: int = 0) -> Any:
    return record(PaymentAccepted.TYPE, b"{", partition_key(supplier_id(payee)), offset)


def corrected(before: Any, revision: int, pence: int, payee: str | None = None) -> list[Any]:
    """A correction of a payment's record, under the key of each supplier concerned."""
    was = orjson.loads(before.value)
    name = was["payee"] if payee is None else payee
    replaced = {field: was[field] for field in ("supplier_id", "payment_date", "amount_pence")}
    fact = PaymentCorrected.model_validate_json(
        orjson.dumps(
            was
            | {
                "payee": name,
                "supplier_id": supplier_id(name),
                "amount_pence": pence,
                "revision": revision,
                "withdrawn": pence == WITHDRAWN,
                "why": "officer",
                "replaced": None if was.get("withdrawn") else replaced,
            }
        )
    )
    return [
        record(PaymentCorrected.TYPE, fact.model_dump_json().encode(), partition_key(supplier))
        for supplier in sorted({was["supplier_id"], str(fact.supplier_id)})
    ]


def test_a_correction_shows_the_supplier_that_is_paid_now() -> None:
    for one in corrected(payment("Beck"), 1, 5, "Hall"):
        [supplier], rejects = sight_payments([one], set())
        assert (supplier.payee, rejects) == ("Hall", [])


def test_a_known_supplier_is_not_decoded() -> None:
    known = {partition_key(supplier_id("Beck"))}
    assert sight_payments([spoilt("Beck")], known) == ([], [])


def test_each_unknown_supplier_is_seen_once_with_what_the_ledger_prints_beside_it() -> None:
    printed: dict[str, Any] = {
        "charity_number": "9000101",
        "company_number": "99000101",
        "postcode": "LS1 4AB",
    }
    suppliers, rejects = sight_payments(
        [payment("Beck", **printed), payment("Hall"), payment("Hall", 2)], set()
    )
    assert rejects == []
    assert [supplier[1:] for supplier in suppliers] == [
        ("Beck", "9000101", "99000101", "LS1 4AB"),
        ("Hall", None, None, None),
    ]


def test_a_spoilt_record_does_not_hide_a_good_one_of_the_same_supplier() -> None:
    suppliers, rejects = sight_payments([spoilt("Beck", 1), payment("Beck", 2)], set())
    assert [supplier.payee for supplier in suppliers] == ["Beck"]
    assert [(reject.origin, reject.content) for reject in rejects] == [
        ("kafka:payments.v1/0/1", b"{")
    ]


def test_a_key_that_is_not_the_suppliers_hides_nobody() -> None:
    one, other = payment("Beck", 1), payment("Hall", 2)
    one.key = other.key = b"12345678"
    assert len(sight_payments([one, other], set())[0]) == 2


def test_a_type_that_is_not_known_waits_for_the_upgrade_and_none_at_all_is_rejected() -> None:
    with pytest.raises(UpgradeNeeded, match=r"payment\.corrected\.v2"):
        sight_payments([record("payment.corrected.v2", b"{}", b"12345678")], set())
    _, [reject] = sight_payments([record("", b"{}", b"12345678")], set())
    assert reject.field == "type"


TERMS: dict[str, Any] = {
    "agreement_id": UUID(identify("a")),
    "buyer": "GB-LAE-LDS",
    "reference": "A1",
    "version": 1,
    "recorded_at": NOW,
}


def test_agreements_show_who_delivers_and_their_end_shows_none() -> None:
    registered = AgreementRegistered(
        **TERMS,
        title="Hospice",
        kind="grant",
        provider="Thornbeck Hospice",
        start=date(2024, 4, 1),
        lines=(AgreementLine(programme="end of life", annual_amount_pence=1),),
        charity_number="9000101",
        supplier_id=UUID(supplier_id("Thornbeck Hospice", "9000101")),
        members=(
            KnownMember(
                name="Beck Street Carers",
                company_number="99000101",
                supplier_id=UUID(supplier_id("Beck Street Carers", None, "99000101")),
            ),
        ),
    )
    ended = AgreementEnded(**TERMS, ended_on=date(2025, 3, 31))
    key = partition_key(identify("a"))
    suppliers, rejects = sight_agreements(
        [record(f.TYPE, f.model_dump_json().encode(), key) for f in (registered, ended)]
    )
    assert [(s.payee, s.charity_number, s.company_number) for s in suppliers] == [
        ("Thornbeck Hospice", "9000101", None),
        ("Beck Street Carers", None, "99000101"),
    ]
    assert suppliers[1].supplier_id == supplier_id("Beck Street Carers", None, "99000101")
    assert rejects == []
