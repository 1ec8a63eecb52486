"""Rows whose words, not their sign, say that nothing was spent: credit notes, cancelled, income."""
# ruff: noqa: E501 - a line of a table is a line

import pytest

from services.ingest.shapes.kept_shape import keep_shape, kept_shape
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import Outcome, csv, read

CREDITED = "is taken as negative where"


def table(header: str, *rows: tuple[str, str]) -> list[list[str]]:
    lines = [f"1{n}/04/2024|A Ltd|{pounds}|{said}|R{n}" for n, (pounds, said) in enumerate(rows, 3)]
    return csv("\n".join([f"Date|Supplier|Amount|{header}|Reference", *lines]))


def pence(outcome: Outcome) -> list[int]:
    return [row.pence for row in outcome.paid]


@pytest.mark.parametrize(
    ("header", "credit", "debit"),
    [
        ("Type", "Credit Note", "Invoice"),
        ("Document Type", "CRN", "Utility bill"),
        ("Doc Type", "PC", "PI"),
        ("Invoice Type", "Credit Memo", "Standard"),
        ("Dr/Cr", "C", "D"),
    ],
)
def test_credit_notes_beside_positive_amounts_are_taken_off(
    header: str, credit: str, debit: str
) -> None:
    outcome = read(table(header, ("10.00", credit), ("5.00", debit), ("6.00", debit)))
    assert pence(outcome) == [-1000, 500, 600]
    assert CREDITED in " ".join(outcome.table.shape.notes)
    assert kept_shape(keep_shape(outcome.table.shape)) == outcome.table.shape
    signed = read(table(header, ("-10.00", credit), ("5.00", debit), ("6.00", debit)))
    assert pence(signed) == [-1000, 500, 600], "negative already: as it is printed"
    assert signed.table.shape.notes == ()


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Type", [("10.00", "Refund"), ("5.00", "Invoice"), ("6.00", "Invoice")]),
        ("Document Type", [("10.00", "KG"), ("5.00", "KR"), ("6.00", "KR")]),
        ("Type", [("10.00", "Credit Note"), ("-5.00", "Credit note"), ("6.00", "Invoice")]),
        ("Type", [("10.00", "Credit Note"), ("-5.00", "Invoice"), ("-6.00", "Invoice")]),
        ("Dr/Cr", [("10.00", "CR"), ("5.00", "CR"), ("6.00", "DR")]),
        ("Description", [("10.00", "Credit note"), ("5.00", "Care"), ("6.00", "Meals")]),
    ],
)
def test_where_words_may_mean_either_sign_a_person_is_asked(
    header: str, rows: list[tuple[str, str]]
) -> None:
    shape = read(table(header, *rows)).table.shape
    assert shape.state is State.NEEDS_MAPPING
    assert [each.columns for each in shape.questions] == [("negative", "as printed")]
    assert pence(read(table(header, *rows), credits="negative"))[0] == -1000
    assert pence(read(table(header, *rows), credits="as printed"))[0] == 1000


def test_amounts_that_are_nearly_all_negative_are_asked_about() -> None:
    rows = [("-10.00", "Care")] * 10
    shape = read(table("Purpose", *rows)).table.shape
    assert shape.state is State.NEEDS_MAPPING
    [question] = shape.questions
    assert "nearly all of Amount is negative" in question.question
    outcome = read(table("Purpose", *rows), credits="as printed")
    assert set(pence(outcome)) == {-1000}
    for few in (rows[:9], [*rows, ("10.00", "Care")]):
        assert read(table("Purpose", *few)).table.shape.state is State.PAYMENTS


def test_credit_notes_that_say_so_are_negative_without_a_question() -> None:
    rows = [("-10.00", "Credit Note")] * 12
    assert set(pence(read(table("Document Type", *rows)))) == {-1000}
    owed = read(table("Document Type", *rows[:6], *[("-10.00", "Invoice")] * 6)).table.shape
    assert owed.state is State.NEEDS_MAPPING
    of_ledger = read(table("Dr/Cr", *[("-10.00", "CR")] * 12)).table.shape
    assert of_ledger.state is State.NEEDS_MAPPING


def test_a_network_of_clinical_research_is_no_credit_note() -> None:
    rows = table("Expense Area", ("10.00", "CRN"), ("5.00", "Pathology"), ("6.00", "Estates"))
    assert pence(read(rows)) == [1000, 500, 600]


@pytest.mark.parametrize(
    ("header", "void", "paid"),
    [
        ("Status", "Cancelled", "Paid"),
        ("Payment Status", "VOID - reissued", "Cleared"),
        ("Type", "Void", "Invoice"),
        ("Cancelled?", "Y", "N"),
        ("Date Cancelled", "15/04/2024", ""),
    ],
)
def test_what_was_not_paid_is_rejected_and_what_undoes_a_payment_counts(
    header: str, void: str, paid: str
) -> None:
    outcome = read(table(header, ("10.00", void), ("5.00", paid), ("6.00", paid)))
    assert pence(outcome) == [500, 600]
    assert f'{header} is "{void}"' in outcome.rejected[2]
    undone = read(table(header, ("-10.00", void), ("5.00", paid), ("6.00", paid)))
    assert pence(undone) == [-1000, 500, 600]


def test_a_status_of_something_else_is_none_of_the_payment() -> None:
    rows = table("Contract Status", ("10.00", "Cancelled"), ("5.00", "Live"))
    assert pence(read(rows)) == [1000, 500]


PAID = "Date|Supplier|Amount|Reference\n13/04/2024|A Ltd|10.00|R1\n"


@pytest.mark.parametrize("heading", ["INCOME RECEIVED", "|2. Receipts", "Cancelled cheques"])
def test_under_a_heading_of_income_no_row_is_spend(heading: str) -> None:
    repeated = "Date|Supplier|Amount|Reference\n"
    outcome = read(
        csv(
            f"{PAID}{heading}\n{repeated}15/04/2024|C Ltd|7.00|R2\nPAYMENTS\n16/04/2024|D Ltd|8.00|R3"
        )
    )
    assert pence(outcome) == [1000, 800]
    assert "the row stands under" in outcome.rejected[5]


def test_under_credit_notes_only_what_is_negative_counts() -> None:
    outcome = read(csv(f"{PAID}CREDIT NOTES\n15/04/2024|C Ltd|-7.00|R2\n15/04/2024|C Ltd|7.00|R3"))
    assert pence(outcome) == [1000, -700]
    assert list(outcome.rejected) == [5]


def test_a_heading_of_a_service_is_no_section_of_income() -> None:
    outcome = read(csv(f"{PAID}Adult social care and income support\n15/04/2024|C Ltd|7.00|R2"))
    assert pence(outcome) == [1000, 700]


@pytest.mark.parametrize(
    "said",
    [
        "Balance brought forward",
        "Opening Balance at 1 April",
        "CLOSING BALANCE",
        "Balance c/f",
        "Balance b/fwd",
        "b/f",
    ],
)
def test_a_balance_that_a_cash_book_carries_over_was_paid_to_nobody(said: str) -> None:
    outcome = read(
        csv(f"""
        Date|Supplier|Amount
        01/04/2024|{said}|500.00
        03/04/2024|New Balance Ltd|100.00
        04/04/2024|Balance|20.00
        05/04/2024|B/F Builders|30.00
        06/04/2024|Opening Balance Associates|40.00
        07/04/2024|Closing Balance Forestry|50.00
        """)
    )
    assert pence(outcome) == [10_000, 2_000, 3_000, 4_000, 5_000]
    assert "a balance that was carried over" in outcome.rejected[2]
