"""Query batches, read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.reconciliation.query import (
    LARGEST_BATCH,
    MOST_IDS,
    TooMany,
    read_batch,
    read_extension,
)
from services.classify.supplier import Supplier
from shared.errors import Rejected


def read(**query: object) -> Supplier:
    return read_batch(json.dumps({"q": query}))["q"].supplier()


def test_properties_are_the_numbers_of_a_payee() -> None:
    properties = [
        {"pid": "charity_number", "v": ["1007625", "x"]},
        {"pid": "company_number", "v": 212481},
        {"pid": "postcode", "v": {"id": "LS7 1AB", "name": "Leeds"}},
        {"pid": "profession", "v": "Politik*"},
    ]
    assert read(query=" Leeds Mind ", properties=properties) == Supplier(
        "", "Leeds Mind", "1007625", "212481", "LS7 1AB"
    )


def test_a_query_that_is_a_number_is_one() -> None:
    assert read(query="1007625").charity_number == "1007625"
    assert read(query="00212481").company_number == "00212481"
    assert read(query="GB-SC-SC012345").charity_number == "GB-SC-SC012345"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "queries is not JSON"),
        ("[]", "queries must be an object"),
        ('{"q": {}}', "one of query and properties is needed"),
        ('{"q": {"limit": 1}}', "one of query and properties is needed"),
        ('{"q": {"properties": []}}', "one of query and properties is needed"),
        ('{"q": {"query": "a", "props": []}}', "queries.q.props"),
        ('{"q": {"query": 5}}', "queries.q.query"),
        ('{"q": {"query": "a", "limit": 0}}', "queries.q.limit"),
        ('{"q": {"query": "a", "limit": 1.5}}', "queries.q.limit"),
        ('{"q": {"query": "a", "type": 5}}', "queries.q.type"),
        ('{"q": {"query": "a", "type_strict": "never"}}', "queries.q.type_strict"),
        ('{"q": {"query": "a", "properties": [{"pid": "postcode"}]}}', "queries.q.properties.0.v"),
        ('{"q": "a"}', "queries.q"),
        ('{"q": {"query": "\\ud800"}}', "queries is not JSON"),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(Rejected) as error:
        read_batch(text)
    assert reason in error.value.reason


def test_a_batch_larger_than_the_manifest_says_is_too_much() -> None:
    batch = {str(n): {"query": "a"} for n in range(LARGEST_BATCH + 1)}
    with pytest.raises(TooMany):
        read_batch(json.dumps(batch))
    batch.popitem()
    assert len(read_batch(json.dumps(batch))) == LARGEST_BATCH
    with pytest.raises(TooMany):
        read_extension(json.dumps({"ids": ["a"] * (MOST_IDS + 1), "properties": []}))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    for read_any in (read_batch, read_extension):
        try:
            read_any(json.dumps({"q": value}))
            read_any(json.dumps(value))
        except Rejected:
            pass
