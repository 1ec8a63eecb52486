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
