"""A person's decision, on this payee or remembered from another of its name."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.classify.decisions.decision import Decision, DecisionKind, Decisions, name_key_of
from services.classify.matching.known import Known
from services.classify.matching.names import comparable
from services.classify.supplier import Supplier
from tests.classify.database import DEFINITIONS, supplier
from tests.classify.matching.matched import classify_one, match_one
from tests.classify.registries import charity, known, society, typed

BECK = charity("9000101", "Thornbeck Hospice", registered_on=date(1990, 1, 1))
HALL = charity("9000102", "Harrowfell Hall", removed_on=date(2015, 6, 30))
SOCIETY = society("990011", "Lantern Row Society")
PAYEE = supplier("Beck Ltd")


def decided(
    of: Supplier, kind: DecisionKind = "organisation", *organisations: str, **given: Any
) -> Decision:
    name = comparable(of.payee)
    return Decision(
        *(of.supplier_id, name_key_of(name.words), name.form, kind, organisations),
        *(
            given.get("name"),
            given.get("legal_form"),
            "It says so",
            "officer",
            given.get("at", datetime(2026, 3, 2, tzinfo=UTC)),
        ),
    )


def having(*decisions: Decision, registers: Known | None = None) -> Known:
    by_name: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_name.setdefault(decision.name_key or "", []).append(decision)
    return (registers or known(BECK, HALL, SOCIETY))._replace(
        decisions=Decisions({d.supplier_id: d for d in decisions}, by_name)
    )


def test_the_organisation_decided_is_the_match_with_who_when_and_why() -> None:
    found = classify_one(
        PAYEE, having(decided(PAYEE, "organisation", "GB-CHC-9000102")), DEFINITIONS
    )
    assert (found.tier, found.rule, found.organisation) == ("auto", "decided", "GB-CHC-9000102")
    assert found.evidence[:2] == (
        "officer decided on 2 March 2026: the payee is GB-CHC-9000102.",
        "The reason given: It says so",
    )
    assert {m.until for m in found.memberships} == {date(2015, 6, 30)}


def test_a_decision_on_the_payee_itself_beats_the_number_that_the_ledger_prints() -> None:
    payee = supplier("Beck Ltd", charity_number="9000101")
    own = having(decided(payee, "organisation", "GB-CHC-9000102"))
    assert match_one(payee, own).organisation == HALL
    other = having(decided(PAYEE, "organisation", "GB-CHC-9000102"))
    assert match_one(payee, other).organisation == BECK


@pytest.mark.parametrize(
    ("payee", "remembered"),
    [("BECK", True), ("The Beck, Limited", True), ("Beck CIC", False), ("Beck Trust", False)],
)
def test_it_is_remembered_for_payees_of_the_same_name(payee: str, remembered: bool) -> None:
    found = match_one(supplier(payee), having(decided(PAYEE, "organisation", "GB-CHC-9000101")))
    assert (found.rule == "decided") is remembered
    if remembered:
        assert found.evidence[2] == "It was decided of another payee of the same name."


def test_of_decisions_that_differ_none_is_remembered() -> None:
    other = supplier("Beck Ltd", company_number="99000101")
    differing = having(decided(PAYEE, "not-vcse"), decided(other, "organisation", "GB-CHC-9000101"))
    found = match_one(supplier("Beck"), differing)
    assert found.rule == "no-match"
    assert found.evidence[0] == "People decided differently about payees of this name."
    assert match_one(PAYEE, differing).rule == "decided"


@pytest.mark.parametrize("kind", ["person", "not-vcse"])
def test_who_is_no_organisation_counts_under_nothing(kind: DecisionKind) -> None:
    payee = supplier("Thornbeck Hospice")
    found = classify_one(payee, having(decided(payee, kind)), DEFINITIONS)
    assert (found.tier, found.organisation, found.organisation_name) == ("auto", None, None)
    assert (found.memberships, found.candidates) == ((), ())


def test_several_count_while_all_of_them_do() -> None:
    ids: Sequence[str] = ("GB-CHC-9000101", "GB-CHC-9000102")
    found = classify_one(PAYEE, having(decided(PAYEE, "several", *ids)), DEFINITIONS)
    assert (found.tier, found.organisation) == ("auto", None)
    assert found.organisation_name == "Thornbeck Hospice; Harrowfell Hall"
    assert {(m.since, m.until) for m in found.memberships} == {
        (date(1990, 1, 1), date(2015, 6, 30))
    }


def test_what_no_register_knows_is_what_the_person_called_it_and_counts_under_nothing() -> None:
    decision = decided(PAYEE, "another", "GB-COH-99000109", name="Beck Trading")
    found = classify_one(PAYEE, having(decision), DEFINITIONS)
    assert (found.tier, found.organisation, found.organisation_name) == (
        *("auto", "GB-COH-99000109"),
        "Beck Trading",
    )
    assert (found.memberships, found.legal_form) == ((), None)


LINKS = typed("Beckside Link Workers CIC", "community interest company")
LISTED = known(LINKS, typed("Beckside Link Workers Ltd", "private limited company"))


def counts_under(payee: Supplier, registers: Known) -> set[str]:
    return {m.definition for m in classify_one(payee, registers, DEFINITIONS).memberships}


def test_a_candidate_without_a_number_that_a_person_confirms_goes_on_to_count() -> None:
    payee = supplier("Beckside Link Workers CIC")
    assert "community-interest" in counts_under(payee, LISTED)
    confirmed = having(decided(payee, name="Beckside Link Workers CIC"), registers=LISTED)
    found = classify_one(payee, confirmed, DEFINITIONS)
    assert (found.tier, found.rule, found.organisation) == ("auto", "decided", None)
    assert (found.organisation_name, found.legal_form) == (LINKS.name, LINKS.legal_form)
    assert counts_under(payee, confirmed) == counts_under(payee, LISTED)
    namesake = supplier("Beckside Link Workers", company_number="x")
    assert classify_one(namesake, confirmed, DEFINITIONS).organisation_name == LINKS.name


def test_a_number_that_a_person_adds_to_a_listed_name_takes_nothing_away() -> None:
    payee = supplier("Beckside Link Workers CIC")
    decision = decided(payee, "another", "GB-COH-99000109", name="Beckside Link Workers CIC")
    found = classify_one(payee, having(decision, registers=LISTED), DEFINITIONS)
    assert (found.organisation, found.legal_form) == ("GB-COH-99000109", LINKS.legal_form)
    assert "community-interest" in {m.definition for m in found.memberships}


@pytest.mark.parametrize(
    ("legal_form", "counts"),
    [("community interest company", True), ("private limited company", False)],
)
def test_what_no_register_knows_counts_by_the_form_that_a_person_states(
    legal_form: str, counts: bool
) -> None:
    decision = decided(
        PAYEE, "another", "GB-COH-99000109", name="Beck Links", legal_form=legal_form
    )
    found = classify_one(PAYEE, having(decision), DEFINITIONS)
    assert found.legal_form == legal_form
    rules = {m.definition: m.rule for m in found.memberships}
    assert ("community-interest" in rules) is counts
    assert all("as a person stated it" in rule for rule in rules.values())


def test_a_name_that_its_list_prints_no_more_waits_in_review() -> None:
    found = match_one(PAYEE, having(decided(PAYEE, name="Beckside Link Workers CIC")))
    assert (found.tier, found.rule) == ("review", "decided-not-in-registers")
    assert [(c.organisation, c.name) for c in found.candidates] == [
        (None, "Beckside Link Workers CIC")
    ]


def test_an_organisation_that_left_the_registers_waits_in_review() -> None:
    decision = decided(PAYEE, "organisation", "GB-CHC-9000109", name="Gone")
    found = match_one(PAYEE, having(decision))
    assert (found.tier, found.rule) == ("review", "decided-not-in-registers")
    assert [c.name for c in found.candidates] == ["Gone"]


def test_what_the_ledger_withholds_is_nobody_whatever_was_decided() -> None:
    payee = supplier("REDACTED PERSONAL DATA")
    assert match_one(payee, having(decided(payee, "person"))).rule == "redacted-payee"


def test_names_without_a_letter_share_nothing() -> None:
    decision = decided(supplier("12345"), "person")
    assert decision.name_key is None
    assert match_one(supplier("999"), having(decision)).rule == "no-name"
