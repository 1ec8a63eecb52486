"""The requests that a door's OpenAPI document shows by its examples.

Of each operation: one with what it needs, and one more with each other example of a parameter and
of the body. An example is where OpenAPI has it, at the parameter or the content, or where JSON
Schema has it; a body without one of its own is put together from those of its fields.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

Part = dict[str, Any]
Given = Mapping[str, Any]
_METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class ExampleRequest:
    """A request; `of` says which example it is there for."""

    method: str
    path: str
    of: str
    ids: Given = field(default_factory=dict)
    query: Given = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = ""
    body: Any = None

    @property
    def route(self) -> str:
        """As the walking tests name it."""
        return f"{self.method.upper()} {self.path}"

    def request(self, ids: Mapping[str, str], query: Given, headers: Given) -> httpx.Request:
        """It as it is sent: with known ids instead of its own, and more of query and headers."""
        path = self.path.format(**{name: ids.get(name, own) for name, own in self.ids.items()})
        sent = {**self.headers, **headers}
        if "Idempotency-Key" in sent:  # which each request needs for itself
            sent["Idempotency-Key"] = f'"{uuid4()}"'
        parts: dict[str, Any] = self._parts()
        return httpx.Request(
            self.method,
            f"http://door{path}",
            params={**query, **self.query},
            headers=sent | parts.pop("headers", {}),
            **parts,
        )

    def _parts(self) -> dict[str, Any]:
        if self.media == "application/x-www-form-urlencoded":
            return {"data": self.body}
        if self.media == "multipart/form-data":
            fields = {name: (None, value) for name, value in self.body.items() if name != "file"}
            file = {"file": ("file.csv", self.body["file"])} if "file" in self.body else {}
            return {"files": fields | file}
        content = json.dumps(self.body) if self.media.endswith("json") else self.body
        return {"content": content, "headers": {"content-type": self.media}} if self.media else {}


def example_requests(document: Part) -> Iterator[ExampleRequest]:
    """In the order of the document. LookupError where something that is needed has no example."""
    for path, said in document["paths"].items():
        for method in _METHODS:
            if method in said:
                yield from _Operation(document, method, path, said[method]).requests()


def without_example(document: Part) -> Iterator[str]:
    """Parameters that may be any text and have no example."""
    for path, said in document["paths"].items():
        for method, operation in said.items():
            for one in operation.get("parameters", ()):
                if _is_open(document, one["schema"]) and not _examples(document, one):
                    yield f"{method.upper()} {path} {one['name']}"


class _Operation:
    def __init__(self, document: Part, method: str, path: str, said: Part) -> None:
        self._document, self._method, self._path = document, method, path
        self._parameters: list[Part] = said.get("parameters", [])
        self._contents: Part = said.get("requestBody", {}).get("content", {})

    def requests(self) -> Iterator[ExampleRequest]:
        needed: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
        for one in self._parameters:
            if one.get("required"):
                needed[one["in"]][one["name"]] = self._first(one)
        bodies = list(self._bodies()) or [("", None, "what it needs")]
        for media, body, of in bodies:
            yield self._request(of, needed, media, body)
        for one in self._parameters:
            for example in _examples(self._document, one)[one.get("required", False) :]:
                changed = needed | {one["in"]: needed[one["in"]] | {one["name"]: example}}
                yield self._request(f"{one['name']}={example}", changed, *bodies[0][:2])

    def _request(
        self, of: str, given: dict[str, dict[str, Any]], media: str, body: Any
    ) -> ExampleRequest:
        path, query, header = given["path"], given["query"], given["header"]
        return ExampleRequest(self._method, self._path, of, path, query, header, media, body)

    def _first(self, parameter: Part) -> Any:
        known = _examples(self._document, parameter)
        if known:
            return known[0]
        return _made(self._document, parameter["schema"], f"{self._path} {parameter['name']}")

    def _bodies(self) -> Iterator[tuple[str, Any, str]]:
        for media, content in self._contents.items():
            known = _examples(self._document, content)
            made = known or [_made(self._document, content["schema"], f"{self._path} {media}")]
            yield from ((media, body, f"{media} {number}") for number, body in enumerate(made, 1))


def _examples(document: Part, said: Part) -> list[Any]:
    """Those of a parameter or a content, or of its schema."""
    if "example" in said:
        return [said["example"]]
    if "examples" in said:
        return [each["value"] for each in said["examples"].values()]
    found: list[Any] = _resolve(document, said.get("schema", {})).get("examples", [])
    return found


def _made(document: Part, schema: Part, at: str) -> Any:
    """What a schema's own examples, values and fields come to."""
    schema = _resolve(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    for said in ("const", "default"):
        if said in schema:
            return schema[said]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in (schema.get("anyOf") or schema.get("oneOf") or [])[:1]:
        return _made(document, choice, at)
    if "properties" in schema:
        asked = set(schema.get("required", ()))
        return {
            name: _made(document, one, f"{at} {name}")
            for name, one in schema["properties"].items()
            if name in asked or _resolve(document, one).get("examples")
        }
    if schema.get("type") == "array":
        return [_made(document, schema["items"], at)]
    raise LookupError(f"{at} has no example")


def _is_open(document: Part, schema: Part) -> bool:
    schema = _resolve(document, schema)
    choices = schema.get("anyOf") or [schema]
    if schema.get("type") == "array":
        return _is_open(document, schema["items"])
    return any(
        one.get("type") == "string" and not one.keys() & {"enum", "const"}
        for one in (_resolve(document, each) for each in choices)
    )


def _resolve(document: Part, schema: Part) -> Part:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
