"""Rows of councils' spend as payments."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.council_spend import (
    Columns,
    find_columns,
    is_torn,
    read_pence,
    read_posted_row,
    row_as_json,
    row_id,
)
from shared.errors import Rejected
from shared.events import PaymentPosted

COLUMNS = find_columns(
    ["payment_date", "amount", "organisational_unit", "beneficiary_name", "file"], "x.csv"
)


def row(amount: Any = 1.5, day: Any = "2024-04-30", payee: Any = "Leeds Mind") -> tuple[Any, ...]:
    return (day, amount, " Adults ", payee, "2024-04.csv")


def read(sent: tuple[Any, ...], columns: Columns = COLUMNS) -> PaymentPosted:
    return read_posted_row(sent, columns, "GB-LAE-LDS", read_pence(sent, columns))


@pytest.mark.parametrize(
    ("amount", "pence"),
    [
        (78768593.0, 7_876_859_300),
        (1616.23, 161_623),
        (-0.29, -29),
        (12, 1200),
        (Decimal("1234.5000"), 123_450),
        ("£1,234.56", 123_456),
        ("-£1,234.56", -123_456),
    ],
)
def test_amounts_are_exact_in_pence(amount: Any, pence: int) -> None:
    assert read_pence(row(amount), COLUMNS) == pence


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, "amount is blank"),
        ("", "amount is blank"),
        (float("nan"), "not pounds and pence"),
        (1.005, "not pounds and pence"),
        (1e20, "not pounds and pence"),
        (Decimal("1.005"), "not pounds and pence"),
        ("1,234.5.6", "not pounds and pence"),
        ("nil", "not pounds and pence"),
    ],
)
def test_an_amount_that_must_be_guessed_at_is_none(amount: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason) as caught:
        read_pence(row(amount), COLUMNS)
    assert caught.value.field == "amount"


@given(st.integers(-999_999_999_999, 999_999_999_999))
def test_every_amount_of_pence_survives_a_float(pence: int) -> None:
    assert read_pence(row(pence / 100), COLUMNS) == pence


def test_a_row_is_a_payment() -> None:
    posted = read(row())
    assert (posted.payee, posted.unit, posted.amount_pence) == ("Leeds Mind", "Adults", 150)
    assert posted.payment_date == date(2024, 4, 30)


@pytest.mark.parametrize(
    ("sent", "column", "reason"),
    [
        (row(payee="  "), "beneficiary_name", "beneficiary_name is blank"),
        (row(payee=None), "beneficiary_name", "beneficiary_name is blank"),
        (row(payee="x" * 201), "beneficiary_name", "at most 200 characters"),
        (row(payee="Leeds\x00Mind"), "beneficiary_name", "null byte"),
        (row(payee="Leeds \udc81"), "beneficiary_name", "no character of Windows-1252"),
        (row(day="No"), "payment_date", "not a date"),
        ((*row(), "more"), "", "more fields than the header's 5"),
    ],
)
def test_what_cannot_be_used_names_the_column(
    sent: tuple[Any, ...], column: str, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason) as caught:
        read(sent)
    assert caught.value.field == column


def test_columns_are_found_by_name_whatever_their_case_and_order() -> None:
    columns = find_columns(
        ["Beneficiary_Name", " AMOUNT ", "Payment_Date", "organisational_unit", "Reference"], "x"
    )
    sent = ("Leeds Mind", "1", "2024-04-30", "", "R1")
    assert read(sent, columns).reference == "R1"


def test_occurrences_and_every_part_of_the_key_make_another_payment() -> None:
    posted = read(row())
    ids = {
        row_id(posted, 150, 1),
        row_id(posted, 150, 2),
        row_id(posted, 151, 1),
        row_id(read(row(payee="Leeds MIND")), 150, 1),
        row_id(read(row(day="2024-05-01")), 150, 1),
        row_id(posted.model_copy(update={"unit": None}), 150, 1),
        row_id(posted.model_copy(update={"reference": "R1"}), 150, 1),
        row_id(posted.model_copy(update={"buyer": "GB-LAE-CLD"}), 150, 1),
    }
    assert len(ids) == 8
    assert row_id(read(row(day="30/04/2024", payee=" Leeds Mind ")), 150, 1) in ids


@pytest.mark.parametrize(
    "name", ["transaction", "purpose", "programme", "place", "charity_number", "company_number"]
)
def test_what_only_describes_a_payment_makes_no_other_payment(name: str) -> None:
    columns = find_columns([*COLUMNS.names, name], "x.csv")
    ids = {row_id(read((*row(), said), columns), 150, 1) for said in (" ", "1007625", "1007626")}
    assert ids == {row_id(read(row()), 150, 1)}


@pytest.mark.parametrize(
    "sent",
    [row(float("nan")), row(Decimal("1.0")), row(day=date(2024, 4, 30)), row(payee="\udc81")],
)
def test_every_row_can_be_kept_as_json(sent: tuple[Any, ...]) -> None:
    assert json.loads(row_as_json((*sent, "more"), COLUMNS))["surplus"] == ["more"]


@pytest.mark.parametrize("name", ["amount", " Amount ", "vat"])
def test_a_header_that_names_a_column_twice_is_refused(name: str) -> None:
    header = ["payment_date", "amount", "organisational_unit", "beneficiary_name", "VAT", name, ""]
    with pytest.raises(Rejected, match=f"{name.strip().lower()} more than once"):
        find_columns([*header, ""], "x.csv")


@pytest.mark.parametrize(
    ("payee", "reason"),
    [
        (b"\xff", "beneficiary_name holds bytes that are not UTF-8 text"),
        ({"name": "Leeds Mind"}, "beneficiary_name is no text, number or date"),
        (["Leeds Mind"], "beneficiary_name is no text, number or date"),
        (True, "beneficiary_name is no text, number or date"),
    ],
)
def test_a_payee_that_is_no_text_is_no_name(payee: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(row(payee=payee))
    assert json.loads(row_as_json(row(payee=payee), COLUMNS))["payment_date"] == "2024-04-30"


def test_bytes_that_are_text_are_read_as_it() -> None:
    posted = read(row(amount=b"12.50", day=b"2024-04-30", payee="Caf\xe9".encode()))
    assert (posted.payee, posted.amount_pence) == ("Caf\xe9", 1250)


MORE = find_columns(
    ["payment_date", "amount", "organisational_unit", "beneficiary_name", "purpose", "note"],
    "x.csv",
)


@pytest.mark.parametrize(
    ("changes", "torn"),
    [
        ({}, False),
        ({4: "Care at home,\nApril, for two"}, False),
        ({5: "seen\r\nby 2 of us"}, False),
        ({3: "Leeds Mind\n"}, False),
        ({3: "Leeds\nMind"}, True),
        ({3: "\nLeeds Mind"}, True),
        ({2: "Adults\rand Health"}, True),
        ({4: "Care\n2024-05-01,12.00,Adults,Leeds Mind"}, True),
        ({5: "x\n2024-05-01,"}, True),
        ({5: "x\nNo,12.00,Adults,Leeds Mind,,"}, True),
        ({5: "x\nNo,twelve,Adults,Leeds Mind,,"}, False),
    ],
)
def test_a_row_that_holds_another_is_torn(changes: dict[int, str], *, torn: bool) -> None:
    fields = ["2024-04-30", "1.00", "Adults", "Leeds Mind", "", ""]
    for place, value in changes.items():
        fields[place] = value
    assert is_torn(tuple(fields), MORE) is torn
