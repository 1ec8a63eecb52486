"""Each door's OpenAPI document as committed, and what may change in it."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.support import contracts, published_openapi
from tests.support.contracts import committed
from tests.support.openapi_changes import breaking_changes
from tests.support.published_openapi import untold


@pytest.mark.parametrize("door", contracts.DOORS)
def test_openapi_is_valid_and_what_the_door_says(door: str) -> None:
    document = contracts.openapi(contracts.doors()[door])
    validate(document)
    now = json.loads(contracts.dump_json(document))
    assert committed(door) == now, "run `make generate`"
    assert untold(door, now) == [], 'run `make generate BREAKING="why"`'


@pytest.mark.parametrize("door", contracts.DOORS)
def test_schemas_are_named_by_what_they_hold_and_not_by_the_module_they_are_in(door: str) -> None:
    document = committed(door)
    # Two models of one name in one document: FastAPI puts their modules in front.
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def _spend(document: dict[str, Any]) -> dict[str, Any]:
    route: dict[str, Any] = document["paths"]["/v1/spend"]["get"]
    return route


def _claims(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"]["ClaimsGiven"]
    return schema


def _row(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = document["components"]["schemas"]["SpendRow"]
    return schema


def _new(name: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


Change = Callable[[dict[str, Any]], object]
COMPATIBLE: dict[str, Change] = {
    "a route more": lambda d: d["paths"].update({"/v1/more": d["paths"]["/v1/spend"]}),
    "a parameter more": lambda d: _spend(d)["parameters"].append(_new("more", required=False)),
    "a field more to read": lambda d: _row(d)["properties"].update(more={"type": "string"}),
    "a field more to send": lambda d: _claims(d)["properties"].update(more={"type": "string"}),
    "other words": lambda d: _spend(d).update(summary="Spend"),
}
BREAKING: dict[str, Change] = {
    "GET /v1/spend is gone": lambda d: d["paths"].pop("/v1/spend"),
    "the parameter group_by is gone": lambda d: _spend(d)["parameters"].remove(
        next(one for one in _spend(d)["parameters"] if one["name"] == "group_by")
    ),
    "the parameter more is required": lambda d: _spend(d)["parameters"].append(
        _new("more", required=True)
    ),
    "the field programme is gone": lambda d: _row(d)["properties"].pop("programme"),
    "the field more is required": lambda d: _claims(d)["required"].append("more"),
    "application/json is gone": lambda d: _spend(d)["responses"]["200"].update(content={}),
    "is not among the choices": lambda d: _row(d)["properties"]["programme"].update(
        anyOf=[{"type": "string"}, {"type": "integer"}, {"type": "null"}]
    ),
    "the values are others": lambda d: _row(d)["properties"].update(tier={"const": 1}),
}


@pytest.mark.parametrize("change", COMPATIBLE)
def test_what_a_caller_may_pass_over_breaks_nobody(change: str) -> None:
    before = committed("api")
    now = copy.deepcopy(before)
    COMPATIBLE[change](now)
    assert now != before
    assert breaking_changes(before, now) == []


@pytest.mark.parametrize("change", BREAKING)
def test_what_a_caller_would_stumble_over_is_named(change: str) -> None:
    before = committed("api")
    _row(before)["properties"]["tier"] = {"enum": [1, 2]}
    now = copy.deepcopy(before)
    BREAKING[change](now)
    if change == "the values are others":
        before, now = now, before  # to read a value that there never was
    assert [each for each in breaking_changes(before, now) if change in each] != []


def test_a_change_that_breaks_callers_is_refused_until_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = committed("api")
    before = copy.deepcopy(now)
    before["paths"]["/v1/expenditure"] = before["paths"]["/v1/spend"]
    monkeypatch.setattr(published_openapi, "published", lambda _: before)
    monkeypatch.setattr(published_openapi, "CHANGES", tmp_path / "changes.md")
    published_openapi.CHANGES.touch()
    changes = untold("api", now)
    assert changes == ["api: GET /v1/expenditure is gone"]
    published_openapi.tell(changes, "it is called spend", date(2026, 11, 26))
    assert untold("api", now) == []


def test_callers_have_what_the_main_branch_has_and_not_what_is_being_made() -> None:
    published = published_openapi.published("api")
    assert published is not None
    assert published["info"]["title"] == "Local Pound"
    assert published_openapi.published("no-door") is None
