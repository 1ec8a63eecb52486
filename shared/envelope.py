"""CloudEvents 1.0: binary mode inside (attributes in `ce_` headers), binary or structured at doors.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

import orjson
from pydantic import ValidationError

from shared.errors import Rejected
from shared.events import Fact
from shared.fields import TURNING
from shared.plain import in_plain_words

Headers = Sequence[tuple[str, bytes]]
FactT = TypeVar("FactT", bound=Fact)

STRUCTURED = "application/cloudevents+json"
_STRUCTURED = STRUCTURED.encode()
_LONGEST_ATTRIBUTE = 255
_TURNING = re.compile(f"[{TURNING}]")


class Envelope(NamedTuple):
    """One event's context attributes and its data, still as JSON bytes."""

    id: str
    source: str
    type: str
    data: bytes


def open_record(headers: Headers, value: bytes | None) -> Envelope:
    """The envelope of a Kafka record; Rejected says which attribute is missing or wrong."""
    given = dict(headers)
    if (kind := given.get("content-type")) and kind.startswith(_STRUCTURED):
        return open_structured(value or b"")
    return open_binary(given, value or b"")


def open_binary(headers: Mapping[str, bytes | None], data: bytes, prefix: str = "ce_") -> Envelope:
    """The envelope of an event whose attributes stand in headers, named `ce_...` by default."""
    source, kind = _source_and_type(
        headers.get(prefix + "specversion"),
        headers.get(prefix + "type"),
        headers.get(prefix + "source"),
    )
    return Envelope(_attribute("id", headers.get(prefix + "id")), source, kind, data)


def type_of(headers: Mapping[str, bytes | None], prefix: str = "ce_") -> str:
    """The type of an event in binary mode; Rejected where its headers are those of none."""
    return _type(headers.get(prefix + "specversion"), headers.get(prefix + "type"))


def open_structured(body: bytes) -> Envelope:
    """The envelope of an `application/cloudevents+json` body."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(f"not JSON: {error}") from error
    return open_event(event)


def open_event(event: object) -> Envelope:
    """The envelope of a structured event already read from JSON."""
    if not isinstance(event, dict):
        raise Rejected("not a CloudEvent: a JSON object is expected")
    if event.get("specversion") != "1.0":
        raise Rejected("not a CloudEvent: specversion 1.0 is expected", "specversion")
    if "data" not in event:
        raise Rejected("not a CloudEvent with JSON data: `data` is missing", "data")
    try:
        data = orjson.dumps(event["data"])
    except orjson.JSONEncodeError as error:  # orjson reads deeper than it writes
        raise Rejected("the data is nested too deeply", "data") from error
    return Envelope(
        _attribute("id", event.get("id")),
        _attribute("source", event.get("source")),
        _attribute("type", event.get("type")),
        data,
    )


def _attribute(name: str, given: object) -> str:
    """One context attribute as text: from a header's bytes, or from a JSON member."""
    try:
        text = given.decode() if isinstance(given, bytes) else given
    except UnicodeDecodeError as error:
        raise Rejected(f"the CloudEvents attribute `{name}` is not UTF-8", name) from error
    if not text or not isinstance(text, str):
        raise Rejected(f"not a CloudEvent: the attribute `{name}` is missing", name)
    if len(text) > _LONGEST_ATTRIBUTE or "\x00" in text:
        raise Rejected(f"the CloudEvents attribute `{name}` is not usable text", name)
    return text


def _type(version: bytes | None, kind: bytes | None) -> str:
    if _attribute("specversion", version) != "1.0":
        raise Rejected("CloudEvents 1.0 is expected", "specversion")
    return _attribute("type", kind)


# Few senders and few types: reading their attributes once saves a microsecond a record.
@lru_cache(maxsize=1024)
def _source_and_type(
    version: bytes | None, kind: bytes | None, source: bytes | None
) -> tuple[str, str]:
    read = _type(version, kind)
    return _attribute("source", source), read


def kafka_headers(event_type: str, source: str, time: datetime) -> list[tuple[str, bytes]]:
    """The headers that a batch of events shares; each event adds its own `ce_id`."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_type", event_type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", b"application/json"),
    ]


def read_posted(fact: type[FactT], data: bytes) -> FactT:
    """Untrusted data as a fact; Rejected names the first field at fault. Unknown fields are one."""
    try:
        return _read(fact, data, "forbid")
    except ValidationError as error:
        raise explain(error) from error


def read_published(fact: type[FactT], data: bytes) -> FactT:
    """Our own data as a fact; optional fields that a newer version added are left aside."""
    try:
        return _read(fact, data, "ignore")
    except ValidationError as error:
        raise explain(error) from error


def _read(fact: type[FactT], data: bytes, extra: Literal["forbid", "ignore"]) -> FactT:
    """As `model_validate_json`, without what that does in Python: half a microsecond a record."""
    read: FactT = fact.__pydantic_validator__.validate_json(data, extra=extra)
    return read


def explain(error: ValidationError) -> Rejected:
    """What a finance officer needs of a validation error: the field and a plain sentence."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return Rejected(f"not JSON: {first['msg'].removeprefix('Invalid JSON: ')}")
    if first["type"] == "value_error":
        said = first["msg"].removeprefix("Value error, ")
        return Rejected(f"{field}: {said}" if field else said, field)
    if field == "":
        return Rejected("a JSON object is expected")
    if first["type"] == "extra_forbidden":
        # The name is the sender's own text, and `field` alone holds it: reasons are logged, counted
        # and shown to who may not see the content.
        return Rejected("there is a field that is not known", field)
    plain = in_plain_words(first)
    if first["type"] == "string_pattern_mismatch" and isinstance(first["input"], str):
        if _has_control_character(first["input"]):
            plain = "holds a control character, such as a null byte"
        elif _TURNING.search(first["input"].strip()):
            plain = "holds a character that ends a line or turns the direction of reading"
        elif field != "buyer":  # of the texts the only one that has a form of its own
            plain = "holds no character that can be seen"
    return Rejected(f"{field} {plain}", field)


def _has_control_character(value: object) -> bool:
    return isinstance(value, str) and any(
        (c < " " and c not in "\t\n\r") or c == "\x7f" for c in value
    )
