"""Whose name it is that stands in a file: public bodies are written in many ways."""

import pytest

from services.ingest.buyers.body_names import BodyNames, is_parent, names_of, says_body
from services.ingest.buyers.buyer import Buyer
from services.ingest.buyers.shipped import shipped_buyers, shipped_successions

ICB = "NHS West Yorkshire Integrated Care Board"
BRADFORD = "City of Bradford Metropolitan District Council"


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        (ICB, "NHS West Yorkshire ICB"),
        (ICB, "NHS WEST YORKSHIRE ICB - LEEDS"),
        (ICB, "NHS WY ICB"),
        (BRADFORD, "Bradford Council"),
        (BRADFORD, "CBMDC"),
        ("Leeds City Council", "Leeds"),
        ("Leeds Teaching Hospitals NHS Trust", "LTHT"),
        ("NHS Somerset ICB", "NHS Somerset CCG"),
        ("Epsom and St Helier University Hospitals NHS Trust", "Epsom & ST Helier Hospital"),
        ("King's College Hospital NHS Foundation Trust", "KINGS COLLEGE HOSPITAL NHS FT"),
    ],
)
def test_a_buyer_is_known_by_the_ways_in_which_it_is_written(registered: str, written: str) -> None:
    assert BodyNames([Buyer("GB-NHS-X", registered, "")]).has(written)


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        ("Leeds City Council", "NHS West Yorkshire ICB"),
        ("Leeds City Council", "NHS Leeds CCG"),
        ("Leeds Teaching Hospitals NHS Trust", "Leeds and York Partnership NHS Foundation Trust"),
        ("NHS Somerset ICB", "NHS Bristol, North Somerset and South Gloucestershire ICB"),
        ("West Yorkshire Combined Authority", "NHS West Yorkshire ICB"),
    ],
)
def test_another_body_is_not_taken_for_the_buyer(registered: str, written: str) -> None:
    assert not BodyNames([Buyer("GB-NHS-X", registered, "")]).has(written)


def test_a_predecessor_and_its_code_are_the_buyers() -> None:
    names = names_of("GB-NHS-QWO", shipped_buyers(), shipped_successions())
    assert names is not None
    assert names.has("NHS Leeds North CCG")  # gone into NHS Leeds CCG, and that into the board
    assert names.has("15F")
    assert not names.has("Leeds City Council")


@pytest.mark.parametrize("said", ["NHS", "Department of Health", "DHSC", "NHS England"])
def test_a_parent_department_is_nobodys_name(said: str) -> None:
    assert is_parent(said)


@pytest.mark.parametrize("said", ["Facilities", "Balance Sheet", "Council Tax", "Planned Care"])
def test_a_division_says_no_body(said: str) -> None:
    assert not says_body(said)
