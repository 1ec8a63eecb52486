"""Charity and company numbers as ledgers print them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.identifiers import (
    is_given,
    read_charity_number,
    read_company_number,
)


@pytest.mark.parametrize(
    ("printed", "org_id"),
    [
        ("1036460", "GB-CHC-1036460"),
        ("212481", "GB-CHC-212481"),
        (" Charity No: 1036460 ", "GB-CHC-1036460"),
        ("1036460.0", "GB-CHC-1036460"),
        ("1036460.5", None),
        ("1036460-1", "GB-CHC-1036460"),
        ("GB-CHC-1036460", "GB-CHC-1036460"),
        ("SC002327", "GB-SC-SC002327"),
        ("sc 02327", "GB-SC-SC002327"),
        ("NIC100002", "GB-NIC-100002"),
    ],
)
def test_a_charity_number_is_read(printed: str, org_id: str | None) -> None:
    assert read_charity_number(printed) == org_id


@pytest.mark.parametrize(
    "printed", ["00212481", "0212481", "GB-COH-00212481", "12", "CE008706", "12345678", "n/a", ""]
)
def test_a_company_number_is_never_a_charity_number(printed: str) -> None:
    assert read_charity_number(printed) is None


@pytest.mark.parametrize(
    ("printed", "org_id"),
    [
        ("00212481", "GB-COH-00212481"),
        ("2520951", "GB-COH-02520951"),
        ("2520951.0", "GB-COH-02520951"),
        ("IP10002R", "GB-COH-IP10002R"),
        ("CE008706", "GB-COH-CE008706"),
        ("SC123456", "GB-COH-SC123456"),
        ("NI28840", "GB-COH-NI028840"),
        ("GB-COH-02787912", "GB-COH-02787912"),
        ("GB-CHC-1036460", None),
        ("00000000", None),
        ("hello", None),
    ],
)
def test_a_company_number_is_read(printed: str, org_id: str | None) -> None:
    assert read_company_number(printed) == org_id


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        (None, False),
        ("", False),
        ("0", False),
        ("0.0", False),
        ("N/A", False),
        ("tbc", False),
        ("7", True),
    ],
)
def test_a_filler_is_not_a_number(printed: str | None, meant: bool) -> None:
    assert is_given(printed) is meant


@given(st.text(max_size=60))
def test_any_text_may_stand_in_the_column(text: str) -> None:
    for org_id in (read_charity_number(text), read_company_number(text)):
        assert org_id is None or org_id.startswith("GB-")
