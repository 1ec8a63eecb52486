"""What OpenAPI says of bodies that are read as they come: their schemas and examples."""

from typing import Any

from services.ingest.read_request import BATCH, PLAIN
from shared.envelope import STRUCTURED
from shared.events import Fact

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
_CE_TYPE = {"type": "string"}


def posting_document(
    fact: type[Fact], example: dict[str, Any], most: int, extra: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The part of an operation that FastAPI can't know: the key, and the forms of the body."""
    data = _inlined(fact.model_json_schema())
    row = {
        **data,
        "title": fact.TYPE,
        "properties": {"id": _ID, **(extra or {}), **data["properties"]},
        "required": ["id", *data["required"]],
        "additionalProperties": False,
    }
    event = {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _ID,
            "source": {"type": "string", "examples": ["/finance/ledger"]},
            "type": _CE_TYPE,
            "data": data,
        },
    }
    rows = {"type": "array", "minItems": 1, "maxItems": most}
    sent = {name: value for name, value in example.items() if name not in {"id", *(extra or {})}}
    as_event = {
        "specversion": "1.0",
        "id": example["id"],
        "source": "/finance/ledger",
        "type": fact.TYPE,
        "data": sent,
    }
    content = {
        PLAIN: {"schema": {"oneOf": [row, {**rows, "items": row}]}, "example": example},
        STRUCTURED: {"schema": event, "example": as_event},
        BATCH: {"schema": {**rows, "items": event}, "example": [as_event]},
    }
    return {"parameters": [_KEY], "requestBody": {"required": True, "content": content}}


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
