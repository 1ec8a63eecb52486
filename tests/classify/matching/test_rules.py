"""Matching, in the words of a finance officer's cases."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.index.index import Index
from services.classify.matching.known import NOTHING
from services.classify.matching.rules import match_suppliers
from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITY,
    COMMUNITY_INTEREST_COMPANY,
    GUARANTEE_COMPANY,
    PARISH_COUNCIL,
    PRIVATE_COMPANY,
    SCHOOL,
    Link,
)
from services.classify.supplier import Supplier
from tests.classify.matching.matched import match, organisation
from tests.classify.registries import charity, known, society, typed

HOSPICE = charity("9000101", "THORNBECK HOSPICE", company_number="99000101")
MANOR = typed("Thornbeck Manor", SCHOOL)
ARTS = charity("212481", "ROYAL ARDEN COMPANY")
FEW = Index.build(known(HOSPICE, ARTS))


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
    registers = known(HOSPICE, charity("9000102", "THORNBECK BOYS CLUB"))
    found = match("Thornbeck Boys Club", registers, charity_number="9000101")
    assert (found.tier, found.rule, found.score) == ("auto", "published-identifier", 1)
    assert organisation(found) == "GB-CHC-9000101"


def test_a_company_number_is_not_taken_for_the_charity_of_that_number() -> None:
    for numbers in (
        {"company_number": "00212481"},
        {"charity_number": "00212481"},
        {"charity_number": "GB-COH-00212481"},
    ):
        found = match("Wharfholme Trading", known(ARTS), **numbers)
        assert (found.tier, found.rule) == ("none", "no-match")
        assert "00212481" in found.evidence[0]


def test_a_company_number_leads_to_the_charity_that_the_company_also_is() -> None:
    assert organisation(match("T H", known(HOSPICE), company_number="99000101")) == HOSPICE.key
    cio = charity("9000103", "LANTERN ROW")
    link = Link("GB-COH-CE990103", "GB-CHC-9000103", "same")
    found = match("L R", known(cio, links=[link]), company_number="CE990103")
    assert organisation(found) == "GB-CHC-9000103"


@pytest.mark.parametrize(
    "payee", ["TESCO PLC", "Ashgarth City Council", "Thornbeck PLC", "THORNBECK PARISH COUNCIL"]
)
def test_a_number_that_the_name_contradicts_is_for_a_person_to_settle(payee: str) -> None:
    found = match(payee, known(HOSPICE), charity_number="9000101")
    assert (found.tier, found.rule) == ("review", "identifier-contradicts-name")
    assert (found.organisation, found.possible) == (None, ())
    assert found.candidates[0].organisation == HOSPICE.key


@pytest.mark.parametrize("number", ["9999999", "SC009849"])
def test_a_number_that_no_register_has_is_told_and_stops_a_link_by_name(number: str) -> None:
    found = match("Thornbeck Hospice", known(HOSPICE), charity_number=number)
    assert (found.tier, found.rule) == ("review", "charity-differs")
    assert f"{number} stands in no register" in found.evidence[0]


def test_numbers_of_two_organisations_are_for_a_person_to_settle() -> None:
    found = match("X Y", known(HOSPICE, ARTS), charity_number="212481", company_number="99000101")
    assert (found.tier, found.rule, len(found.candidates)) == ("review", "identifiers-disagree", 2)


def test_a_name_that_several_charities_bear_is_reviewed_with_three_candidates_at_most() -> None:
    several = [charity(f"900020{n}", "HOLLINGARTH COUNSELLING") for n in range(5)]
    found = match("Hollingarth Counselling", known(*several))
    assert (found.tier, found.rule, found.organisation) == ("review", "exact-name-shared", None)
    assert len(found.candidates) == 3
    assert {body.present.org_id for body in found.possible} == {o.org_id for o in several}
    assert sum(c.score for c in found.candidates) <= 1
    assert any("it bears the same name" in sentence for sentence in found.evidence)


def test_of_several_the_one_that_stands_is_the_likeliest() -> None:
    former = charity("9000201", "HOLLINGARTH COUNSELLING", removed_on=date(2012, 5, 1))
    present = charity("9000202", "HOLLINGARTH COUNSELLING")
    found = match("Hollingarth Counselling", known(former, present))
    assert found.candidates[0].organisation == present.key
    assert any("no longer on its register" in sentence for sentence in found.evidence)


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


def test_a_charity_and_the_society_of_its_name_are_both_told() -> None:
    homes = charity("9000401", "COPPERBECK HOMES LIMITED", legal_form=CHARITABLE_COMPANY)
    found = match("COPPERBECK HOMES LTD", known(homes, society("1R", "Copperbeck Homes Limited")))
    assert {c.organisation for c in found.candidates} == {homes.key, "GB-MPR-1R"}
    assert found.possible


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


@pytest.mark.parametrize("form", [PRIVATE_COMPANY, COMMUNITY_INTEREST_COMPANY])
def test_a_name_that_a_company_bears_too_waits_for_a_person(form: str) -> None:
    found = match("Thornbeck Hospice", known(HOSPICE, typed("Thornbeck Hospice", form)))
    assert (found.tier, found.rule, found.organisation) == ("review", "exact-name-of-company", None)
    remark = f"A company bears the name as well: Thornbeck Hospice, {form}."
    assert remark in found.evidence


def test_a_name_that_a_school_bears_too_does_not_vouch() -> None:
    name = "Thornbeck Manor School"
    found = match(name, known(charity("9000101", name), typed(name, SCHOOL)))
    assert (found.tier, found.possible) == ("review", ())


def test_a_name_that_only_a_school_bears_is_no_vcse() -> None:
    found = match("Thornbeck Manor", known(MANOR))
    assert (found.tier, found.rule, found.possible) == ("none", "exact-name-not-vcse", ())


@pytest.mark.parametrize(
    "payee", ["Thornbeck Hospice PLC", "Thornbeck Hospice LLP", "THORNBECK HOSPICE CIC"]
)
def test_a_legal_form_that_the_charity_has_not_is_never_a_match(payee: str) -> None:
    found = match(payee, known(HOSPICE))
    assert (found.tier, found.rule, found.possible) == ("review", "form-conflict", ())


def test_limited_agrees_with_a_charity_that_is_a_company() -> None:
    unsaid = match("Saltersyke Aid Ltd", known(charity("9000500", "Saltersyke Aid")))
    company = match(
        "Saltersyke Aid Ltd",
        known(charity("9000500", "Saltersyke Aid", company_number="99000500")),
    )
    assert company.tier == "auto"
    assert company.score > unsaid.score


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("ACTION FOR LANTERNS SERVICES LTD", "ACTION FOR LANTERNS"),
        ("THORNBECK HOSPICE TRADING LIMITED", "THORNBECK HOSPICE"),
        ("Thornbeck Hospice Shops Ltd", "THORNBECK HOSPICE"),
    ],
)
def test_the_trading_company_of_a_charity_is_not_the_charity(payee: str, registered: str) -> None:
    found = match(payee, known(charity("9000101", registered, company_number="99000101")))
    assert (found.organisation, found.possible) == (None, ())
    assert found.candidates[0].name == registered


@pytest.mark.parametrize(
    ("payee", "registered", "rule"),
    [
        ("SALTERSYKE COMM ASSOC", "Saltersyke Community Association", "folded-name"),
        ("SALTER SYKE AID", "SALTERSYKE AID", "folded-name"),
        ("BARNAGARDO\u0092S", "BARNAGARDO'S", "exact-name"),
        ("ASHGARTH CAB", "ASHGARTH CITIZENS ADVICE BUREAU", "folded-name"),
        ("MIND IN ASHGARTH", "ASHGARTH MIND", "folded-name"),
        ("AGE CONCERN ASHGARTH", "AGE UK ASHGARTH", "folded-name"),
        ("COMPANY OF LANTERNS", "COMPANY OF LANTERNS (FORMERLY ASHGARTH LIGHTS)", "part-of-name"),
    ],
)
def test_names_that_ledgers_print_otherwise(payee: str, registered: str, rule: str) -> None:
    found = match(payee, known(charity("9000101", registered)))
    assert found.rule == rule
    assert found.candidates[0].organisation == "GB-CHC-9000101"
    assert found.tier in {"auto", "review"}


def test_initials_alone_are_never_a_match() -> None:
    found = match("ARBS", known(charity("9000101", "ASHGARTH ROYAL BLIND SOCIETY")))
    assert found.organisation is None
    assert found.rule == "initialism"


def test_a_payee_that_names_two_suppliers_is_read_in_parts() -> None:
    registers = known(HOSPICE, charity("9000201", "SALTERSYKE AID"))
    found = match("J SMITH T/A THORNBECK HOSPICE", registers)
    assert found.candidates[0].organisation == HOSPICE.key
    both = match("SALTERSYKE AID LTD / THORNBECK HOSPICE", registers)
    assert {c.organisation for c in both.candidates} == {HOSPICE.key, "GB-CHC-9000201"}
    assert both.tier == "review"


@pytest.mark.parametrize(
    "payee",
    [
        *("ASHGARTH NHS FOUNDATION TRUST", "Ashgarth City Council", "ASHGARTH PRIMARY SCHOOL"),
        *("NHS Ashgarth ICB", "Ashgarth Police", "ASHGARTH NHS FT", "Ashgarth PCT (5N9)"),
        *("ASHGARTH CHILDRENS NHS FT", "Ashgarth Hospitals Trust", "Ashgarth CCG"),
        *("ASHGARTH ROAD SURGERY", "Ashgarth Medical Centre", "Ashgarth District Council"),
    ],
)
def test_a_public_body_is_not_the_charity_of_its_name(payee: str) -> None:
    found = match(payee, known(charity("9000600", payee.upper())))
    assert (found.rule, found.organisation, found.possible) == ("public-body", None, ())


def test_the_other_number_of_a_body_stands_among_the_candidates() -> None:
    old, new = charity("9000101", "LANTERN HALL"), charity("9000103", "SALTERSYKE ROOMS")
    others = [charity(f"900020{n}", f"{name} HALL") for n, name in enumerate(("MOOR", "BECK"))]
    registers = known(old, new, *others, links=[Link(old.key, new.key, "succession")])
    found = match("LANTERN HALL", registers)
    assert [each.organisation for each in found.candidates[:2]] == [old.key, new.key]
    apart = match("LANTERN HALL", known(old, new, *others))
    assert new.key not in {each.organisation for each in apart.candidates}


def test_a_university_is_a_charity_only_by_its_very_name() -> None:
    name = "University of Ashgarth"
    assert match(name, known(charity("9000600", name))).tier == "auto"
    union = charity("9000600", "University of Ashgarth Students Union")
    found = match(name, known(union))
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("ASHGARTH ROYAL HOSPITAL", "ASHGARTH ROYAL HOSPITAL CHARITY"),
        ("ASHGARTH ROYAL HOSPITAL", "FRIENDS OF ASHGARTH ROYAL HOSPITAL"),
        ("Ashgarth College", "Ashgarth College Students Union"),
    ],
)
def test_a_hospital_is_not_the_charity_beside_it(payee: str, registered: str) -> None:
    found = match(payee, known(charity("9000600", registered)))
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("SALTERSYKE BUILDING SOC", "SALTERSYKE BUILDING SOCIETY CHARITABLE FOUNDATION"),
        ("THORNBECK", "THORNBECK COMMUNITY TRUST (UK) LIMITED"),
        ("HARROWFELL", "THE HARROWFELL GROUP FOUNDATION"),
        ("HARROWFELL ROVERS FC", "HARROWFELL ROVERS FOUNDATION"),
        ("HARROWFELL", "HARROWFELL GIVING FUND UK"),
        ("LANTERN ROW UK LTD", "LANTERN ROW UNITED KINGDOM TRUST"),
    ],
)
def test_a_company_is_not_the_foundation_that_bears_its_name(payee: str, registered: str) -> None:
    found = match(payee, known(charity("9000600", registered)))
    assert (found.organisation, found.possible) == (None, ())
    assert match(registered, known(charity("9000600", registered))).tier == "auto"


@pytest.mark.parametrize(
    ("payee", "registered"),
    [("TURNING LEAF (SERVICES) LTD", "TURNING LEAF"), ("TURNING LEAF ENTERPRISES", "TURNING LEAF")],
)
def test_words_of_trade_in_brackets_or_without_limited(payee: str, registered: str) -> None:
    found = match(payee, known(charity("9000101", registered, company_number="99000101")))
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("HARROWFELL CARERS", "HARROWFELL CARERS CHARITY COMPANY"),
        ("SALTERSYKE HOSPICE", "SALTERSYKE HOSPICE FOUNDATION"),
    ],
)
def test_a_charity_is_called_without_the_word_that_says_so(payee: str, registered: str) -> None:
    assert match(payee, known(charity("9000600", registered))).rule != "charity-beside"


def test_a_body_is_not_the_friends_that_it_has() -> None:
    found = match(
        "Ashgarth Road Library", known(charity("9000101", "Friends of Ashgarth Road Library"))
    )
    assert (found.organisation, found.possible) == (None, ())


def test_a_place_alone_is_no_charity_of_the_place() -> None:
    council = typed("Ashgarth Parish Council", PARISH_COUNCIL)
    found = match("Ashgarth", known(charity("9000101", "LANTERN ROW (ASHGARTH)"), council))
    assert (found.organisation, found.possible) == (None, ())


def test_a_town_by_which_names_are_told_apart_is_no_charity_in_it() -> None:
    sorts = ("GOSPEL CHURCH", "WELCOME CENTRE", "HOSPICE", "COMMUNITY TRUST")
    churches = [charity(f"900010{n}", f"{sort} (MORDALE)") for n, sort in enumerate(sorts)]
    found = match("MORDALE", known(*churches))
    assert (found.organisation, found.possible) == (None, ())
    known_by_it = charity("9000200", "MORDALE (MOORS AND DALES RELIEF)")
    assert match("MORDALE", known(known_by_it)).candidates[0].organisation == known_by_it.key


@pytest.mark.parametrize("payee", ["DIOCESE OF ASHGARTH", "Ashgarth Diocese", "ASHGARTH DEANERY"])
def test_a_diocese_is_none_of_the_charities_in_it(payee: str) -> None:
    within = charity("9000101", f"LANTERN CARE ({payee.upper()})")
    found = match(payee, known(within))
    assert (found.organisation, found.possible) == (None, ())
    itself = match(payee, known(charity("9000102", payee), within))
    assert itself.candidates[0].organisation == "GB-CHC-9000102"
    assert itself.possible


@pytest.mark.parametrize("registered", ["LANTERN", "THE FATHER LANTERN MEMORIAL TRUST"])
def test_a_person_is_not_the_charity_of_one_name(registered: str) -> None:
    found = match("Lantern Merryweather", known(charity("9000101", registered)))
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize(
    "payee",
    [
        *("ESTATE OF MARY MERRYWEATHER C/O THORNBECK HOSPICE", "MR J SMITH C/O THORNBECK HOSPICE"),
        *("MR JOHN SMITH RE THORNBECK HOSPICE", "THORNBECK HOSPICE (DR J SMITH)"),
        *("JOHN SMITH T/A THORNBECK HOSPICE", "J SMITH T/A THORNBECK HOSPICE"),
        *("SMITH SOLICITORS OBO THORNBECK HOSPICE", "SMITH J (THORNBECK HOSPICE)"),
        *("THORNBECK HOSPICE (SMITH J A)", "THORNBECK HOSPICE (SMITH, J)"),
        *("THORNBECK HOSPICE (J A SMITH)", "SMITH J A (THORNBECK HOSPICE LTD)"),
    ],
)
def test_a_payee_that_names_a_person_is_not_the_charity_beside_the_name(payee: str) -> None:
    found = match(payee, known(HOSPICE))
    assert (found.organisation, found.possible) == (None, ())


def test_a_word_of_the_payee_is_read_though_a_letter_is_wrong() -> None:
    registers = known(HOSPICE, charity("9000201", "SALTERSYKE"))
    assert organisation(match("THORNBEKC HOSPICE", registers)) == HOSPICE.key
    alone = match("SALTERSIKE", registers)
    assert (alone.rule, alone.organisation, alone.possible) == ("misspelled", None, ())
    assert alone.candidates[0].organisation == "GB-CHC-9000201"


def test_a_charity_that_a_person_gave_its_name_is_no_person() -> None:
    for payee, name in (
        ("DR LANTERN'S CHARITY", "Dr Lantern's Charity"),
        ("MS SOCIETY (ASHGARTH)", "MS SOCIETY"),
        ("SALTERSYKE LTD T/A THORNBECK HOSPICE", "THORNBECK HOSPICE"),
        ("THORNBECK HOSPICE (WARD B)", "THORNBECK HOSPICE"),
    ):
        assert match(payee, known(charity("9000101", name))).tier == "auto"


@pytest.mark.parametrize(
    "payee",
    [
        *("THORNBECK HOSPICE PENSION SCHEME", "STAFF OF THORNBECK HOSPICE"),
        *("THORNBECK HOSPICE ACTIVITIES LTD", "THORNBECK HOSPICE DIRECT LTD"),
        *("THORNBECK HOSPICE HOMES LTD", "THORNBECK HOSPICE NURSERY"),
        *("THORNBECK HOSPICE ESTATE AGENTS", "THORNBECK HOSPICE SCOTLAND", "THORNBECK HOSPICE NI"),
        "THORNBECK HOSPICE CYMRU",
    ],
)
def test_a_body_beside_a_charity_or_of_another_nation_is_not_it(payee: str) -> None:
    found = match(payee, known(HOSPICE))
    assert (found.organisation, found.possible) == (None, ())


def test_a_charity_on_the_register_of_its_nation_is_matched() -> None:
    name = "Thornbeck Hospice"
    scottish = charity("9000101", name)._replace(org_id="GB-SC-SC099001")
    assert match("Thornbeck Hospice Scotland", known(scottish)).rule != "another-nation"


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("NSLT", "NATIONAL SOCIETY FOR LANTERNS TRUST"),
        ("VARIOUS", "ASHGARTH CHARITIES (VARIOUS)"),
        ("TRUST", "TRUST"),
        ("VILLAGE HALL", "VILLAGE HALL"),
    ],
)
def test_first_letters_and_words_of_any_charity_say_none(payee: str, registered: str) -> None:
    found = match(payee, known(charity("9000101", registered)._replace(income=90_000)))
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize("join", [" AND ", " & ", ", ", "/"])
def test_two_names_of_the_registers_joined_are_two_suppliers(join: str) -> None:
    registers = known(HOSPICE, charity("9000201", "SALTERSYKE AID"))
    found = match(f"THORNBECK HOSPICE{join}SALTERSYKE AID", registers)
    assert (found.organisation, found.tier) == (None, "review")
    whole = charity("9000301", "LANTERN AND SALTERSYKE AID")
    alone = known(whole, charity("9000302", "LANTERN"), charity("9000201", "SALTERSYKE AID"))
    assert organisation(match("LANTERN & SALTERSYKE AID", alone)) == whole.key


def test_a_charity_is_not_said_where_no_charity_is_likely() -> None:
    found = match("The Lantern Foundation Charity Trust", known(HOSPICE, ARTS))
    assert (found.tier, found.possible) == ("none", ())


def test_three_letters_make_no_charity_of_a_payee() -> None:
    def chance(payee: str, registered: str) -> float:
        return match(payee, known(charity("9000101", registered)._replace(income=9_000_000))).score

    assert chance("HLT", "HERITAGE OF LANTERNS TRUST") <= 0.5
    assert chance("NSHLT", "NATIONAL SOCIETY FOR THE HERITAGE OF LANTERNS TRUST") > 0.5


@pytest.mark.parametrize(
    "payee", ["Ashgarth Rural Community Council", "Ashgarth University of the Third Age"]
)
def test_a_charity_that_sounds_like_a_public_body_is_matched(payee: str) -> None:
    assert match(payee, known(charity("9000600", payee))).tier == "auto"


def test_another_company_number_contradicts_the_name() -> None:
    found = match("Thornbeck Hospice", known(HOSPICE), company_number="01234567")
    assert (found.tier, found.rule, found.possible) == ("review", "company-differs", ())


@given(st.text(max_size=2000), st.none() | st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_payee_has_an_outcome_with_its_rule_and_evidence(
    payee: str, charity_number: str | None, company_number: str | None
) -> None:
    supplier = Supplier("s", payee, charity_number, company_number)
    [found] = match_suppliers([supplier], NOTHING, FEW)
    assert found.rule
    assert found.evidence
    assert 0 <= found.score <= 1
    assert (found.organisation is not None) == (found.tier == "auto")


@pytest.mark.parametrize("payee", ["", "   ", "12345", "·", "x" * 2000, "Мир", "株式会社", "\x00"])
def test_payees_without_a_name_or_in_other_scripts(payee: str) -> None:
    assert match(payee, known(HOSPICE)).tier == "none"
