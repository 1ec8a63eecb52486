"""Two bodies of one name that nothing tells apart are for a person, however sure the name is.

On the audited suppliers of NHS bodies a third of the links were wrong where another charity of the
very name was as likely as one in five.
"""

from datetime import date

import pytest

from tests.classify.matching.matched import match, organisation
from tests.classify.registries import charity, known


@pytest.mark.parametrize("name", ["St Lukes Hospice", "Harrowfell Leisure Trust", "Lantern Row"])
def test_namesakes_wait_in_review_and_all_may_be_meant(name: str) -> None:
    found = match(name, known(charity("9000101", name), charity("9000102", name)))
    assert (found.tier, found.rule, found.organisation) == ("review", "exact-name-shared", None)
    assert {body.present.org_id for body in found.possible} == {"GB-CHC-9000101", "GB-CHC-9000102"}


def test_a_number_that_the_ledger_prints_tells_namesakes_apart() -> None:
    name = "St Lukes Hospice"
    registers = known(charity("9000101", name), charity("9000102", name))
    assert organisation(match(name, registers, charity_number="9000101")) == "GB-CHC-9000101"


def test_a_namesake_that_left_its_register_is_hardly_meant() -> None:
    name = "St Lukes Hospice"
    gone = charity("9000101", name, removed_on=date(2009, 5, 1))
    found = match(name, known(gone, charity("9000102", name)))
    assert found.candidates[0].organisation == "GB-CHC-9000102"
