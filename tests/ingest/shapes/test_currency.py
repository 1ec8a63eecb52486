"""Amounts that are no pounds are asked about or rejected, never taken as pounds."""

import pytest

from services.ingest.agreement_files.table_shape import find_agreement_table
from services.ingest.shapes.currency import other_currency
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import csv, read, sheet

ROWS = """
    Date|Supplier|{}|Reference
    14/04/2024|Alpha Ltd|100.00|R1
    15/04/2024|Beta Ltd|250.50|R2
    """


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Amount (EUR)", "EUR"),
        ("Amount \N{EURO SIGN}", "EUR"),
        ("Value USD", "USD"),
        ("Net amount in US dollars", "DOLLARS"),
        ("AmountUSD", "USD"),
        ("Amount", None),
        ("Amount (GBP, from EUR)", None),
        ("Amount \N{POUND SIGN}", None),
    ],
)
def test_a_header_of_another_currency_is_asked_about(header: str, currency: str | None) -> None:
    assert other_currency(header) == currency
    outcome = read(csv(ROWS.format(header)))
    assert outcome.table.shape.state is (State.NEEDS_MAPPING if currency else State.PAYMENTS)
    if currency:
        [question] = outcome.table.shape.questions
        assert f"is in {currency}" in question.question
        answered = read(csv(ROWS.format(header)), money="pounds")
        assert [row.pence for row in answered.paid] == [10_000, 25_050]


def test_of_two_amounts_that_in_pounds_is_taken() -> None:
    columns = "Amount \N{EURO SIGN}|Amount"
    outcome = read(csv(ROWS.format(columns).replace("0|R", "0|85.10|R")))
    assert outcome.columns["amount"] == "Amount"
    assert [row.pence for row in outcome.paid] == [8_510, 8_510]


def test_rows_in_another_currency_are_rejected_and_blank_is_pounds() -> None:
    outcome = read(
        csv(
            """
            Date|Supplier|Amount|Currency|Reference
            14/04/2024|Alpha Ltd|100.00|GBP|R1
            15/04/2024|Beta Ltd|250.50|EUR|R2
            16/04/2024|Gamma Ltd|30.00||R3
            17/04/2024|Delta Ltd|40.00|US Dollar|R4
            18/04/2024|Alpha Ltd|50.00|Pounds Sterling|R5
            Total||470.50||
            """
        )
    )
    assert [row.pence for row in outcome.paid] == [10_000, 3_000, 5_000]
    assert outcome.rejected == {
        3: "the amount is in EUR, not in pounds",
        5: "the amount is in DOLLAR, not in pounds",
    }


@pytest.mark.parametrize(
    "header", ["Original Amount|Currency|Amount", "Amount|Currency|Amount (GBP)"]
)
def test_a_currency_of_another_column_says_nothing_of_pounds(header: str) -> None:
    rows = csv(
        f"""
        Date|Supplier|{header}|Reference
        14/04/2024|Alpha Ltd|100.00|EUR|85.10|R1
        15/04/2024|Beta Ltd|250.50|USD|199.99|R2
        """
    )
    outcome = read(rows, amount=header.rpartition("|")[2])
    assert [row.pence for row in outcome.paid] == [8_510, 19_999]


def test_a_register_in_euros_is_asked_about() -> None:
    table = find_agreement_table(
        sheet(
            csv(
                """
                Contract Reference|Contract Title|Supplier|Start Date|End Date|Contract Value (EUR)
                C1|Meals|Alpha Ltd|01/04/2024|31/03/2026|90,000
                C2|Buses|Beta Ltd|15/04/2024|31/03/2027|80,000
                """
            )
        ),
        lambda _: {},
    )
    assert table is not None
    assert ["is in EUR" in each.question for each in table.questions] == [True]
