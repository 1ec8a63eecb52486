"""CloudEvents at the doors: what opens, and what a sender is told."""

import json
from typing import Any

import pytest

from shared.envelope import open_record, read_posted, read_published
from shared.errors import Rejected
from shared.events import PaymentAccepted, PaymentPosted

PAYMENT: dict[str, Any] = {
    "buyer": "GB-LAE-LDS",
    "payee": "Leeds Mind",
    "payment_date": "2024-04-30",
    "amount_pence": 125000,
}
BINARY = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"1"),
    ("ce_source", b"/ledger"),
    ("ce_type", b"payment.posted.v1"),
]
DEEP = (
    b'{"specversion":"1.0","id":"1","source":"/l","type":"t","data":'
    + b"[" * 600
    + b"]" * 600
    + b"}"
)


def test_binary_and_structured_mode_say_the_same() -> None:
    structured = {"specversion": "1.0", "id": "1", "source": "/ledger", "type": "payment.posted.v1"}
    body = json.dumps(structured | {"data": PAYMENT}).encode()
    in_binary = open_record(BINARY, json.dumps(PAYMENT).encode())
    in_structured = open_record(
        [("content-type", b"application/cloudevents+json; charset=utf-8")], body
    )
    assert in_binary[:3] == in_structured[:3]
    assert json.loads(in_binary.data) == json.loads(in_structured.data)


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([], b"{}", "`specversion` is missing"),
        (BINARY[:3], b"{}", "`type` is missing"),
        ([*BINARY[:1], ("ce_id", b"\xff"), *BINARY[2:]], b"{}", "not UTF-8"),
        ([("ce_specversion", b"0.3"), *BINARY[1:]], b"{}", "CloudEvents 1.0"),
        ([("content-type", b"application/cloudevents+json")], b"{", "not JSON"),
        ([("content-type", b"application/cloudevents+json")], b"[]", "object"),
        ([("content-type", b"application/cloudevents+json")], None, "not JSON"),
        ([*BINARY[:1], ("ce_id", None), *BINARY[2:]], b"{}", "`id` is missing"),
        ([("content-type", b"application/cloudevents+json")], DEEP, "nested too deeply"),
    ],
)
def test_what_is_no_cloudevent_is_rejected(headers: Any, value: bytes | None, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        open_record(headers, value)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"payment_date": "2024-02-30"}, "payment_date", "must be a date"),
        ({"payment_date": 1714435200}, "payment_date", "must be a date"),
        ({"payment_date": "1714435200"}, "payment_date", "must be a date"),
        ({"payment_date": "2024-04-30T00:00:00"}, "payment_date", "must be a date"),
        ({"payment_date": "0024-04-30"}, "payment_date", "or later"),
        ({"amount_pence": "12"}, "amount_pence", "whole number"),
        ({"amount_pence": 12.5}, "amount_pence", "whole number"),
        ({"amount_pence": True}, "amount_pence", "whole number"),
        ({"amount_pence": 10**13}, "amount_pence", "or less"),
        ({"payee": "Leeds\x00Mind"}, "payee", "null byte"),
        ({"payee": "  "}, "payee", "must not be empty"),
        ({"payee": "Leeds\x7fMind"}, "payee", "control character"),
        ({"payee": "\u200b"}, "payee", "no character that can be seen"),
        ({"purpose": "\ufeff\u200d \U000e0041"}, "purpose", "no character that can be seen"),
        ({"payee": "Leeds \u202edniM"}, "payee", "turns the direction of reading"),
        ({"payee": "Leeds\u2028Mind"}, "payee", "ends a line"),
        ({"unit": "\u2066Roads\u2069"}, "unit", "turns the direction of reading"),
        ({"buyer": "Leeds"}, "buyer", "form that is not allowed"),
        ({"iban": "x"}, "iban", "a field that is not known"),
    ],
)
def test_a_reason_names_the_field_in_plain_words(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason) as caught:
        read_posted(PaymentPosted, json.dumps(PAYMENT | changes).encode())
    assert caught.value.field == field


@pytest.mark.parametrize("data", [b"", b"nope", b"\xff\xfe", b'{"buyer": "\\ud800"}'])
def test_what_is_not_json_is_said_to_be_so(data: bytes) -> None:
    with pytest.raises(Rejected, match="not JSON"):
        read_posted(PaymentPosted, data)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Rejected, match="payee is missing"):
        read_posted(PaymentPosted, b'{"buyer": "GB-LAE-LDS", "payment_date": "2024-04-30"}')


def test_a_reader_of_our_own_topics_tolerates_what_a_newer_version_adds() -> None:
    accepted = PAYMENT | {
        "payment_id": "6f9619ff-8b86-5d11-b42d-00c04fc964ff",
        "supplier_id": "6f9619ff-8b86-5d11-b42d-00c04fc964fe",
        "recorded_at": "2024-05-01T09:00:00Z",
        "merchant_category": "new",
    }
    assert read_published(PaymentAccepted, json.dumps(accepted).encode()).payee == "Leeds Mind"
