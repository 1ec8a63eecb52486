"""Payees that name several suppliers, or trade as another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.parts import parts


@pytest.mark.parametrize(
    ("payee", "read"),
    [
        ("FOXWELL LTD T/A ALL TOLD", ["FOXWELL LTD", "ALL TOLD"]),
        ("J SMITH C/O THORNBECK HOSPICE", ["J SMITH", "THORNBECK HOSPICE"]),
        ("SALTERSYKE AID LTD / ASHGARTH TRUST", ["SALTERSYKE AID LTD", "ASHGARTH TRUST"]),
        ("CGL SERVICES - CHANGE GROW LIVE", ["CGL SERVICES", "CHANGE GROW LIVE"]),
        ("MIND IN ASHGARTH (DEERWOOD)", ["MIND IN ASHGARTH"]),
        ("THORNBECK HOSPICE", []),
        ("ACTION/AID", []),
    ],
)
def test_the_parts_of_a_payee(payee: str, read: list[str]) -> None:
    whole, *others = parts(payee)
    assert whole.text == payee
    assert [part.text for part in others] == read


@pytest.mark.parametrize("apart", [" {} ", "{}", "{} ", " {}", "LTD{}", "LTD {} "])
@pytest.mark.parametrize(
    "mark",
    [
        *("/", ";", "(", "]", ",", "-", "*", "and", "AND", "T/A", "t / a", "T/AS", "TRADING AS"),
        *("C/O", "care of", "ON BEHALF OF", "OBO", "re", "RE:", "FAO", ""),
    ],
)
def test_a_payee_is_looked_at_closer_wherever_it_may_have_parts(
    apart: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payee = f"THORNBECK{apart.format(mark)}HOSPICE"
    found = parts(payee)
    monkeypatch.setattr("services.classify.matching.parts._MANY", re.compile(""))
    assert parts(payee) == found


@given(st.text(max_size=300))
def test_any_payee_has_few_parts_the_whole_first(payee: str) -> None:
    found = parts(payee)
    assert found[0].text == payee
    assert len(found) <= 5


@pytest.mark.parametrize(
    ("payee", "read"),
    [
        ("PAYPAL *LANTERNROW", "LANTERNROW"),
        ("Paypal *lantern row", "lantern row"),
        ("SQ *Lantern Row", "Lantern Row"),
        ("PAYPAL GIVING FUND", "PAYPAL GIVING FUND"),
        ("LANTERN ROW *4183", "LANTERN ROW *4183"),
        ("SQUARE PEG", "SQUARE PEG"),
    ],
)
def test_who_passed_a_payment_on_is_not_who_was_paid(payee: str, read: str) -> None:
    assert parts(payee)[0].text == read


def test_the_name_without_its_brackets_is_not_read_where_they_hold_a_trade() -> None:
    assert [part.role for part in parts("LANTERN ROW (SERVICES) LTD")] == ["whole"]
    assert "outside" in [part.role for part in parts("LANTERN ROW (ASHGARTH) LTD")]
