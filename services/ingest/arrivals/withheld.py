"""Persons' names and addresses that are not kept where they can't be erased again."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson

from services.ingest.agreements.agreement import CONTACTS
from shared.inbox import Reject

_NAMED = CONTACTS.encode()
_KEPT = ("specversion", "id", "source", "type", "buyer", "reference", "confirmed_on")
"""What tells a sender which of its facts it was, and names no contact."""


def digest_of_contacts(event_id: str, data: Mapping[str, Any]) -> str:
    """Tells a list sent again from another one once the list itself is erased.

    Of the event's id as well, so that equal lists of two agreements do not look equal.
    """
    said = orjson.dumps([event_id, data["confirmed_on"], data["contacts"]])
    return sha256(said).hexdigest()


def without_persons(reject: Reject) -> Reject:
    """The reject; of contacts only what names nobody, with the digest of all that was sent.

    Quarantine and dead letters have no key by which the person could be found who later asks to be
    forgotten. The sender has the list and the reason names the field.
    """
    values = (value or b"" for _, value in reject.headers)
    if _NAMED not in reject.content and _NAMED not in values:
        return reject
    try:
        sent = orjson.loads(reject.content)
    except orjson.JSONDecodeError:
        sent = None
    kept = _attributes(sent) | {
        "withheld": "contacts are persons: what can't be used of them is not kept",
        "sha256": sha256(reject.content).hexdigest(),
    }
    return replace(reject, content=orjson.dumps(kept))


def _attributes(sent: Any) -> dict[str, str]:
    if not isinstance(sent, dict):
        return {}
    data = sent.get("data")
    fields = sent | (data if isinstance(data, dict) else {})
    return {name: fields[name] for name in _KEPT if isinstance(fields.get(name), str)}
