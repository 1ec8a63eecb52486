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
    schemas: dict[str, Any] = {}
    for fact in facts:
        schemas |= _schemas(fact, facts)
    rows = _one_of([_refer(f"{fact.__name__}Row") for fact in facts])
    events = _one_of([_refer(f"{fact.__name__}Event") for fact in facts])
    many = {"type": "array", "minItems": 1, "maxItems": most}
    sent = {name: value for name, value in example.items() if name not in {"id", "type"}}
    as_event = {
        "specversion": "1.0",
        "id": example["id"],
        "source": "/finance/ledger",
        "type": facts[0].TYPE,
        "data": sent,
    }
    content: dict[str, Any] = {
        PLAIN: {"schema": {"oneOf": [rows, {**many, "items": rows}]}, "example": example},
        STRUCTURED: {"schema": events, "example": as_event},
        BATCH: {"schema": {**many, "items": events}, "example": [as_event]},
    }
    content[PLAIN]["schema"]["$defs"] = schemas  # which the document lifts to its own
    return {"parameters": [_KEY], "requestBody": {"required": True, "content": content}}


def _schemas(fact: type[Fact], facts: Sequence[type[Fact]]) -> dict[str, Any]:
    """A fact's data, its row and its event by the names that they have in the document."""
    data = _referring(door_schema(fact))
    return {
        **data.pop("$defs", {}),
        fact.__name__: data,
        f"{fact.__name__}Row": _row(fact, data, facts),
        f"{fact.__name__}Event": _event(fact),
    }


def _row(fact: type[Fact], data: dict[str, Any], facts: Sequence[type[Fact]]) -> dict[str, Any]:
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
            "data": _refer(fact.__name__),
        },
    }


def _one_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}


def _refer(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _referring(part: Any) -> Any:
    """The same schema with its references to the document instead of to its own `$defs`."""
    if isinstance(part, dict):
        if "$ref" in part:
            return _refer(part["$ref"].rpartition("/")[2])
        return {name: _referring(value) for name, value in part.items()}
    return [_referring(value) for value in part] if isinstance(part, list) else part


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "No usable Idempotency-Key, or the body is not JSON"},
    401: {"description": "A bearer token is needed"},
    403: {"description": "The token lacks the scope, or does not speak for the buyer"},
    409: {"description": "A request with this Idempotency-Key is being worked on"},
    413: {"description": "More than 8 MB, or too many rows"},
    415: {"description": "Another content type"},
    422: {"description": "No row can be used, or the key was used for another request"},
}
NOT_MULTIPART: dict[int | str, dict[str, Any]] = {
    415: {"description": "The body is not multipart/form-data"}
}
