"""When a supplier counts as VCSE."""

from datetime import date

from services.classify.classification import Classification, classify
from services.classify.definitions.definition import read_definitions
from services.classify.matching.index import Index
from services.classify.matching.known import NOTHING, Known
from services.classify.organisation import (
    COMMUNITY_INTEREST_COMPANY,
    SCHOOL,
    SPORTS_CLUB,
    Link,
)
from services.classify.supplier import Supplier
from tests.classify.registries import charity, known, society, typed

DEFINITIONS = read_definitions()
CHARITY = "registered-charity"
COMMUNITY = "community-interest"


def found(payee: str, registers: Known) -> Classification:
    [one] = classify([Supplier("s", payee)], NOTHING, Index.build(registers), DEFINITIONS)
    return one


def counts(payee: str, registers: Known, day: date, definition: str = CHARITY) -> bool:
    return any(
        m.definition == definition and (m.since or date.min) <= day <= (m.until or date.max)
        for m in found(payee, registers).memberships
    )


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


def test_a_name_shared_with_a_school_does_not_count() -> None:
    registers = known(charity("9000101", "Thornbeck Hospice"), typed("Thornbeck Hospice", SCHOOL))
    assert found("Thornbeck Hospice", registers).memberships == ()


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


def test_what_is_matched_to_nothing_counts_nowhere() -> None:
    registers = known(charity("9000101", "Thornbeck Hospice"))
    for payee in ("J Smith", "REDACTED", "Thornbeck Hospice PLC"):
        assert found(payee, registers).memberships == ()
    assert found("REDACTED", registers).redacted
