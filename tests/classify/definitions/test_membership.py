"""When a supplier counts as VCSE."""

from datetime import date
from pathlib import Path

import pytest

from services.classify.classification import Classification
from services.classify.definitions.definition import read_definitions
from services.classify.definitions.membership import count
from services.classify.matching.bodies import Body
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.organisation import (
    COMMUNITY_INTEREST_COMPANY,
    PRIVATE_COMPANY,
    SCHOOL,
    SPORTS_CLUB,
    Link,
    Organisation,
)
from services.classify.supplier import Supplier
from tests.classify.matching.matched import classify_one
from tests.classify.registries import charity, known, society, typed

DEFINITIONS = read_definitions()
CHARITY = "registered-charity"
COMMUNITY = "community-interest"


def found(payee: str, registers: Known) -> Classification:
    return classify_one(Supplier("s", payee), registers, DEFINITIONS)


def numbered(one: Organisation) -> Classification:
    """By its number: its name may raise doubts of its own."""
    number = (one.org_id or "").removeprefix("GB-CHC-")
    return classify_one(Supplier("s", one.name, number), known(one), DEFINITIONS)


def holds(answer: Classification, definition: str, day: date = date(2020, 1, 1)) -> bool:
    return any(
        m.definition == definition and (m.since or date.min) <= day <= (m.until or date.max)
        for m in answer.memberships
    )


def counts(payee: str, registers: Known, day: date, definition: str = CHARITY) -> bool:
    return holds(found(payee, registers), definition, day)


def test_a_charity_removed_in_2015_counts_for_2014_and_not_for_2016() -> None:
    registers = known(
        charity(
            "9000101",
            "Thornbeck Hospice",
            registered_on=date(1999, 2, 1),
            removed_on=date(2015, 6, 1),
        )
    )
    assert counts("Thornbeck Hospice", registers, date(2014, 5, 1))
    assert not counts("Thornbeck Hospice", registers, date(2016, 5, 1))
    assert not counts("Thornbeck Hospice", registers, date(1998, 5, 1))
    [membership] = [
        m for m in found("Thornbeck Hospice", registers).memberships if m.definition == CHARITY
    ]
    assert (membership.since, membership.until) == (date(1999, 2, 1), date(2015, 6, 1))
    assert "removed on 1 June 2015" in membership.rule


def test_a_removal_on_a_day_not_known_counts_to_the_day_of_the_register_and_says_so() -> None:
    registers = known(charity("9000101", "Thornbeck Hospice", removed_by=date(2021, 12, 31)))
    assert counts("Thornbeck Hospice", registers, date(2021, 12, 31))
    assert not counts("Thornbeck Hospice", registers, date(2022, 1, 1))
    rule = found("Thornbeck Hospice", registers).memberships[0].rule
    assert "removed by 31 December 2021 on a day not given" in rule


def test_a_successor_of_another_name_counts_from_the_day_of_the_merger() -> None:
    old = charity("9000101", "Thornbeck Hospice", removed_on=date(2015, 6, 1))
    new = charity("9000102", "Harrowfell Care", registered_on=date(2010, 1, 1))
    link = Link(old.key, new.key, "succession", date(2015, 9, 1))
    registers = known(old, new, links=[link])
    assert counts("Thornbeck Hospice", registers, date(2014, 1, 1))
    assert not counts("Thornbeck Hospice", registers, date(2015, 8, 1))
    assert counts("Thornbeck Hospice", registers, date(2015, 9, 1))
    assert found("Thornbeck Hospice", registers).organisation == old.key
    assert not counts("Harrowfell Care", registers, date(2009, 1, 1))


def test_a_charity_that_became_an_incorporated_one_of_its_name_counts_throughout() -> None:
    old = charity("9000101", "Thornbeck Hospice", removed_on=date(2015, 6, 1))
    new = charity("9000102", "Thornbeck Hospice", registered_on=date(2015, 3, 1))
    registers = known(old, new, links=[Link(old.key, new.key, "succession")])
    [membership] = [
        m for m in found("Thornbeck Hospice", registers).memberships if m.definition == CHARITY
    ]
    assert (membership.since, membership.until) == (None, None)


def test_a_name_that_charities_share_counts_while_all_of_them_do() -> None:
    registers = known(
        charity("9000101", "Thornbeck Hospice", registered_on=date(2010, 1, 1)),
        charity("9000102", "Thornbeck Hospice", registered_on=date(2014, 1, 1)),
    )
    assert not counts("Thornbeck Hospice", registers, date(2012, 1, 1))
    assert counts("Thornbeck Hospice", registers, date(2014, 1, 1))
    answer = found("Thornbeck Hospice", registers)
    assert (answer.tier, answer.organisation) == ("review", None)
    assert answer.memberships[0].rule.startswith("every organisation that it may be")


@pytest.mark.parametrize(
    "name", ["Thornbeck Grammar School", "Thornbeck Primary School", "Thornbeck Academy"]
)
def test_a_name_shared_with_a_school_does_not_count(name: str) -> None:
    registers = known(charity("9000101", name), typed(name, SCHOOL))
    assert found(name, registers).memberships == ()


def test_a_community_interest_company_counts_under_its_view_only_and_since_the_form_exists() -> (
    None
):
    registers = known(typed("WHARFHOLME THERAPIES CIC", COMMUNITY_INTEREST_COMPANY))
    payee = "Wharfholme Therapies CIC"
    assert counts(payee, registers, date(2020, 1, 1), COMMUNITY)
    assert not counts(payee, registers, date(2005, 6, 30), COMMUNITY)
    assert not counts(payee, registers, date(2020, 1, 1), CHARITY)


def test_sports_clubs_societies_and_every_charity_count_in_the_community_view() -> None:
    registers = known(
        typed("Thornbeck Harriers Club", SPORTS_CLUB),
        society("1R", "Copperbeck Anchor Limited"),
        charity("9000101", "Thornbeck Hospice"),
    )
    for payee in ("Thornbeck Harriers Club", "Copperbeck Anchor Ltd", "Thornbeck Hospice"):
        assert counts(payee, registers, date(2020, 1, 1), COMMUNITY)
    assert not counts("Copperbeck Anchor Ltd", registers, date(2020, 1, 1), CHARITY)


PPN = "ppn-001-vcse"
GENERAL = "ncvo-general-charity"


def why_not(answer: Classification, definition: str) -> list[str]:
    return [e.rule for e in answer.exclusions if e.definition == definition]


@pytest.mark.parametrize(
    ("form", "counted"),
    [
        ("registered society", True),
        ("community benefit society", True),
        ("co-operative society", False),
    ],
)
def test_a_charitable_community_benefit_society_is_not_dropped_as_exempt(
    form: str, counted: bool
) -> None:
    one = society("1R", "Copperbeck Homes Society")._replace(legal_form=form)
    known_as = Match("auto", "published-identifier", (), one, (Body(one, (one,)),))
    told = count(known_as, DEFINITIONS, known(one))
    assert {m.definition for m in told.memberships} == ({PPN, COMMUNITY} if counted else set())
    assert told.exclusions == ()


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Thornbeck Hospitals NHS Trust Charitable Fund", "nhs-charity"),
        ("Thornbeck Hospitals Charity", "nhs-charity"),
        ("Harrowfell Leisure Trust", "government-controlled"),
        ("Harrowfell Multi Academy Trust", "government-controlled"),
        ("Harrowfell Borough Council Mayor's Charity", "government-controlled"),
    ],
)
def test_charities_of_public_bodies_are_flagged_whatever_the_definition(
    name: str, flag: str
) -> None:
    answer = numbered(charity("9000101", name))
    [raised] = answer.flags
    assert raised.flag == flag
    assert name in raised.rule
    assert holds(answer, CHARITY)
    for definition in (PPN, GENERAL):
        assert not holds(answer, definition)
        assert why_not(answer, definition)


@pytest.mark.parametrize(
    "name",
    [
        "Friends of Thornbeck Hospital NHS Trust",
        "Thornbeck Council for Voluntary Service",
        "Thornbeck Hospice",
        "Copperbeck Young Men's Christian Association",
    ],
)
def test_independent_charities_with_such_words_are_not_flagged(name: str) -> None:
    answer = numbered(charity("9000101", name))
    assert answer.flags == ()
    for definition in (CHARITY, COMMUNITY, PPN, GENERAL):
        assert holds(answer, definition)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Harrowfell Grammar School", "ICNPTSO B13"),
        ("Copperbeck Housing Association Limited", ""),
        ("Copperbeck Gospel Fellowship", "ICNPTSO I10"),
        ("Parochial Church Council of the Ecclesiastical Parish of Thornbeck", ""),
        ("University of Copperbeck", "ICNPTSO B21"),
        ("Institution of Copperbeck Engineers", "ICNPTSO J20"),
    ],
)
def test_a_general_charity_is_no_school_church_landlord_or_profession(name: str, code: str) -> None:
    answer = numbered(charity("9000101", name)._replace(codes=(code,) if code else ()))
    assert holds(answer, CHARITY)
    assert not holds(answer, GENERAL)
    [rule] = why_not(answer, GENERAL)
    assert rule
    assert answer.flags == ()


def test_the_friends_of_a_school_are_a_general_charity() -> None:
    one = charity("9000101", "Friends of Harrowfell Grammar School")
    assert holds(numbered(one._replace(codes=("ICNPTSO B13",))), GENERAL)


def test_an_exclusion_that_has_days_takes_those_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(
        'name = "dated"\ntitle = "t"\nversion = "1"\nsince = 2026-01-01\nsource = "s"\n'
        'includes = []\n[[criteria]]\nrule = "r"\nregisters = ["charity-commission"]\n'
        '[[exclusions]]\nrule = "run by the council then"\nnames = ["HOSPICE"]\n'
        "since = 2012-01-01\nuntil = 2013-12-31\n"
    )
    registers = known(charity("9000101", "Thornbeck Hospice", registered_on=date(2010, 1, 1)))
    answer = classify_one(Supplier("s", "Thornbeck Hospice"), registers, read_definitions(tmp_path))
    assert [(m.since, m.until) for m in answer.memberships] == [
        (date(2010, 1, 1), date(2011, 12, 31)),
        (date(2014, 1, 1), None),
    ]
    [excluded] = answer.exclusions
    assert (excluded.since, excluded.until) == (date(2012, 1, 1), date(2013, 12, 31))
    assert excluded.rule == "run by the council then"


def test_of_several_possible_bodies_a_flag_is_raised_where_all_bear_it() -> None:
    name = "Harrowfell Leisure Trust"
    several = known(charity("9000101", name), charity("9000102", name))
    assert [flag.flag for flag in found(name, several).flags] == ["government-controlled"]
    by_number = "209131"  # one of those that the flag names by their org-id
    several = known(charity(by_number, "Lantern Row"), charity("9000102", "Lantern Row"))
    assert len(found("Lantern Row", several).candidates) == 2
    assert found("Lantern Row", several).flags == ()


def test_a_company_that_is_hardly_meant_takes_no_flag_away() -> None:
    name = "Thornbeck Hospitals Charity"
    both = known(charity("9000101", name), typed(name, PRIVATE_COMPANY))
    answer = found(name, both)
    assert (answer.tier, [flag.flag for flag in answer.flags]) == ("review", ["nhs-charity"])


def test_what_is_matched_to_nothing_counts_nowhere() -> None:
    registers = known(charity("9000101", "Thornbeck Hospice"))
    for payee in ("J Smith", "REDACTED", "Thornbeck Hospice PLC"):
        assert found(payee, registers).memberships == ()
    assert found("REDACTED", registers).redacted
