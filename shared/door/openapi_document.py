"""A door's OpenAPI as FastAPI makes it, with what it does not know of our doors.

Examples keep what is null in them. Every operation says its errors, all problem+json, the scope
that it asks for, and when it will go.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute, iter_route_contexts

from shared.access import SCOPES, Allow
from shared.door.deprecation import Deprecation
from shared.door.parameters import check_parameters
from shared.door.problems import (
    BAD_REQUEST,
    FORBIDDEN,
    NO_TOKEN,
    NOT_KNOWN,
    NOT_MADE,
    NOT_NOW,
    TOO_LARGE,
    TOO_MANY,
    TOO_SLOW,
    UNUSABLE,
    of_status,
)

PROBLEM_TYPE = "application/problem+json"
_NAME = "Problem"
_CONTENT = {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{_NAME}"}}}
_FAULT = {
    "type": "object",
    "properties": {
        "field": {"type": "string", "description": "Empty: the whole"},
        "row": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "reason": {"type": "string", "description": "What is wrong, and what would be right"},
    },
    "required": ["field", "reason"],
}
_PROBLEM = {
    "title": _NAME,
    "description": "An error as RFC 9457 has it",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": [UNUSABLE.type]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this request"},
        "errors": {"type": "array", "items": _FAULT},
        "reference": {"type": "string", "description": "Under which an error of ours was logged"},
    },
    "required": ["type", "title", "status"],
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": f"Scopes: {', '.join(SCOPES)}. Needed where a token key is set.",
}
_SAID = {
    BAD_REQUEST.status: "The body can't be read",
    NOT_KNOWN.status: "Nothing is known under this name",
    TOO_SLOW.status: "The body did not arrive in time",
    TOO_LARGE.status: "The body is larger than is taken",
    NOT_MADE.status: "Accept asks for none of the content types of this answer",
    NO_TOKEN.status: "The bearer token is missing or not valid",
    FORBIDDEN.status: "The token lacks the scope, which is named",
    UNUSABLE.status: "Something can't be used as it is; the field and what would be right",
    NOT_NOW.status: "Away or busy; Retry-After says when the same request will do",
    TOO_MANY.status: "Too many requests; Retry-After says how many seconds to wait",
}


class MadeUp(NamedTuple):
    """An example that no deployment has, and where one that it has is found."""

    value: str
    found: str


def finish_document(
    app: FastAPI, generate: Callable[[], dict[str, Any]], examples: Mapping[str, Any]
) -> dict[str, Any]:
    """The document of all routes, finished once; `examples` are of parameters, by their names,
    or by a path and a name where the name means something else at each.
    """
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = generate()
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": _BEARER}
    schemas = components.setdefault("schemas", {})
    for of_fastapi in ("HTTPValidationError", "ValidationError"):
        schemas.pop(of_fastapi, None)
    schemas[_NAME] = _PROBLEM
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not context.include_in_schema:
            continue
        for method in context.methods or ():
            operation = document["paths"][context.path_format][method.lower()]
            _keep_examples(operation, route)
            _say_examples(operation, context.path_format or "", examples)
            calls = list(_calls(context.dependant))
            _say_access(operation, calls)
            _say_problems(operation, refuses=check_parameters in calls)
            _lift_definitions(operation, schemas)
            _say_deprecation(operation, calls)
    return document


def operation_id(route: APIRoute) -> str:
    """What generated clients call it: `get_spend_bridge`, `get_payments_payment_id`."""
    [method] = route.methods or {"get"}
    return re.sub(r"\W+", "_", f"{method.lower()}{route.path_format.removeprefix('/v1')}").strip(
        "_"
    )


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _keep_examples(operation: dict[str, Any], route: APIRoute) -> None:
    """FastAPI leaves out what is null in an example, and so fields that an answer always has."""
    for status, said in route.responses.items():
        for media, content in said.get("content", {}).items():
            if "example" in content:
                told = operation["responses"][str(status)]["content"][media]
                told["example"] = jsonable_encoder(content["example"])


def _say_examples(operation: dict[str, Any], path: str, examples: Mapping[str, Any]) -> None:
    for one in operation.get("parameters", ()):
        schema, name = one["schema"], one["name"]
        example = examples.get(f"{path} {name}", examples.get(name))
        if isinstance(example, MadeUp):
            said = f"The example is made up: {example.found}."
            one["description"] = " ".join(filter(None, (_ended(one.get("description", "")), said)))
            example = example.value
        if example is not None and "example" not in one and not _is_closed(schema):
            schema.setdefault("examples", [example])
        if schema.get("type") == "array":  # an example of a list is a list
            known = schema.get("examples", ())
            found = [each if isinstance(each, list) else [each] for each in known]
            schema.update({"examples": found} if found else {})


def _ended(sentence: str) -> str:
    return f"{sentence}." if sentence and not sentence.endswith(".") else sentence


def _is_closed(schema: dict[str, Any]) -> bool:
    """Whether the schema itself says every value."""
    choices = [schema.get("items", schema), *schema.get("anyOf", ())]
    return any("enum" in one or "const" in one for one in choices)


def _say_access(operation: dict[str, Any], calls: list[object]) -> None:
    asked = [call for call in calls if isinstance(call, Allow)]
    if not asked:
        return
    operation["security"] = [{"bearer": [each.scope for each in asked if each.scope]}]
    for kind in (NO_TOKEN, FORBIDDEN, TOO_MANY, NOT_NOW):
        operation["responses"].setdefault(str(kind.status), {"description": _SAID[kind.status]})


def _say_problems(operation: dict[str, Any], *, refuses: bool) -> None:
    """`refuses`: it knows its parameters, or that it has none."""
    responses = operation["responses"]
    if any(one["in"] == "path" for one in operation.get("parameters", ())):
        responses.setdefault(str(NOT_KNOWN.status), {"description": _SAID[NOT_KNOWN.status]})
    if "304" in responses or len(responses.get("200", {}).get("content", {})) > 1:
        responses.setdefault(str(NOT_MADE.status), {"description": _SAID[NOT_MADE.status]})
    if operation.get("requestBody"):
        for kind in (BAD_REQUEST, TOO_SLOW, TOO_LARGE):
            responses.setdefault(str(kind.status), {"description": _SAID[kind.status]})
    if refuses or operation.get("parameters") or operation.get("requestBody"):
        of_fastapi = responses.get("422", {})
        if of_fastapi.get("description", "Validation Error") == "Validation Error":
            responses["422"] = {"description": _SAID[UNUSABLE.status]}
    for status, said in responses.items():
        if status.isdecimal() and int(status) >= HTTPStatus.BAD_REQUEST:
            known = of_status(int(status))
            said.setdefault("content", _CONTENT)  # a page refuses with a page
            said.setdefault("description", known.title if known else "")
    operation["responses"] = dict(sorted(responses.items()))


def _lift_definitions(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A schema of pydantic's brings its parts; references are to the document's own."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = dict(content["schema"])
        schemas.update(schema.pop("$defs", {}))
        content["schema"] = schema


def _say_deprecation(operation: dict[str, Any], calls: list[object]) -> None:
    for each in calls:
        if not isinstance(each, Deprecation):
            continue
        told = operation
        if each.parameter:
            told = next(one for one in operation["parameters"] if one["name"] == each.parameter)
        told["deprecated"] = True
        told["description"] = " ".join(filter(None, (told.get("description"), f"{each.says}.")))
