"""What OpenAPI says of bodies that are read as they come: their schemas and examples."""

from collections.abc import Sequence
from typing import Any

from services.ingest.arrivals.read_request import BATCH, PLAIN
from shared.envelope import STRUCTURED
from shared.events import Fact, door_schema

_ID = {
    "type": "string",
    "maxLength": 255,
    "description": "Names this row for ever, in the sender's own words",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Sent again with the same body, it gets the same answer, for 24 hours",
    "schema": {"type": "string"},
    "example": '"2024-04-30-batch-7"',
}


def posting_document(
    facts: Sequence[type[Fact]], example: dict[str, Any], most: int
) -> dict[str, Any]:
    """The part of an operation that FastAPI can't know: the key, and the forms of the body.

    Of several facts each row says its `type`; without one it is the first, as the example is.
    """
    rows = _one_of([_row(fact, facts) for fact in facts])
    events = _one_of([_event(fact) for fact in facts])
    many = {"type": "array", "minItems": 1, "maxItems": most}
    sent = {name: value for name, value in example.items() if name not in {"id", "type"}}
    as_event = {
        "specversion": "1.0",
        "id": example["id"],
        "source": "/finance/ledger",
        "type": facts[0].TYPE,
        "data": sent,
    }
    content = {
        PLAIN: {"schema": {"oneOf": [rows, {**many, "items": rows}]}, "example": example},
        STRUCTURED: {"schema": events, "example": as_event},
        BATCH: {"schema": {**many, "items": events}, "example": [as_event]},
    }
    return {"parameters": [_KEY], "requestBody": {"required": True, "content": content}}


def _row(fact: type[Fact], facts: Sequence[type[Fact]]) -> dict[str, Any]:
    data = _inlined(door_schema(fact))
    of_several = {"type": {"const": fact.TYPE}} if len(facts) > 1 else {}
    return {
        **data,
        "title": fact.TYPE,
        "properties": {"id": _ID, **of_several, **data["properties"]},
        "required": ["id", *(of_several if fact is not facts[0] else ()), *data["required"]],
    }


def _event(fact: type[Fact]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": f"{fact.TYPE} as a CloudEvent",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _ID,
            "source": {"type": "string", "examples": ["/finance/ledger"]},
            "type": {"const": fact.TYPE},
            "data": _inlined(door_schema(fact)),
        },
    }


def _one_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema without `$defs`: references in OpenAPI are to the document."""
    definitions = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return resolve(definitions[part["$ref"].rpartition("/")[2]])
            return {name: resolve(value) for name, value in part.items()}
        return [resolve(value) for value in part] if isinstance(part, list) else part

    resolved: dict[str, Any] = resolve(schema)
    return resolved


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "No usable Idempotency-Key, or the body is not JSON"},
    401: {"description": "A bearer token is needed"},
    403: {"description": "The token lacks the scope, or does not speak for the buyer"},
    409: {"description": "A request with this Idempotency-Key is being worked on"},
    413: {"description": "More than 8 MB, or too many rows"},
    415: {"description": "Another content type"},
    422: {"description": "No row can be used, or the key was used for another request"},
}
