"""Layouts as public bodies publish them: each is read with no mapping, or asks."""
# ruff: noqa: E501 - a line of a table is a line

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from services.ingest.reading.sheet import Merged
from services.ingest.reading.width import within_columns
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import Outcome, csv, read, read_sheets, sheet

HEADER = ["Department Family", "Entity", "Date", "Expense Type", "Supplier", "Ref", "Amount"]


def paid(day: Any, payee: str, amount: Any, reference: Any = "100") -> list[Any]:
    return ["Health", "A Trust", day, "Drugs", payee, reference, amount]


def pounds(outcome: Outcome) -> list[int]:
    return [row.pence for row in outcome.paid]


LAYOUTS = {
    "NHS with a preamble, blank rows, a total and notes": (
        """
        A Trust: payments over £25,000
        April 2020

        Department Family|Entity|Date|Expense Type|Expense Area|Supplier|Transaction Number|AP Amount (£)|VAT registration number
        Health|A Trust|01/04/2020|Drugs|Pharmacy|Alpha Ltd|900001|25,000.10|GB 123
        Health|A Trust|30/04/2020|Rent|Estates|Beta Limited|900002|£40,000.00|

        |||||||65,000.10|
        Note: amounts include VAT
        """,
        [2_500_010, 4_000_000],
        {"payee": "Supplier", "reference": "Transaction Number", "unit": "Expense Area"},
        {1: "note", 2: "note", 3: "blank", 4: "header", 7: "blank", 8: "total", 9: "note"},
    ),
    "a council by the Local Government Transparency Code": (
        """
        Organisation Name|Organisation Code|Effective Date|Directorate|Service Category Label|Supplier (Beneficiary) Name|Supplier ID|Payment Date|Transaction Number|Net Amount|VAT Amount|Irrecoverable VAT|Purpose of Spend|Procurement (Merchant) Category
        Leeds|E08000035|02/04/2021|Adults|Care|Alpha Ltd|55|14/04/2021|T1|500.00|100.00|0|Beds|Care
        Leeds|E08000035|02/04/2021|Roads|Works|Beta Ltd|56|15/04/2021|T2|(750.50)|0|0|Signs|Works
        """,
        [50_000, -75_050],
        {
            "payment_date": "Payment Date",
            "amount": "Net Amount",
            "payee": "Supplier (Beneficiary) Name",
            "supplier_number": "Supplier ID",
            "purpose": "Purpose of Spend",
            "unit": "Directorate",
        },
        {1: "header"},
    ),
    "a header in two rows": (
        """
        Payment|Payment|Supplier||Amount
        Date|Number|Name|Postcode|(£)
        05-Apr-21|1|Alpha Ltd|LS1 1UR|1,000.00
        17-Apr-21|2|Beta Ltd|BD1 1HX|2,000.00-
        """,
        [100_000, -200_000],
        {"payment_date": "Payment Date", "reference": "Payment Number"},
        {1: "header", 2: "header"},
    ),
    "the body that pays beside the body that is paid": (
        """
        Organisation|Directorate|Date|Supplier|Amount
        A Trust|x|13/05/2021|Alpha|100.00
        A Trust|y|14/05/2021|Beta|200.00
        """,
        [10_000, 20_000],
        {"payee": "Supplier"},
        {1: "header"},
    ),
    "American days": (
        """
        Date|Supplier|Amount
        4/30/2020|Alpha Ltd|1.00
        4/1/2020|Beta Ltd|2.00
        """,
        [100, 200],
        {},
        {1: "header"},
    ),
    "a decimal comma": (
        """
        Date|Supplier|Amount
        30.04.2020|Alpha Ltd|1.234,56
        01.04.2020|Beta Ltd|12,50
        02.04.2020|Gamma Ltd|1.000
        """,
        [123_456, 1_250, 100_000],
        {},
        {1: "header"},
    ),
    "no header at all": (
        """
        14/04/2021|Alpha Ltd|4711|1,234.56
        15/04/2021|Beta Limited|4712|99.10
        15/04/2021|Gamma Services|4713|50.00
        16/04/2021|Delta Trust|4714|75.20
        """,
        [123_456, 9_910, 5_000, 7_520],
        {},
        {},
    ),
    "repeated headers and subtotals": (
        """
        Date|Supplier|Amount
        01/04/2021|Alpha Ltd|1.00
        13/04/2021|Alpha Ltd|2.00
        |Alpha Ltd Total|3.00
        Date|Supplier|Amount
        14/04/2021|Total Gas & Power|4.00
        ||4.00
        Grand Total||7.00
        """,
        [100, 200, 400],
        {},
        {1: "header", 4: "total", 5: "header", 7: "total", 8: "total"},
    ),
    "the line's amount beside the invoice's": (
        """
        Supplier|Payment Date|Invoice Number|Invoice Total|Line Amount
        Alpha Ltd|13/04/2021|A1|30.00|10.00
        Alpha Ltd|13/04/2021|A1|30.00|20.00
        """,
        [1_000, 2_000],
        {"amount": "Line Amount", "reference": "Invoice Number"},
        {1: "header"},
    ),
    "debit and credit": (
        """
        Date|Payee|Debit|Credit
        14/04/2021|Alpha Ltd|10.00|
        15/04/2021|Alpha Ltd||2.50
        """,
        [1_000, -250],
        {"amount": "Debit - Credit"},
        {1: "header"},
    ),
    "credits alone, with a decimal comma": (
        """
        Date|Payee|Debit|Credit
        14/04/2021|Alpha Ltd||61.685,29
        15/04/2021|Alpha Ltd||9,50
        """,
        [-6_168_529, -950],
        {"amount": "Debit - Credit"},
        {1: "header"},
    ),
    "a reference that is called a date": (
        """
        Date|Expense Type|Supplier|Transaction Date|Amount
        04/06/2020|Rent|Alpha Ltd|10023|25,000.00
        24/06/2020|Rent|Beta Ltd|10024|26,000.00
        25/06/2020|Rent|Beta Ltd|10025|26,000.00
        26/06/2020|Rent|Beta Ltd|10026|26,000.00
        """,
        [2_500_000, 2_600_000, 2_600_000, 2_600_000],
        {"payment_date": "Date"},
        {1: "header"},
    ),
    "headers nobody has heard of, values that speak": (
        """
        Tag der Zahlung|Empfaenger|Betrag|Zeichen
        14/04/2021|Alpha Ltd|1,234.56|A-1
        15/04/2021|Beta Limited|99.10|A-2
        16/04/2021|Gamma Trust|12.00|A-3
        17/04/2021|Delta Services|13.00|A-4
        """,
        [123_456, 9_910, 1_200, 1_300],
        {"payee": "Empfaenger", "amount": "Betrag"},
        {1: "header"},
    ),
    "supplier number and name, payment and invoice date, gross and net": (
        """
        Supplier Number|Supplier|Invoice Date|Payment Date|Invoice Number|Gross Amount|Net Amount|VAT
        1001|Alpha Ltd|01/03/2021|14/04/2021|I-1|120.00|100.00|20.00
        1002|Beta Ltd|02/03/2021|15/04/2021|I-2|60.00|50.00|10.00
        """,
        [10_000, 5_000],
        {
            "payment_date": "Payment Date",
            "amount": "Net Amount",
            "supplier_number": "Supplier Number",
        },
        {1: "header"},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_with_no_mapping(layout: str) -> None:
    text, pence, columns, skipped = LAYOUTS[layout]
    outcome = read(csv(text))
    assert outcome.table.shape.questions == ()
    assert (pounds(outcome), outcome.rejected) == (pence, {})
    assert columns.items() <= outcome.columns.items()
    assert dict(outcome.skipped) == skipped


def test_workbook_cells_are_the_same_payments_as_the_csv_of_them() -> None:
    text = [
        HEADER,
        paid("03/04/2020", "Alpha Ltd", "25,000.10", "3460"),
        paid("14/04/2020", "B", "1"),
    ]
    cells = [
        HEADER,
        paid(datetime(2020, 4, 3), "Alpha Ltd", 25000.100000000002, 3460.0),  # noqa: DTZ001
        paid(date(2020, 4, 14), "B", 1, "100"),
    ]
    serials = [HEADER, paid(43924.0, "Alpha Ltd", 25000.1, 3460), paid(43935.0, "B", 1.0, 100)]
    assert read(text).paid == read(cells).paid == read(serials).paid


def test_two_amounts_that_could_be_meant_wait_with_a_question_and_are_answered() -> None:
    rows = csv(
        """
        Date|Supplier|Amount|Net Amount
        14/04/2021|Alpha Ltd|12.00|10.00
        15/04/2021|Beta Ltd|12.00|20.00
        """
    )
    waits = read(rows)
    assert waits.table.shape.state is State.NEEDS_MAPPING
    [question] = waits.table.shape.questions
    assert (question.field, set(question.columns)) == ("amount", {"Amount", "Net Amount"})
    assert pounds(read(rows, amount="net amount")) == [1_000, 2_000]
    same = csv("Date|Supplier|Amount|Net Amount\n14/04/2021|Alpha Ltd|12.00|12.00")
    assert pounds(read(same)) == [1_200], "what says the same is no question"


def test_days_that_no_day_proves_are_told_by_the_files_month() -> None:
    rows = csv(
        """
        Date|Supplier|Amount
        04/01/2021|Alpha Ltd|1.00
        04/05/2021|Beta Ltd|2.00
        04/06/2021|Beta Ltd|2.00
        """
    )
    assert read(rows).table.shape.state is State.NEEDS_MAPPING
    assert {row.day.month for row in read(rows, "Spend April 2021.csv").paid} == {4}
    assert {row.day.month for row in read(rows, "Spend Jan to June.csv").paid} == {1, 5, 6}
    assert {row.day.month for row in read(rows, order="month first").paid} == {4}


def test_days_in_both_orders_are_asked_about() -> None:
    rows = csv("Date|Supplier|Amount\n13/04/2021|Alpha Ltd|1\n4/14/2021|Alpha Ltd|1")
    assert read(rows).table.shape.state is State.NEEDS_MAPPING


def test_a_table_that_lacks_its_date_asks_and_a_cover_sheet_does_not() -> None:
    rows = [["Supplier", "Amount"], ["Alpha Ltd", "1.00"], ["Beta Ltd", "2.00"]]
    assert read(rows).table.shape.state is State.NEEDS_MAPPING
    assert read([["Payments of a council"], ["Ask us"]]).table.shape.state is State.SKIPPED


def test_hidden_sheets_summaries_and_copies_are_not_counted_twice() -> None:
    body = [HEADER, *(paid(f"{day}/04/2020", "Alpha Ltd", f"{day}.00") for day in range(10, 30))]
    pivot = [["Row Labels", "Sum of Amount"], ["Alpha Ltd", "390.00"], ["Grand Total", "390.00"]]
    sheets = [
        sheet([["About this file"], ["Contact us"]], "Cover"),
        sheet(pivot, "Pivot"),
        sheet(body, "Data"),
        sheet([HEADER, *body[5:15]], "Over 15"),
        sheet(body, "Old", hidden=True),
    ]
    outcomes = read_sheets(sheets)
    states = {each.table.name: each.table.shape.state.value for each in outcomes}
    assert states == {
        "Cover": "skipped",
        "Pivot": "skipped",
        "Data": "payments",
        "Over 15": "skipped",
        "Old": "skipped",
    }
    assert "stand in the sheet Data" in outcomes[3].table.shape.reason
    assert sum(len(each.paid) for each in outcomes) == 20


def test_payments_in_columns_past_the_last_are_skipped_with_that_reason() -> None:
    table = [["Date", "Supplier", "Amount"], ["13/04/2024", "Alpha Ltd", "10.00"]]
    beyond = "row 1: it says something beyond column 5, the last one"
    for first, why in (("", beyond), ("Note", f"of payments; {beyond}")):
        wide = within_columns(sheet([[first] * 6 + row for row in table]), 5)
        [outcome] = read_sheets([wide])
        assert outcome.table.shape.state is State.SKIPPED
        assert outcome.table.shape.reason.endswith(why)


def test_a_sheet_that_a_larger_one_holds_but_for_some_payments_is_asked_about() -> None:
    body = [paid(f"{day}/04/2020", "Alpha Ltd", f"{day}.00") for day in range(10, 30)]
    other = [paid(f"{day}/05/2020", "Alpha Ltd", f"{day}.00") for day in range(10, 30)]
    sheets = [sheet([HEADER, *body[1:], *other], "Year"), sheet([HEADER, *body], "April")]
    asked = read_sheets(sheets)[1]
    assert asked.table.shape.state is State.NEEDS_MAPPING
    assert "19 of its 20 payments" in asked.table.shape.questions[0].question
    counted = read_sheets(sheets, mapped={"copies": "counted"})[1]
    assert sum(row.pence for row in counted.paid) == sum(range(1_000, 3_000, 100))
    left = read_sheets(sheets, mapped={"copies": "skipped"})[1].table.shape
    assert (left.state, "as was answered" in left.reason) == (State.SKIPPED, True)


def test_payments_of_two_departments_are_no_copies_unless_one_sheet_names_none() -> None:
    def of(name: str) -> list[list[str]]:
        return [["13/04/2021", "A LTD", "5.00", name], ["14/04/2021", "B LTD", "6.00", name]]

    header = ["Date", "Supplier", "Amount", "Department"]
    adults, homes = sheet([header, *of("Adults")], "Adults"), sheet([header, *of("Homes")], "Homes")
    assert [len(each.paid) for each in read_sheets([adults, homes])] == [2, 2]
    every = sheet([row[:3] for row in [header, *of("Adults")]], "All")
    assert sorted(len(each.paid) for each in read_sheets([adults, every])) == [0, 2]


def test_a_total_that_differs_from_what_was_read_is_shown() -> None:
    rows = [HEADER, paid("14/04/2020", "A", "10.00"), ["", "", "", "", "Total", "", "12.00"]]
    [total] = read(rows).totals
    assert (total.row, total.stated_pence, total.difference_pence) == (3, 1_200, 200)


def test_a_field_cut_in_two_moves_no_amount() -> None:
    rows = [HEADER, paid("14/04/2020", "A", "10.00"), [*paid("14/04/2020", "B", "10.00"), "5.00"]]
    assert read(rows).rejected == {3: "the row has more fields than the header's 7"}


def test_rows_under_a_second_header_with_other_columns_are_not_misread() -> None:
    rows = csv(
        """
        Date|Supplier|Net Amount|Ref
        14/04/2021|Alpha Ltd|1.00|7
        Date|Supplier|Ref|Balance
        14/04/2021|Alpha Ltd|8|2.00
        """
    )
    outcome = read(rows)
    assert pounds(outcome) == [100]
    assert list(outcome.rejected) == [3, 4]


def test_rows_have_the_number_that_a_spreadsheet_shows() -> None:
    rows = [[], HEADER, [], paid("14/04/2020", "A", ""), paid("14/04/2020", "", "1.00")]
    assert read(rows).rejected == {4: "amount is blank", 5: "payee is blank"}


def test_a_merged_day_holds_for_each_of_its_rows_and_a_merged_amount_counts_once() -> None:
    rows: list[list[Any]] = [
        ["Date", "Supplier", "Amount"],
        ["Paid", "", ""],
        [date(2021, 4, 14), "Alpha Ltd", 10.0],
        [None, "Beta Ltd", 20.0],
        [None, "Gamma Ltd", None],
    ]
    merged = (Merged(3, 1, 5, 1), Merged(4, 3, 5, 3), Merged(1, 2, 2, 2), Merged(1, 3, 2, 3))
    [outcome] = read_sheets([replace(sheet(rows), merged=merged)])
    assert pounds(outcome) == [1_000, 2_000]
    assert outcome.rejected == {5: "amount is blank"}


def test_money_in_thousands_is_asked_about() -> None:
    rows = csv("Date|Supplier|Amount £000s\n14/04/2021|Alpha Ltd|1.00")
    assert read(rows).table.shape.state is State.NEEDS_MAPPING


def test_fractions_of_a_penny_are_rounded_where_a_table_has_them_throughout() -> None:
    usual = [paid("14/04/2020", "A", "10.50")] * 20
    assert list(read([HEADER, *usual, paid("14/04/2020", "A", "1.0051")]).rejected) == [22]
    many = [HEADER, *usual, paid("14/04/2020", "A", "1.0051"), paid("14/04/2020", "B", "-2.3451")]
    assert pounds(read(many))[-2:] == [101, -235]
