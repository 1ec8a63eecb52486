"""Matching, in the words of a finance officer's cases."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.known import Known
from services.classify.matching.match import SCORES, Match
from services.classify.matching.rules import match_supplier
from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITY,
    COMMUNITY_INTEREST_COMPANY,
    GUARANTEE_COMPANY,
    PRIVATE_COMPANY,
    SCHOOL,
    Link,
)
from services.classify.supplier import Supplier
from tests.classify.registries import charity, known, society, typed

HOSPICE = charity("9000101", "THORNBECK HOSPICE", company_number="99000101")
ARTS = charity("212481", "ROYAL ARDEN COMPANY")


def match(payee: str, registers: Known, **numbers: str) -> Match:
    return match_supplier(Supplier("s", payee, **numbers), registers)


def organisation(found: Match) -> str | None:
    return found.organisation.org_id if found.organisation else None


def test_a_redacted_payee_is_matched_to_nothing_even_where_a_charity_has_the_name() -> None:
    found = match("REDACTED PERSONAL DATA", known(charity("9000001", "Redacted Personal Data")))
    assert (found.tier, found.rule, found.candidates) == ("none", "redacted-payee", ())


@pytest.mark.parametrize(
    "payee", ["Thornbeck Hospice", "THE THORNBECK HOSPICE", "Thornbeck hospice"]
)
def test_an_exact_name_of_one_organisation_is_a_match(payee: str) -> None:
    found = match(payee, known(HOSPICE))
    assert (found.tier, found.rule) == ("auto", "exact-name")
    assert organisation(found) == "GB-CHC-9000101"
    assert any("THORNBECK HOSPICE" in sentence for sentence in found.evidence)
    assert any("31 December 2021" in sentence for sentence in found.evidence)


def test_nothing_is_matched_where_no_register_has_the_name() -> None:
    found = match("J Smith", known(HOSPICE))
    assert (found.tier, found.rule, found.score) == ("none", "no-match", 0)
    assert not any("Smith" in sentence for sentence in found.evidence)


def test_a_published_charity_number_decides_before_the_name() -> None:
    registers = known(HOSPICE, charity("9000102", "RAVENGARTH BOYS CLUB"))
    found = match("Ravengarth Boys Club", registers, charity_number="9000101")
    assert (found.tier, found.rule, found.score) == ("auto", "published-identifier", 1)
    assert organisation(found) == "GB-CHC-9000101"


def test_a_company_number_is_not_taken_for_the_charity_of_that_number() -> None:
    for numbers in (
        {"company_number": "00212481"},
        {"charity_number": "00212481"},
        {"charity_number": "GB-COH-00212481"},
    ):
        found = match("Arden Trading", known(ARTS), **numbers)
        assert (found.tier, found.rule) == ("none", "no-match")
        assert "00212481" in found.evidence[0]


def test_a_company_number_leads_to_the_charity_that_the_company_also_is() -> None:
    assert organisation(match("T H", known(HOSPICE), company_number="99000101")) == HOSPICE.key
    cio = charity("9000103", "LANTERN ROW")
    link = Link("GB-COH-CE990103", "GB-CHC-9000103", "same")
    found = match("L R", known(cio, links=[link]), company_number="CE990103")
    assert organisation(found) == "GB-CHC-9000103"


def test_a_number_that_no_register_has_falls_through_and_is_told() -> None:
    found = match("Thornbeck Hospice", known(HOSPICE), charity_number="9999999")
    assert (found.tier, found.rule) == ("auto", "exact-name")
    assert "9999999 stands in no register" in found.evidence[0]


def test_numbers_of_two_organisations_are_for_a_person_to_settle() -> None:
    found = match("X Y", known(HOSPICE, ARTS), charity_number="212481", company_number="99000101")
    assert (found.tier, found.rule, len(found.candidates)) == ("review", "identifiers-disagree", 2)


def test_a_name_that_several_charities_bear_is_reviewed_with_three_candidates_at_most() -> None:
    several = [charity(f"900020{n}", "HOLLINGARTH COUNSELLING") for n in range(5)]
    found = match("Hollingarth Counselling", known(*several))
    assert (found.tier, found.rule, found.organisation) == ("review", "exact-name-shared", None)
    assert [c.organisation for c in found.candidates] == [
        *("GB-CHC-9000200", "GB-CHC-9000201", "GB-CHC-9000202")
    ]
    assert len(found.possible) == 5


def test_of_several_the_only_one_that_stands_is_the_match() -> None:
    former = charity("9000201", "HOLLINGARTH COUNSELLING", removed_on=date(2012, 5, 1))
    present = charity("9000202", "HOLLINGARTH COUNSELLING")
    assert organisation(match("Hollingarth Counselling", known(former, present))) == present.key


def test_twins_that_a_link_says_are_one_body_count_as_one() -> None:
    old = charity("9000201", "HOLLINGARTH COUNSELLING")
    new = charity("9000301", "HOLLINGARTH COUNSELLING")
    registers = known(old, new, links=[Link(old.key, new.key, "succession")])
    found = match("Hollingarth Counselling", registers)
    assert (found.tier, organisation(found), len(found.possible)) == ("auto", new.key, 1)


def test_twins_with_one_company_number_count_as_one() -> None:
    one = charity("9000201", "HOLLINGARTH COUNSELLING", company_number="99000201")
    other = charity("9000202", "HOLLINGARTH COUNSELLING", company_number="99000201")
    assert match("Hollingarth Counselling", known(one, other)).tier == "auto"


def test_a_loop_of_links_ends() -> None:
    one, other = charity("9000201", "HOLLINGARTH"), charity("9000202", "SALTERSYKE HALL")
    loop = [Link(one.key, other.key, "succession"), Link(other.key, one.key, "succession")]
    assert match("Saltersyke Hall", known(one, other, links=loop)).tier == "auto"


def test_a_charity_and_the_society_of_its_name_are_one_body() -> None:
    homes = charity("9000401", "COPPERBECK HOMES LIMITED", legal_form=CHARITABLE_COMPANY)
    found = match("COPPERBECK HOMES LTD", known(homes, society("1R", "Copperbeck Homes Limited")))
    assert (found.tier, organisation(found)) == ("auto", homes.key)


def test_a_name_without_number_is_reviewed_and_stays_without_organisation() -> None:
    found = match("Wharfholme CIC", known(typed("WHARFHOLME CIC", COMMUNITY_INTEREST_COMPANY)))
    assert (found.tier, found.rule, found.organisation) == ("review", "exact-name-only", None)
    assert found.candidates[0].organisation is None
    assert found.candidates[0].name == "WHARFHOLME CIC"


@pytest.mark.parametrize("form", [CHARITY, GUARANTEE_COMPANY])
def test_a_list_of_names_adds_no_second_body_to_a_charity(form: str) -> None:
    assert (
        match("Thornbeck Hospice", known(HOSPICE, typed("Thornbeck Hospice", form))).tier == "auto"
    )


@pytest.mark.parametrize("form", [SCHOOL, PRIVATE_COMPANY, COMMUNITY_INTEREST_COMPANY])
def test_a_namesake_of_another_kind_takes_the_certainty_away(form: str) -> None:
    found = match("Thornbeck Hospice", known(HOSPICE, typed("Thornbeck Hospice", form)))
    assert (found.tier, found.rule) == ("review", "exact-name-shared")


def test_a_name_that_only_a_school_bears_is_no_vcse() -> None:
    found = match("Thornbeck Manor", known(typed("Thornbeck Manor", SCHOOL)))
    assert (found.tier, found.rule, found.possible) == ("none", "exact-name-not-vcse", ())


@pytest.mark.parametrize(
    "payee", ["Thornbeck Hospice PLC", "Thornbeck Hospice LLP", "THORNBECK HOSPICE CIC"]
)
def test_a_legal_form_that_the_charity_has_not_is_never_a_match(payee: str) -> None:
    found = match(payee, known(HOSPICE))
    assert (found.tier, found.rule, found.possible) == ("review", "exact-name-form-conflict", ())


def test_limited_agrees_with_a_charity_that_is_a_company() -> None:
    assert match("Thornbeck Hospice Ltd", known(HOSPICE)).tier == "review"
    company = HOSPICE._replace(legal_form=CHARITABLE_COMPANY)
    assert match("Thornbeck Hospice Ltd", known(company)).tier == "auto"


def test_limited_where_the_register_does_not_say_is_reviewed() -> None:
    found = match("Saltersyke Aid Ltd", known(charity("9000500", "Saltersyke Aid")))
    assert (found.tier, found.rule) == ("review", "exact-name-form-open")
    assert found.possible


@pytest.mark.parametrize(
    "payee",
    [
        *("ASHGARTH NHS FOUNDATION TRUST", "Ashgarth City Council", "ASHGARTH PRIMARY SCHOOL"),
        *("University of Ashgarth", "NHS Ashgarth ICB", "Ashgarth Police"),
    ],
)
def test_a_public_body_is_not_the_charity_of_its_name(payee: str) -> None:
    found = match(payee, known(charity("9000600", payee.upper())))
    assert (found.tier, found.rule, found.possible) == ("review", "exact-name-public-body", ())


@pytest.mark.parametrize(
    "payee", ["Ashgarth Rural Community Council", "Ashgarth University of the Third Age"]
)
def test_a_charity_that_sounds_like_a_public_body_is_matched(payee: str) -> None:
    assert match(payee, known(charity("9000600", payee))).tier == "auto"


def test_another_company_number_contradicts_the_name() -> None:
    found = match("Thornbeck Hospice", known(HOSPICE), company_number="01234567")
    assert (found.tier, found.rule, found.possible) == ("review", "exact-name-company-differs", ())


def test_a_single_word_is_confirmed_by_a_person_unless_its_form_agrees() -> None:
    registers = known(charity("9000700", "MILLRACE", company_number="99000700"))
    assert match("Millrace", registers).rule == "exact-name-one-word"
    company = known(charity("9000700", "MILLRACE LIMITED", legal_form=CHARITABLE_COMPANY))
    assert match("Millrace Ltd", company).tier == "auto"


@given(st.text(max_size=2000), st.none() | st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_payee_has_an_outcome_with_its_rule_and_evidence(
    payee: str, charity_number: str | None, company_number: str | None
) -> None:
    supplier = Supplier("s", payee, charity_number, company_number)
    found = match_supplier(supplier, known(HOSPICE, ARTS))
    assert found.rule in SCORES
    assert found.evidence
    assert (found.organisation is not None) == (found.tier == "auto")


@pytest.mark.parametrize("payee", ["", "   ", "12345", "·", "x" * 2000, "Мир", "株式会社", "\x00"])
def test_payees_without_a_name_or_in_other_scripts(payee: str) -> None:
    assert match(payee, known(HOSPICE)).tier == "none"
