"""Payees that name two bodies, and those that only seem to."""

import pytest

from services.classify.organisation import PARISH_COUNCIL, PRIVATE_COMPANY
from tests.classify.matching.matched import match, organisation
from tests.classify.registries import charity, known, typed

HOSPICE = charity("9000101", "THORNBECK HOSPICE", company_number="99000101")
CHOIR = charity("9000103", "WHINMOOR CHOIR")
MIND = charity("9000102", "ASHGARTH MIND")


@pytest.mark.parametrize(
    "payee",
    [
        *("THORNBECK AND WHINMOOR HOSPICES", "Thornbeck Hospice & Whinmoor Hospice"),
        *("WHINMOOR AND THORNBECK HOSPICE", "THORNBECK HOSPICE / WHINMOOR"),
    ],
)
def test_a_charity_joined_to_another_name_waits_for_a_person(payee: str) -> None:
    found = match(payee, known(HOSPICE, CHOIR))
    assert (found.tier, found.rule, found.organisation) == ("review", "several-suppliers", None)
    assert any("WHINMOOR" in said.upper() for said in found.evidence if "as well" in said)


@pytest.mark.parametrize(
    "payee",
    ["NHS ASHGARTH CCG / ASHGARTH MIND", "ASHGARTH MIND / WHINMOOR CITY COUNCIL"],
)
def test_a_public_body_beside_a_charity_in_one_payee_says_no_charity(payee: str) -> None:
    found = match(payee, known(MIND))
    assert (found.rule, found.organisation, found.possible) == ("several-suppliers", None, ())
    assert found.candidates[0].organisation == MIND.key


def test_a_company_of_the_registers_beside_a_charity_says_no_charity() -> None:
    registers = known(MIND, typed("Whinmoor Joinery Ltd", PRIVATE_COMPANY))
    found = match("ASHGARTH MIND / WHINMOOR JOINERY", registers)
    assert (found.organisation, found.possible) == (None, ())


@pytest.mark.parametrize("payee", ["ASHGARTH MIND / ASHGARTH", "ASHGARTH MIND / MIND"])
def test_parts_that_agree_are_one_supplier(payee: str) -> None:
    ashgarth = typed("Ashgarth Parish Council", PARISH_COUNCIL)
    assert organisation(match(payee, known(MIND, ashgarth))) == MIND.key


@pytest.mark.parametrize(
    ("payee", "registered"),
    [
        ("HARROWFELL VOLUNTARY ACTION & VOLUNTEER BUREAU", "HARROWFELL VOLUNTARY ACTION"),
        ("RELATE ASHGARTH AND WHINMOOR", "RELATE ASHGARTH"),
    ],
)
def test_a_territory_or_a_word_of_the_same_sense_is_no_second_supplier(
    payee: str, registered: str
) -> None:
    councils = [typed(f"{place} Parish Council", PARISH_COUNCIL) for place in _PLACES]
    found = match(payee, known(charity("9000101", registered), *councils))
    assert found.rule != "several-suppliers"


_PLACES = ("Ashgarth", "Whinmoor")
