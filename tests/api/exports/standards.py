"""The schemas that the standards publish, where they are at hand: none is kept in the project."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT202012

from tests.support.data import data_folder


def _folder() -> Path:
    data = data_folder()
    if data is None or not (data.parent / "standards").is_dir():
        pytest.skip("the standards' schemas are not here: LOCALPOUND_DATA may name their folder")
    return data.parent / "standards"


def read_schema(*name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_folder().joinpath(*name).read_text(encoding="utf-8"))
    return schema


@lru_cache
def ocds_package() -> Validator:
    release = read_schema("ocds-1.1", "release-schema.json")
    package = read_schema("ocds-1.1", "release-package-schema.json")
    registry: Registry[Any] = Registry().with_resource(
        package["properties"]["releases"]["items"]["$ref"],
        Resource.from_contents(release, default_specification=DRAFT4),
    )
    checker = Draft4Validator.FORMAT_CHECKER
    return Draft4Validator(package, registry=registry, format_checker=checker)


@lru_cache
def grant_package() -> Validator:
    # Their $schema ends without its "#", by which the library knows no draft.
    grant = read_schema("360giving", "360-giving-schema.json")
    package = read_schema("360giving", "360-giving-package-schema.json")
    registry: Registry[Any] = Registry().with_resource(
        package["properties"]["grants"]["items"]["$ref"],
        Resource.from_contents(
            grant | {"$schema": DRAFT202012_URI}, default_specification=DRAFT202012
        ),
    )
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(package, registry=registry, format_checker=checker)


DRAFT202012_URI = "https://json-schema.org/draft/2020-12/schema"


def titles() -> set[str]:
    """The columns that the 360Giving schema allows, by its titles and those it rolls up."""
    grant = read_schema("360giving", "360-giving-schema.json")
    found = set()
    for field in grant["properties"].values():
        own = _deref(grant, field)
        found.add(own.get("title", ""))
        inner = _deref(grant, own.get("items", {})).get("properties", {})
        found |= {
            f"{own.get('title')}:{_deref(grant, each).get('title')}" for each in inner.values()
        }
    return found


def _deref(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    target: dict[str, Any] = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return target
