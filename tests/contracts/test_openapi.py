"""Each door's OpenAPI document as committed."""

import json

import pytest
from openapi_spec_validator import validate

from tests.support import contracts


@pytest.mark.parametrize("door", ["ingest", "classify", "notify", "api"])
def test_openapi_is_valid_and_what_the_door_says(door: str) -> None:
    document = contracts.openapi(contracts.doors()[door])
    validate(document)
    committed = json.loads((contracts.OPENAPI / f"{door}.json").read_text())
    assert committed == json.loads(contracts.dump_json(document)), "run `make generate`"


@pytest.mark.parametrize("door", ["ingest", "classify", "notify", "api"])
def test_schemas_are_named_by_what_they_hold_and_not_by_the_module_they_are_in(door: str) -> None:
    document = json.loads((contracts.OPENAPI / f"{door}.json").read_text())
    # Two models of one name in one document: FastAPI puts their modules in front.
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
