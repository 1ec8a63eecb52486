"""Candidates and the features that their score goes by."""

from typing import Any

from services.classify.organisation import CHARITABLE_COMPANY
from services.classify.reconciliation.query import Query
from services.classify.reconciliation.ranking import Ranking, answer, features, ranking
from services.classify.supplier import Supplier
from tests.classify.matching.matched import match_one
from tests.classify.registries import charity, known, typed

HOSPICE = charity("9000101", "Thornbeck Hospice", company_number="09990001")._replace(
    postcode="HX1 1AA"
)


def ranked(payee: str, *organisations: Any) -> Ranking:
    registers = known(*organisations)
    return ranking(match_one(Supplier("", payee), registers), registers)


def test_a_match_is_sure_and_candidates_beyond_it_are_not() -> None:
    [one] = ranked("Thornbeck Hospice", HOSPICE).ranked
    assert (one.organisation, one.sure) == (HOSPICE, True)
    several = [charity(f"90001{n:02}", "Thornbeck Hospice") for n in range(5)]
    found = ranked("Thornbeck Hospice", *several)
    assert {each.organisation.key for each in found.ranked} == {each.key for each in several}
    assert not any(each.sure for each in found.ranked)


def test_what_is_known_by_name_only_is_no_answer() -> None:
    assert ranked("Thornbeck Harriers", typed("Thornbeck Harriers", "school")).ranked == []


def test_features_compare_what_both_sides_give() -> None:
    asked = Supplier("", "Thornbeck Hospices Ltd", "9000101", "9990001", "hx11ab")
    found = features(HOSPICE._replace(legal_form=CHARITABLE_COMPANY), asked, ["Thornbeck House"])
    assert found.pop("name_similarity") > 0.8
    assert found == {
        "name_exact": False,
        "legal_form": 1,
        "charity_number": True,
        "company_number": True,
        "postcode": False,
        "postcode_district": True,
        "removed": False,
    }
    assert features(HOSPICE, Supplier("", ""), []) == {"removed": False}
    assert features(HOSPICE, Supplier("", "Thornbeck House"), ["Thornbeck House"])["name_exact"]


def candidates(found: Ranking, **query: Any) -> list[dict[str, Any]]:
    asked = Query.model_validate({"query": "Thornbeck Hospice", **query})
    result: list[dict[str, Any]] = answer(asked, asked.supplier(), found, {})["result"]
    return result


def test_types_filter_and_the_limit_cuts() -> None:
    found = ranked(
        "Thornbeck Hospice",
        *(charity(f"90001{n:02}", "Thornbeck Hospice") for n in range(4)),
        charity("9000200", "Thornbeck Hospice", legal_form=CHARITABLE_COMPANY),
    )
    assert len(candidates(found)) == 5
    assert len(candidates(found, limit=2)) == 2
    assert len(candidates(found, type="charitable-company")) == 1
    assert len(candidates(found, type=["charitable-company", "charity"])) == 5
    both = ["charitable-company", "charity"]
    assert len(candidates(found, type=both, type_strict="all")) == 1
    assert candidates(found, type="person") == []
    assert len(candidates(found, type="person", type_strict="should")) == 5
