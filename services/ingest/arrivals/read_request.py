"""The body of a request as rows, each an event or what is wrong with it.

Events come as CloudEvents (structured, batch, binary:
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md)
or as plain JSON, one object or an array of them, each with an `id` of the sender's own.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import orjson

from services.ingest.arrivals.batch import check_size
from services.ingest.buyers.buyer import as_org_id
from shared.envelope import STRUCTURED, Envelope, open_binary, open_event
from shared.errors import Rejected

BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"
_KEPT_OF_TOO_DEEP = 4096
_CE = "ce-"
Headers = tuple[tuple[str, bytes], ...]
_PLAIN: Headers = (("content-type", PLAIN.encode()),)
_AS_EVENT: Headers = (("content-type", STRUCTURED.encode()),)
_LONGEST_ID = 255

AsEvent = Callable[[object], Envelope]


class NotAccepted(Exception):
    """A body that is no rows at all: the HTTP status that says so, and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Row(NamedTuple):
    """One event of a request: its number from 1, its bytes, the buyer that it names.

    `headers` are those with which its bytes alone would be the same event.
    """

    number: int
    content: bytes
    buyer: str | None
    event: Envelope | Rejected
    headers: Headers

    def opened(self, largest: int, what: str) -> Envelope:
        """The event; Rejected where it is none, or larger than its kind may be."""
        check_size(self.content, largest, what)
        if isinstance(self.event, Rejected):
            raise self.event.bare()
        return self.event


def read_rows(headers: Mapping[str, str], body: bytes, most: int, plain: AsEvent) -> list[Row]:
    """The rows of a request; `plain` makes an event of an object of plain JSON.

    Raises NotAccepted: 400 where the body is not JSON, 413 for more than `most` rows, 415 for
    another content type, 422 where an object has a name twice: nobody can tell which is meant.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in (STRUCTURED, BATCH, PLAIN):
        raise NotAccepted(415, f"the content type must be {PLAIN}, {STRUCTURED} or {BATCH}")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAccepted(400, f"the body is not JSON: {error}") from error
    _check_names(body)
    attributes = {
        name[len(_CE) :]: unquote_to_bytes(value)
        for name, value in headers.items()
        if name.startswith(_CE)
    }
    if content_type == PLAIN and attributes:
        as_sent = *_PLAIN, *((_CE + name, value) for name, value in attributes.items())
        return [_row(1, body, said, lambda _: open_binary(attributes, body, prefix=""), as_sent)]
    if content_type == STRUCTURED:
        return [_row(1, body, said, open_event, _AS_EVENT)]
    if content_type == BATCH and not isinstance(said, list):
        raise NotAccepted(400, "a batch of CloudEvents is a JSON array")
    items = said if isinstance(said, list) else [said]
    if not items:
        raise NotAccepted(400, "the array is empty: nothing was sent")
    if len(items) > most:
        raise NotAccepted(413, f"{len(items):,} rows were sent; {most:,} may be sent at once")
    read, alone = (open_event, _AS_EVENT) if content_type == BATCH else (plain, _PLAIN)
    return [
        _row(number, _bytes(item, body), item, read, alone) for number, item in enumerate(items, 1)
    ]


def _check_names(body: bytes) -> None:
    """Orjson keeps the last of equal names and says nothing (RFC 8259, 4: unpredictable)."""
    with contextlib.suppress(RecursionError):  # so deep that its row is refused for that
        json.loads(body, object_pairs_hook=_once_each, parse_int=str, parse_float=str)


def _once_each(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) < len(pairs):
        name = next(name for name, times in Counter(n for n, _ in pairs).items() if times > 1)
        raise NotAccepted(422, f"{name[:80]!r} is given twice in one object: nothing was taken")


def _row(number: int, content: bytes, item: object, read: AsEvent, headers: Headers) -> Row:
    event: Envelope | Rejected
    try:
        event = read(item)
    except Rejected as error:
        event = error.bare()
    except orjson.JSONEncodeError:  # plain data: orjson reads deeper than it writes
        event = Rejected("the data is nested too deeply", "data")
    return Row(number, content, _claimed_buyer(item), event, headers)


def _bytes(item: object, body: bytes) -> bytes:
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:  # deeper than orjson writes, if not than the standard library
        try:
            return json.dumps(item).encode()
        except RecursionError:
            return body[:_KEPT_OF_TOO_DEEP]


def _claimed_buyer(item: object) -> str | None:
    """The buyer that an event names, be it usable or not."""
    if isinstance(item, dict) and isinstance(data := item.get("data"), dict):
        item = data
    buyer = item.get("buyer") if isinstance(item, dict) else None
    return as_org_id(buyer)


def plain_event(default_type: str, item: object) -> Envelope:
    """An object of plain JSON as an event from `/buyers/<buyer>` with the sender's own `id`."""
    if not isinstance(item, dict):
        raise Rejected("a JSON object is expected")
    data: dict[str, Any] = dict(item)
    name, kind = data.pop("id", None), data.pop("type", default_type)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID or "\x00" in name:
        raise Rejected("id must be text of the sender's own that names this row for ever", "id")
    if not isinstance(kind, str):
        raise Rejected("type must be text", "type")
    buyer = _claimed_buyer(item) or "unknown"
    return Envelope(name, f"/buyers/{buyer}", kind, orjson.dumps(data))
