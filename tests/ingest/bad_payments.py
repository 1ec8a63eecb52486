"""Payments that can't be used, as they come: what each one is told, and of which field."""

import json
from typing import NamedTuple

from tests.ingest.said import binary, event, payment

Headers = list[tuple[str, bytes]]


class Bad(NamedTuple):
    """One bad record: its headers and value, the field at fault and words of the reason."""

    headers: Headers
    value: bytes | None
    field: str
    reason: str


def data(**changes: object) -> bytes:
    """A payment as JSON, with changes."""
    return json.dumps(payment(**changes)).encode()


def _without(name: str) -> Headers:
    return [header for header in binary("x") if header[0] != name]


_STRUCTURED = [("content-type", b"application/cloudevents+json")]
_DEEP = b"[" * 300 + b"]" * 300

CONTENT: dict[str, Bad] = {
    "missing field": Bad(binary("1"), data(payee=None), "payee", "payee is missing"),
    "extra field": Bad(
        binary("2"), data(iban="GB00"), "iban", "there is a field that is not known"
    ),
    "extra field named by a null byte": Bad(
        binary("3"), data(**{"a\x00b": 1}), "a\\0b", "a field that is not known"
    ),
    "amount with two points": Bad(
        binary("4"), data(amount="1,234.5.6", amount_pence=None), "amount", "not an amount"
    ),
    "amount that is no number": Bad(
        binary("5"), data(amount="NaN", amount_pence=None), "amount", "not an amount"
    ),
    "amount as a number": Bad(
        binary("6"), data(amount=12.5, amount_pence=None), "amount", "amount must be text"
    ),
    "amount of over 13 digits": Bad(
        binary("7"), data(amount_pence=10**13), "amount_pence", "or less"
    ),
    "two amounts": Bad(binary("8"), data(amount="1.00"), "amount", "exactly one"),
    "impossible date": Bad(
        binary("9"), data(payment_date="2024-02-30"), "payment_date", "must be a date"
    ),
    "date far ahead": Bad(
        binary("10"), data(payment_date="2099-01-01"), "payment_date", "31 days ahead"
    ),
    "unknown buyer": Bad(binary("11"), data(buyer="GB-LAE-XXX"), "buyer", "buyers add GB-LAE-XXX"),
    "null byte": Bad(binary("12"), data(payee="Leeds\x00Mind"), "payee", "null byte"),
    "payee that no one sees": Bad(
        binary("25"), data(payee="\u200b \u3164\ufeff"), "payee", "no character that can be seen"
    ),
    "payee that reads backwards": Bad(
        binary("29"), data(payee="Leeds \u202edniM"), "payee", "turns the direction of reading"
    ),
    "reference that no one sees": Bad(
        binary("26"), data(reference="\u200f"), "reference", "no character that can be seen"
    ),
    "field that is a name": Bad(
        binary("27"),
        data(**{"ZEBEDEE QUILLFEATHER": 1}),
        "ZEBEDEE QUILLFEATHER",
        "there is a field that is not known",
    ),
    "type that is a name": Bad(
        binary("28", "zebedee.quillfeather"), data(), "type", "an event of this type"
    ),
    "blank payee": Bad(binary("13"), data(payee="  "), "payee", "must not be empty"),
    "unknown type": Bad(binary("14", "invoice.posted.v1"), data(), "type", "not taken here"),
    "unknown version": Bad(binary("15", "payment.posted.v2"), data(), "type", "not taken here"),
    "no type": Bad(_without("ce_type"), data(), "type", "`type` is missing"),
    "an array": Bad(binary("16"), b"[]", "", "a JSON object is expected"),
    "too large": Bad(binary("17"), data(purpose="x" * 70_000), "", "65,536 bytes at most"),
    "id too long": Bad(binary("x" * 256), data(), "id", "not usable text"),
}
"""What is JSON: bad by Kafka and by HTTP alike."""

RECORDS: dict[str, Bad] = {
    "not JSON": Bad(binary("18"), b"nope", "", "not JSON"),
    "NaN": Bad(
        binary("19"),
        data(amount_pence="@").replace(b'"@"', b"NaN"),
        "amount_pence",
        "whole number",
    ),
    "not UTF-8": Bad(binary("20"), data(payee="@").replace(b"@", b"\xff\xfe"), "", "not JSON"),
    "no CloudEvent": Bad([], data(), "specversion", "not a CloudEvent"),
    "structured, no CloudEvent": Bad(_STRUCTURED, data(), "specversion", "not a CloudEvent"),
    "structured, without data": Bad(
        _STRUCTURED, b'{"specversion": "1.0", "id": "24"}', "data", "`data` is missing"
    ),
    "structured, not JSON": Bad(_STRUCTURED, b"{", "", "not JSON"),
    "structured, nested deeply": Bad(
        _STRUCTURED,
        json.dumps(event("21", "@")).encode().replace(b'"@"', _DEEP),
        "data",
        "nested too deeply",
    ),
    "header not UTF-8": Bad(
        [*_without("ce_id"), ("ce_id", b"\xff\xfe")], data(), "id", "not UTF-8"
    ),
    "tombstone": Bad(binary("22"), None, "", "tombstone"),
    "10 MB": Bad(binary("23"), data(purpose="x" * 10_000_000), "", "65,536 bytes at most"),
}
"""What only Kafka brings as a record; HTTP refuses the whole request."""
