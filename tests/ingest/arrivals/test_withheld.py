"""What is kept of contacts that can't be used names nobody."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.ingest.agreements.agreement import CONTACTS
from services.ingest.arrivals.batch import read_batch
from shared.errors import Rejected
from shared.inbox import Reject
from tests.ingest.said import CONTACTS_OF_THE_HOSPICE, binary, event, terms

PLAIN = json.dumps({"id": "1", "type": CONTACTS, **CONTACTS_OF_THE_HOSPICE}).encode()
STRUCTURED = json.dumps(event("1", CONTACTS_OF_THE_HOSPICE, CONTACTS)).encode()
BINARY = json.dumps(CONTACTS_OF_THE_HOSPICE).encode()
Headers = tuple[tuple[str, bytes | None], ...]


def quarantined(content: bytes, headers: Headers = ()) -> Reject:
    """What a door keeps of what it can't use."""

    def read(_: bytes) -> None:
        raise Rejected("contacts.0.channel is none that is known", "contacts.0.channel")

    def refuse(sent: bytes, error: Rejected) -> Reject:
        return Reject("test:1/1", error.reason, error.field, sent, "GB-NHS-QWO", headers)

    [reject] = read_batch([content], read, refuse).rejects
    return reject


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (PLAIN, ()),
        (STRUCTURED, ()),
        (BINARY, tuple(binary("1", CONTACTS))),
        (BINARY[:-1], tuple(binary("1", CONTACTS))),
        (json.dumps([CONTACTS, "Alex Moss"]).encode(), ()),
    ],
)
def test_no_person_stays_in_quarantine(content: bytes, headers: Headers) -> None:
    kept = quarantined(content, headers)
    said: Mapping[str, Any] = json.loads(kept.content)
    assert "Moss" not in kept.content.decode()
    assert said["withheld"]
    assert len(said["sha256"]) == 64
    assert kept.field == "contacts.0.channel"


def test_what_names_the_fact_stays() -> None:
    kept = json.loads(quarantined(STRUCTURED).content)
    assert (kept["id"], kept["reference"], kept["confirmed_on"]) == ("1", "WY-042", "2026-09-01")


def test_other_rejects_are_kept_whole() -> None:
    content = json.dumps(terms(end="2020-01-01")).encode()
    assert quarantined(content).content == content
