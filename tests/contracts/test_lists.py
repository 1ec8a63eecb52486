"""Every list that has pages, at every door: fields, tags, and which are had whole."""

import json
from collections.abc import Iterator
from typing import Any

from shared.door.accepted import CSV_TYPE
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from tests.support import contracts

WITHOUT = {
    "api /v1/programmes/unmapped": "the most pounds first, to be answered: `limit` ends it",
    "api /v1/quality": "a report; `limit` is of the examples of each finding",
    "api /v1/exports/{export}/problems": "a report; `limit` is of the examples of each gap",
    "classify /reconcile/properties": "the Reconciliation API says its form",
}
"""Answers with a `limit` that are no lists of pages, and why."""
PAGES_ONLY = {
    "classify /v1/reviews": "to be settled one by one",
    "classify /v1/runs": "a few a month",
    "ingest /v1/rejects": "a spreadsheet has each row's own columns, to be corrected",
    "notify /v1/subscriptions": "a few for each party",
    "notify /v1/notifications": "each with its attempts and acknowledgements",
}
"""Lists that are not had whole, and why."""


def lists() -> Iterator[tuple[str, dict[str, Any]]]:
    for document in sorted(contracts.OPENAPI.glob("*.json")):
        for path, methods in json.loads(document.read_text())["paths"].items():
            route = methods.get("get", {})
            parameters = {each["name"] for each in route.get("parameters", ())}
            if "limit" in parameters and f"{document.stem} {path}" not in WITHOUT:
                yield f"{document.stem} {path}", route


def test_every_list_has_fields_and_a_tag_and_is_had_whole_or_says_why_not() -> None:
    found = dict(lists())
    assert len(found) > len(PAGES_ONLY), "the documents have lists"
    assert PAGES_ONLY.keys() <= found.keys(), "lists that there are no more"
    for name, route in found.items():
        assert "fields" in {each["name"] for each in route["parameters"]}, name
        assert "304" in route["responses"], name
        forms = set(route["responses"]["200"]["content"])
        whole = {CSV_TYPE, NDJSON_TYPE, PARQUET_TYPE} <= forms
        assert whole is (name not in PAGES_ONLY), f"{name}: had whole, or named in PAGES_ONLY"
