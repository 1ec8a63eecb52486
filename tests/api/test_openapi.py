"""The contract: every route has a summary, an example that is an answer, and its errors."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from services.api.main import Settings, build

DOCUMENT: dict[str, Any] = build(Settings(token_key=SecretStr("k" * 32))).app.openapi()
ROUTES = [path for path in DOCUMENT["paths"] if path.startswith("/v1/")]


@pytest.mark.parametrize("path", ROUTES)
def test_a_route_says_what_it_answers_and_how_it_refuses(path: str) -> None:
    [method] = DOCUMENT["paths"][path]
    kept = {"statements", "withdraw"}
    assert method == "get" or path.rsplit("/", 1)[1] in kept, "it writes only what it keeps"
    route = DOCUMENT["paths"][path][method]
    assert route["summary"]
    assert route["description"]
    for answer in route["responses"]["200"]["content"].values():
        schema = answer["schema"] | {"components": DOCUMENT["components"]}
        if schema.get("type") != "string" or "example" in answer:
            Draft202012Validator(schema).validate(answer["example"])
    refusals = {"401", "403", "422"} | ({"404"} if path.endswith("}") else set())
    for status in refusals:
        assert list(route["responses"][status]["content"]) == ["application/problem+json"]
