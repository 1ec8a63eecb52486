"""The contract: every route has a summary, an example that is an answer, and its errors."""

import pytest
from jsonschema import Draft202012Validator

from tests.support.contracts import committed

DOCUMENT = committed("api")
ROUTES = [
    (path, method)
    for path, methods in DOCUMENT["paths"].items()
    if path.startswith("/v1/")
    for method in methods
]
KEPT = ("/v1/statements/", "/v1/commitments/")
"""What officers enter at this door: all else is the topics', and only read here."""
FILES = ("/v1/packs/",)
"""Answers that are files, and have no example."""


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_a_route_says_what_it_answers_and_how_it_refuses(path: str, method: str) -> None:
    assert method == "get" or (method == "post" and path.startswith(KEPT))
    route = DOCUMENT["paths"][path][method]
    assert route["summary"]
    assert route["description"]
    for answer in route["responses"]["200"].get("content", {}).values():
        schema = answer.get("schema", {}) | {"components": DOCUMENT["components"]}
        if path.startswith(FILES) or (schema.get("type") == "string" and "example" not in answer):
            continue
        Draft202012Validator(schema).validate(answer["example"])
    refusals = {"401", "403", "422"} | ({"404"} if path.endswith("_id}") else set())
    for status in refusals:
        assert list(route["responses"][status]["content"]) == ["application/problem+json"]
