"""What is known of a supplier, put together."""

import pytest

from services.classify.definitions.definition import read_definitions
from services.classify.organisation import Link
from services.classify.supplier import Supplier
from tests.classify.matching.matched import classify_one
from tests.classify.registries import charity, known

DEFINITIONS = read_definitions()


def test_the_measures_of_the_organisation_are_those_of_the_supplier() -> None:
    hospice = charity("9000101", "Thornbeck Hospice")._replace(
        income=2_500_000, postcode="HX1 1AA", areas=("Calderdale", "Kirklees")
    )
    found = classify_one(Supplier("s", "Thornbeck Hospice"), known(hospice), DEFINITIONS)
    assert (found.income, found.income_band, found.size) == (2_500_000, "1m to 5m", "large")
    assert (found.place, found.places) == ("Calderdale", ("Calderdale", "Kirklees"))
    assert found.reach == "regional"
    assert found.locality_rule is not None
    assert "HX1 1AA" in found.locality_rule


@pytest.mark.parametrize("told_by", ["9000101", "9000102"])
def test_what_one_register_leaves_out_the_twin_of_the_body_tells(told_by: str) -> None:
    """Which of the two a ledger of the time means is the model's matter; they are one body."""
    old, new = (
        each._replace(income=40_000, postcode="LS7 1AA") if each.key.endswith(told_by) else each
        for each in (charity(number, "Thornbeck Hospice") for number in ("9000101", "9000102"))
    )
    registers = known(old, new, links=[Link(old.key, new.key, "succession")])
    found = classify_one(Supplier("s", "Thornbeck Hospice"), registers, DEFINITIONS)
    assert found.organisation in {old.key, new.key}
    assert (found.income_band, found.place) == ("25k to 100k", "Leeds")


def test_of_several_possible_organisations_nothing_is_measured() -> None:
    several = [
        charity(f"900010{n}", "Thornbeck Hospice")._replace(income=40_000, postcode="LS7 1AA")
        for n in (1, 2)
    ]
    found = classify_one(Supplier("s", "Thornbeck Hospice"), known(*several), DEFINITIONS)
    assert (found.income, found.place, found.reach, found.locality_rule) == (None,) * 4
    assert found.memberships


def test_the_postcode_of_the_ledger_stands_in_for_a_register_that_gives_none() -> None:
    hospice = charity("9000101", "Thornbeck Hospice")
    payee = Supplier("s", "Thornbeck Hospice", postcode="WF1 1AA")
    found = classify_one(payee, known(hospice), DEFINITIONS)
    assert found.place == "Wakefield District"
    assert "the ledger does" in (found.locality_rule or "")
    found = classify_one(payee, known(hospice._replace(postcode="LS7 1AA")), DEFINITIONS)
    assert found.place == "Leeds"
    assert classify_one(payee._replace(payee="J Smith"), known(hospice), DEFINITIONS).place is None
