"""Events as published: a change may add an optional field and nothing else."""

import copy
import json

import pytest

from shared.events import POSTED, PUBLISHED, Fact, PaymentAccepted
from shared.topics import TOPICS
from tests.support import contracts


@pytest.mark.parametrize("fact", [*POSTED, *PUBLISHED], ids=lambda fact: fact.__name__)
def test_the_committed_schema_is_the_model(fact: type[Fact]) -> None:
    committed = json.loads(contracts.schema_path(fact).read_text())
    assert contracts.breaking_changes(committed, contracts.event_schema(fact)) == []
    assert committed == contracts.event_schema(fact), "run `make generate`"


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
