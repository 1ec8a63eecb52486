"""Events as published: a change may add an optional field and nothing else."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.envelope import read_posted
from shared.errors import Rejected
from shared.events import POSTED, PUBLISHED, AgreementPosted, Fact, PaymentAccepted
from shared.topics import TOPICS
from tests.ingest.said import said, terms
from tests.support import contracts


@pytest.mark.parametrize("fact", [*POSTED, *PUBLISHED], ids=lambda fact: fact.__name__)
def test_the_committed_schema_is_the_model(fact: type[Fact]) -> None:
    committed = json.loads(contracts.schema_path(fact).read_text())
    assert contracts.breaking_changes(committed, contracts.event_schema(fact)) == []
    assert committed == contracts.event_schema(fact), "run `make generate`"


NOTICE: dict[str, Any] = {"notice_period": None, "notice_terms": {"buyer_period": "P6M"}}
OPTION = {"length": "P1Y"}


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "1989-12-31"},
        {"extension_options": [{}]},
        {"extension_options": [OPTION | {"until": "2028-03-31"}]},
        {"extension_options": [OPTION | {"lenght": "P1Y"}]},
        {"lines": [{"programme": "A", "annual_amount_pence": 1, "recurring": True}]},
        NOTICE | {"notice_period": "P6M"},
        {"notice_period": None, "notice_terms": {"break_dates": ["2025-09-30"]}},
        {"notice_period": None, "notice_terms": {"expires_on": "break-date"}},
    ],
)
def test_the_schema_refuses_what_the_door_refuses(changes: dict[str, Any]) -> None:
    valid = Draft202012Validator(contracts.event_schema(AgreementPosted))
    for good in (terms(), terms(**NOTICE), terms(extension_options=[OPTION | {"until": None}])):
        assert valid.is_valid(good)
        assert read_posted(AgreementPosted, json.dumps(good).encode())
    bad = terms(**changes)
    assert not valid.is_valid(bad)
    with pytest.raises(Rejected):
        said("1", AgreementPosted.TYPE, bad)


def test_what_a_rule_of_deemed_service_says_is_told_where_it_is_written() -> None:
    parts = contracts.event_schema(AgreementPosted)["$defs"]
    assert "2D+WD" in parts["PostedDeemedService"]["properties"]["rule"]["description"]


def test_a_new_optional_field_breaks_nobody_and_anything_else_does() -> None:
    published = contracts.event_schema(PaymentAccepted)

    added = copy.deepcopy(published)
    added["properties"]["merchant_category"] = {"type": "string", "default": None}
    assert contracts.breaking_changes(published, added) == []

    required = copy.deepcopy(added)
    required["required"].append("merchant_category")
    gone = copy.deepcopy(published)
    del gone["properties"]["payee"]
    narrower = copy.deepcopy(published)
    narrower["properties"]["amount_pence"]["maximum"] = 5
    for changed in (required, gone, narrower):
        assert contracts.breaking_changes(published, changed) != []


def test_every_type_travels_on_a_topic_and_every_topic_has_its_types() -> None:
    on_topics = {name for topic in TOPICS for name in topic.types}
    assert {fact.TYPE for fact in (*POSTED, *PUBLISHED)} == on_topics


def test_asyncapi_is_what_the_models_say() -> None:
    committed = contracts.ASYNCAPI.read_text()
    assert committed == contracts.dump_yaml(contracts.asyncapi()), "run `make generate`"
