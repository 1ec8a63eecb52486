"""Layouts of bodies that nobody has seen yet: headers as really published, values made up."""
# ruff: noqa: E501 - a line of a table is a line

from datetime import date
from typing import Any, NamedTuple

import pytest

from services.ingest.imports.answer_options import say_question
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import Outcome, csv, read, read_sheets, sheet

APRIL = (date(2021, 4, 13), date(2021, 4, 14))
END = date(2021, 4, 30)


class Layout(NamedTuple):
    """A table, the pence and the days that come out, and some of the columns."""

    text: str
    pence: list[int]
    columns: dict[str, str]
    days: tuple[date, ...] = APRIL
    file: str = "spend.csv"


LAYOUTS = {
    "a district council by the Transparency Code, names joined by underscores": Layout(
        """
        Service_Area_Categorisation|Responsible_Unit|Expenses_Type|Expense_Code|Narrative|Date|Transaction_Number|SumOfAmount_Inc_VAT|SumOfAmount_Exc_VAT|Capital_Revenue|Supplier_Name|Supplier_ID|Contract_ID
        Environment|Refuse|Fuel|4001|Diesel|13/04/2021|100234|1200.00|1000.00|Revenue|ACME FUELS LTD|A0001|
        Environment|Refuse|Fuel|4001|Diesel|14/04/2021|100235|600.00|500.00|Revenue|BETA LTD|B0001|
        """,
        [100_000, 50_000],
        {"amount": "SumOfAmount_Exc_VAT", "supplier_number": "Supplier_ID"},
    ),
    "a county council with links to itself": Layout(
        """
        Body name|Body|Service area categorisation|Responsible unit|Expenses type|Date|Transaction number|Amount|Supplier name
        A County Council|http://opendatacommunities.org/id/county-council/a|Adults|Older people|Care|13/04/2021|5100|1,200.50|Care Homes Ltd
        A County Council|http://opendatacommunities.org/id/county-council/a|Adults|Older people|Care|14/04/2021|5101|700.00|redacted personal data
        """,
        [120_050, 70_000],
        {"payee": "Supplier name", "entity": "Body name"},
    ),
    "questions of the Code as headers": Layout(
        """
        Body name|Transaction date|Supplier (beneficiary)|Transaction number|Net amount|Irrecoverable VAT|Department/service where expenditure occurred|Procurement category|CIPFA expenditure code|Purpose of expenditure (narrative)|Card transaction
        A Council|13/04/2021|ACME LTD|70001|550.00|0.00|Housing|Supplies|D4|Stationery|N
        A Council|14/04/2021|BETA LTD|70002|1,550.00|12.00|Housing|Supplies|D4|Stationery|N
        """,
        [55_000, 155_000],
        {"amount": "Net amount", "purpose": "Purpose of expenditure (narrative)"},
    ),
    "SAP at a combined authority": Layout(
        """
        Vendor ID|Vendor Name|Cost Element|Expenditure Account Code Description|SAP Document No|Amount £|Clearing Date
        100200|ACME LTD|544000|Consultancy|1900012345|1,250.00|13.04.2021
        100201|BETA LTD|544000|Consultancy|1900012346|2,250.00|14 Apr 2021
        """,
        [125_000, 225_000],
        {"reference": "SAP Document No", "payee": "Vendor Name"},
    ),
    "SAP as exported": Layout(
        """
        Company Code|Vendor|Name 1|Document Number|Posting Date|Clearing Date|Amount in local currency|Text
        1000|100200|A LTD|1900001|01.04.2021|13.04.2021|1,250.00|x
        1000|100201|B LTD|1900002|02.04.2021|14.04.2021|2,250.00|y
        """,
        [125_000, 225_000],
        {"payment_date": "Clearing Date", "payee": "Name 1"},
    ),
    "Oracle as exported: a distribution line is the amount": Layout(
        """
        OPERATING_UNIT|VENDOR_NAME|VENDOR_NUMBER|INVOICE_NUM|INVOICE_DATE|CHECK_DATE|DIST_AMOUNT|DISTRIBUTION_LINE_NUMBER
        T|A LTD|100|I-1|01/04/2021|13/04/2021|10.00|1
        T|A LTD|100|I-1|01/04/2021|14/04/2021|20.00|2
        """,
        [1_000, 2_000],
        {"amount": "DIST_AMOUNT", "payment_date": "CHECK_DATE"},
    ),
    "Agresso as exported, codes beside their texts": Layout(
        """
        Client|Period|TransNo|Trans.date|Account|Account (T)|CostC|CostC (T)|Ap/Ar ID|Ap/Ar ID (T)|Amount|Text
        C1|202101|7000001|13/04/2021|4000|Books|100|Library|5001|A LTD|10.50|x
        C1|202101|7000002|14/04/2021|4000|Books|100|Library|5002|B LTD|20.50|y
        """,
        [1_050, 2_050],
        {"payee": "Ap/Ar ID (T)", "unit": "CostC (T)", "payment_date": "Trans.date"},
    ),
    "central government with postcodes, kinds of supplier and contracts": Layout(
        """
        Department Family|Entity|Date|Expense Type|Expense Area|Supplier|Transaction Number|Amount|Description|Supplier Postcode|Supplier Type|Contract Number|Project Code|Expenditure Type
        A Department|Core|13/04/2021|Other|Skills|A LTD|SB-001|1,329,075.00|Prof|N1 1AA|SME|C1|P1|Programme
        A Department|Core|14/04/2021|Other|Skills|B LTD|SB-002|29,075.00|Prof|N1 1AB|VCSE|C2|P1|Capital
        """,
        [132_907_500, 2_907_500],
        {"postcode": "Supplier Postcode", "contract_reference": "Contract Number"},
    ),
    "an integrated care board with practice codes": Layout(
        """
        Department Family|Entity|Payment Date|Expense Type|Expense Area|Supplier|Transaction Number|Amount (£)|VAT Registration Number|Supplier Post Code|Practice Code
        NHS|ICB|13/04/2021|GP|Primary|A SURGERY|1|25,000.00||LS1 1AA|B81001
        NHS|ICB|14/04/2021|GP|Primary|B SURGERY|2|26,000.00||LS1 1AB|B81002
        """,
        [2_500_000, 2_600_000],
        {"payee": "Supplier", "postcode": "Supplier Post Code"},
    ),
    "an NHS export with codes of whole government accounts": Layout(
        """
        Department Family|Entity|Date|Expense Type for Report|Expense Area for Report|Supplier|Transaction Number|AP Amount (£)|VAT Registration Number|WGA Code|Purchase Invoice Number
        DH|T|13/04/2021|x|y|A NHS TRUST|1|10.00||RQX01T|7
        DH|T|14/04/2021|x|y|B LTD|2|20.00|GB 654 4321 12||8
        """,
        [1_000, 2_000],
        {"amount": "AP Amount (£)", "expense_type": "Expense Type for Report"},
    ),
    "an NHS trust that analyses the gross": Layout(
        """
        Date|Supplier|Transaction No|Nature of spend|9AN - Level 9 Account Name|Analysed Gross
        13/04/2021|A NHS TRUST|1|x|y|10.00
        14/04/2021|B LTD|2|x|y|20.00
        """,
        [1_000, 2_000],
        {"amount": "Analysed Gross"},
    ),
    "no header, and a department in the first column": Layout(
        """
        Department Of Health|A Trust|13/04/2021|Drugs|Pharmacy|A LTD|900001|25,000.10
        Department Of Health|A Trust|14/04/2021|Rent|Estates|B LIMITED|900002|40,000.00
        Department Of Health|A Trust|14/04/2021|Rent|Estates|C TRUST|900003|41,000.00
        Department Of Health|A Trust|14/04/2021|Rates|Estates|D COUNCIL|900004|42,000.00
        """,
        [2_500_010, 4_000_000, 4_100_000, 4_200_000],
        {},
        (APRIL[0], *[APRIL[1]] * 3),
    ),
    "a purchase card with posting dates": Layout(
        """
        Cardholder|Merchant|Merchant Category|Transaction Date|Posting Date|Transaction Amount|Directorate
        Officer 1|BOOKS UK|Books|13/04/2021|15/04/2021|10.00|x
        Officer 2|TRAINS|Travel|14/04/2021|16/04/2021|20.50|y
        """,
        [1_000, 2_050],
        {"payee": "Merchant", "payment_date": "Transaction Date"},
    ),
    "a purchase card with foreign amounts": Layout(
        """
        Date|Merchant Name|Original Gross Amt|Billing Gross Amt|Billing Currency Code|Description
        13/04/2021|BOOKS UK|10.00|8.00|GBP|x
        14/04/2021|TRAINS|20.50|20.50|GBP|y
        """,
        [800, 2_050],
        {"amount": "Billing Gross Amt"},
    ),
    "an amount with and without VAT, in short": Layout(
        """
        Supplier Name|Date of Payment|Value (inc VAT)|Value (exc VAT)|Expense Area
        A LTD|13/04/2021|12|10|x
        B LTD|14/04/2021|24|20|y
        """,
        [1_000, 2_000],
        {"amount": "Value (exc VAT)"},
    ),
    "an amount that is the net amount with VAT": Layout(
        """
        Date Paid|Supplier Name|Net Amount|VAT|Amount
        13/04/2021|A LTD|100.00|20.00|120.00
        14/04/2021|B LTD|50.00|2.50|52.50
        """,
        [10_000, 5_000],
        {"amount": "Net Amount"},
    ),
    "an amount beside the same without VAT": Layout(
        """
        Date Paid|Supplier Name|Amount|Amount (excl. VAT)|Irrecoverable VAT
        13/04/2021|A LTD|120.00|100.00|0
        14/04/2021|B LTD|60.00|60.00|0
        """,
        [10_000, 6_000],
        {"amount": "Amount (excl. VAT)"},
    ),
    "two amounts of one name, told apart by the VAT between them": Layout(
        """
        Date|Supplier|Amount|VAT|Amount
        13/04/2021|A LTD|10.00|2.00|12.00
        14/04/2021|B LTD|20.00|0.00|20.00
        """,
        [1_000, 2_000],
        {"amount": "Amount"},
    ),
    "an invoice's amount over its lines": Layout(
        """
        Organisation|Payment Date|Supplier|Invoice Number|Invoice Amount|Invoice Line Amount|Cost Centre
        T|13/04/2021|A LTD|I1|30.00|10.00|x
        T|14/04/2021|A LTD|I1|30.00|20.00|y
        """,
        [1_000, 2_000],
        {"amount": "Invoice Line Amount"},
    ),
    "an amount that repeats over lines that add up to it, whatever they are called": Layout(
        """
        Payment Date|Supplier|Ref|Amount|Cost
        13/04/2021|A LTD|I1|30.00|10.00
        14/04/2021|A LTD|I1|30.00|20.00
        14/04/2021|B LTD|I2|7.00|7.00
        """,
        [1_000, 2_000, 700],
        {"amount": "Cost"},
        (*APRIL, APRIL[1]),
    ),
    "marks of debit and credit": Layout(
        """
        Date|Supplier|Amount|Dr/Cr
        13/04/2021|A LTD|10.00|DR
        14/04/2021|B LTD|20.00|CR
        """,
        [1_000, -2_000],
        {},
    ),
    "letters of debit and credit": Layout(
        """
        Date|Supplier|Amount|Debit/Credit Indicator
        13/04/2021|A LTD|10.00|D
        14/04/2021|B LTD|20.00|C
        """,
        [1_000, -2_000],
        {},
    ),
    "credit notes that are unsigned": Layout(
        """
        Date|Supplier|Amount|Document Type
        13/04/2021|A LTD|10.00|Invoice
        14/04/2021|B LTD|20.00|Credit Note
        """,
        [1_000, -2_000],
        {},
    ),
    "credit notes that are signed already": Layout(
        """
        Date|Supplier|Amount|Document Type
        13/04/2021|A LTD|10.00|Invoice
        14/04/2021|B LTD|-20.00|Credit Note
        """,
        [1_000, -2_000],
        {},
    ),
    "capital and revenue are no credits": Layout(
        """
        Date|Supplier|Amount|Capital or Revenue
        13/04/2021|A LTD|10.00|C
        14/04/2021|B LTD|20.00|R
        """,
        [1_000, 2_000],
        {},
    ),
    "amounts with a p": Layout(
        "Date|Supplier|Amount\n13/04/2021|A LTD|£10.00p\n14/04/2021|B LTD|£20.50p",
        [1_000, 2_050],
        {},
    ),
    "amounts in pence": Layout(
        "Date|Supplier|Amount (pence)\n13/04/2021|A LTD|1000\n14/04/2021|B LTD|2050",
        [1_000, 2_050],
        {},
    ),
    "a limit in the header of the amount": Layout(
        "Date|Supplier|Amount (over £25,000)\n13/04/2021|A LTD|26000.40\n14/04/2021|B LTD|30000",
        [2_600_040, 3_000_000],
        {},
    ),
    "a pound sign that lost its encoding": Layout(
        "Date|Supplier|Amount (Â£)\n13/04/2021|A LTD|Â£1,000.00\n14/04/2021|B LTD|-Â£5.00",
        [100_000, -500],
        {},
    ),
    "blanks between the columns": Layout(
        "Date||Supplier||Amount|\n13/04/2021||A LTD||10.00|\n14/04/2021||B LTD||20.00|",
        [1_000, 2_000],
        {},
    ),
    "a period beside a date": Layout(
        "Period|Date|Supplier|Amount\n202101|13/04/2021|A LTD|10\n202101|14/04/2021|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Date"},
    ),
    "a month beside the invoice's date": Layout(
        "Month|Invoice Date|Supplier|Amount\nApr-21|13/04/2021|A LTD|1\nApr-21|14/04/2021|B LTD|2",
        [100, 200],
        {"payment_date": "Invoice Date"},
    ),
    "months only": Layout(
        "Month|Supplier|Amount\nApr-21|A LTD|10\nApril 2021|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Month"},
        (END, END),
    ),
    "months only, in numbers": Layout(
        "Payment Month|Supplier|Amount\n2021-04|A LTD|10\n2021-05|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Payment Month"},
        (END, date(2021, 5, 31)),
    ),
    "months under a header that says date": Layout(
        "Period|Date|Supplier|Amount\nP1|Apr-21|A LTD|10\nP2|May-21|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Date"},
        (END, date(2021, 5, 31)),
    ),
    "months in numbers under a header that says date": Layout(
        "Date of payment|Supplier|Amount\n2021-04|A LTD|10\n2021-05|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Date of payment"},
        (END, date(2021, 5, 31)),
    ),
    "pence under a name in camel case": Layout(
        "paymentDate|supplier|amountPence\n13/04/2021|A LTD|1000\n14/04/2021|B LTD|2000",
        [1_000, 2_000],
        {"amount": "amountPence"},
    ),
    "days of the week before American days": Layout(
        "Date|Supplier|Amount\nTue 4/13/2021|A LTD|10\nWednesday, 4/14/2021|B LTD|20",
        [1_000, 2_000],
        {},
    ),
    "days with what programs leave around them": Layout(
        "Date|Supplier|Amount\n'13/04/2021|A LTD|10\n14 / 04 / 2021|B LTD|20",
        [1_000, 2_000],
        {},
    ),
    "Oracle's timestamps, and the month's name between year and day": Layout(
        "Date|Supplier|Amount\n13-APR-21 12.00.00.000000 AM|A LTD|10\n2021-Apr-14|B LTD|20",
        [1_000, 2_000],
        {},
    ),
    "the day on which an invoice was paid beside its own": Layout(
        "Date of Invoice|Date Invoice Paid|Supplier|Invoice Net|Invoice Gross\n"
        "01/03/2021|13/04/2021|A LTD|10|12\n02/03/2021|14/04/2021|B LTD|20|24",
        [1_000, 2_000],
        {"payment_date": "Date Invoice Paid", "amount": "Invoice Net"},
    ),
    "known words in another order": Layout(
        "Number Transaction|Description Account|Paid Amount|Payment Made Date|Name Vendor\n"
        "1|Rent|10|13/04/2021|A LTD\n2|Rent|20|14/04/2021|B LTD",
        [1_000, 2_000],
        {"reference": "Number Transaction", "expense_type": "Description Account"},
    ),
    "pence under a name of joined words": Layout(
        "date|supplier|amount_pence\n13/04/2021|A LTD|1000\n14/04/2021|B LTD|2000",
        [1_000, 2_000],
        {"amount": "amount_pence"},
    ),
    "days under a header that says month": Layout(
        "Month Paid|Supplier|Amount\n13/04/2021|A LTD|10\n14/04/2021|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Month Paid"},
    ),
    "periods of a financial year only": Layout(
        "Period|Supplier|Amount\nPeriod 1 2021/22|A LTD|10\nP12 2021-22|B LTD|20",
        [1_000, 2_000],
        {"payment_date": "Period"},
        (END, date(2022, 3, 31)),
    ),
    "days without their year, which the file's name has": Layout(
        "Date|Supplier|Amount\n30-Dec|A LTD|10\n04-Jan|B LTD|20",
        [1_000, 2_000],
        {},
        (date(2020, 12, 30), date(2021, 1, 4)),
        "Payments January 2021.csv",
    ),
    "moments with a zone": Layout(
        "Date|Supplier|Amount\n2021-04-13T00:00:00.000Z|A LTD|1\n2021-04-14T00:00:00+00:00|B LTD|2",
        [100, 200],
        {},
    ),
    "a header in row 10, notes below": Layout(
        """
        NHS X
        Payments over £25k for April 2021

        Produced by finance

        Contact: the team


        All amounts exclude VAT
        Date|Supplier|Amount|Ref
        13/04/2021|A LTD|10.00|1
        14/04/2021|B LTD|20.00|2
        Source: ledger
        Total number of transactions: 2
        """,
        [1_000, 2_000],
        {},
    ),
    "several tables of one header": Layout(
        """
        Adults
        Date|Supplier|Amount
        13/04/2021|A LTD|10.00
        |Total|10.00

        Children
        Date|Supplier|Amount
        14/04/2021|B LTD|20.00
        |Total|20.00
        Grand Total||30.00
        """,
        [1_000, 2_000],
        {},
    ),
    "a total that is called a count": Layout(
        """
        Date|Supplier|Ref|Amount
        13/04/2021|A LTD|1|10.00
        14/04/2021|B LTD|2|20.00
        |Count: 2||30.00
        """,
        [1_000, 2_000],
        {},
    ),
    "pages": Layout(
        """
        Date|Supplier|Amount
        13/04/2021|A LTD|1
        Page 1 of 2||
        Date|Supplier|Amount
        14/04/2021|B LTD|2
        Page 2 of 2||
        """,
        [100, 200],
        {},
    ),
    "a name withheld beside the name": Layout(
        """
        Date|Supplier Name|Supplier Name (redacted)|Payee Type|Amount
        13/04/2021|A LTD|A LTD|Company|1
        14/04/2021|REDACTED|REDACTED|Person|2
        """,
        [100, 200],
        {"payee": "Supplier Name"},
    ),
    "a number under Supplier, the name beside it": Layout(
        "Date|Supplier|Supplier Name|Amount\n13/04/2021|10001|A LTD|1\n14/04/2021|10002|B LTD|1",
        [100, 100],
        {"payee": "Supplier Name"},
    ),
    "the company that pays, by name": Layout(
        "Company Name|Date|Supplier Name|Amount\nX Council|13/04/2021|A LTD|1\nY Homes|14/04/2021|B|1",
        [100, 100],
        {"payee": "Supplier Name"},
    ),
    "a cheque or BACS date": Layout(
        "Creditor|Creditor No|Invoice|Chq/Bacs Date|Net|Description\nA|1|I1|13/04/2021|1|x\nB|2|I2|14/04/2021|2|y",
        [100, 200],
        {"payment_date": "Chq/Bacs Date", "amount": "Net"},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_read_as_a_person_would(layout: str) -> None:
    made = LAYOUTS[layout]
    outcome = read(csv(made.text), made.file)
    assert outcome.table.shape.questions == ()
    assert [row.pence for row in outcome.paid] == made.pence
    assert (tuple(row.day for row in outcome.paid), outcome.rejected) == (made.days, {})
    assert made.columns.items() <= outcome.columns.items()


def test_names_in_capitals_with_line_ends_and_hard_spaces_are_names() -> None:
    header = ["ENTITY\xa0", "PAYMENT\r\nDATE", " SUPPLIER \n NAME", "AMOUNT \n(\xa3)"]
    outcome = read([header, ["T", "13/04/2021", "A LTD", "\xa0-\xa3\xa01,000.00\xa0"]])
    assert [(row.day, row.payee, row.pence) for row in outcome.paid] == [
        (APRIL[0], "A LTD", -100_000)
    ]


ASKED = {
    "thousands by the header": ("Date|Supplier|Amount £k\n13/04/2021|A LTD|26.4", "money"),
    "millions by the header": ("Date|Supplier|Amount (£m)\n13/04/2021|A LTD|26.4", "money"),
    "thousands by the title": (
        "Figures in £000s\nDate|Supplier|Amount\n13/04/2021|A LTD|26.4",
        "money",
    ),
    "pence with fractions": ("Date|Supplier|Amount (pence)\n13/04/2021|A LTD|26.4", "money"),
    "net, VAT that is a cost, and both": (
        "Date|Supplier|Net Amount|Irrecoverable VAT|Amount\n13/04/2021|A|5|1|6\n14/04/2021|B|6|0|6",
        "which column is the amount",
    ),
    "two payees": (
        "Date|Vendor|Payee|Amount\n13/04/2021|A|A t/a B|1\n14/04/2021|B|B|1",
        "payee",
    ),
    "either sign under credits": (
        "Date|Supplier|Amount|Dr/Cr\n13/04/2021|A|1|DR\n14/04/2021|B|2|CR\n14/04/2021|B|-2|CR",
        "--map credits=negative",
    ),
    "numbers of periods": ("Period|Supplier|Amount\n202101|A|1\n202102|B|2", "payment_date"),
    "periods without a year": ("Period|Supplier|Amount\nM01|A|1\nM02|B|2", "last day of its month"),
}


@pytest.mark.parametrize("layout", ASKED)
def test_what_two_persons_would_read_differently_is_asked(layout: str) -> None:
    text, said = ASKED[layout]
    shape = read(csv(text)).table.shape
    assert shape.state is State.NEEDS_MAPPING
    assert said in " ".join(say_question(each.kept()) for each in shape.questions)


ANSWERED: list[tuple[str, str, dict[str, str], tuple[int, date]]] = [
    (ASKED["thousands by the header"][0], "a.csv", {"money": "thousands"}, (2_640_000, APRIL[0])),
    (ASKED["thousands by the header"][0], "a.csv", {"money": "pounds"}, (2_640, APRIL[0])),
    (ASKED["numbers of periods"][0], "a.csv", {"payment_date": "Period"}, (100, date(2021, 1, 31))),
    (
        ASKED["periods without a year"][0],
        "spend 2021-22.csv",
        {"payment_date": "Period"},
        (100, END),
    ),
    (
        "Date|Supplier|Amount|Amount\n13/04/2021|A LTD|1|5",
        "a.csv",
        {"amount": "column 4"},
        (500, APRIL[0]),
    ),
]


@pytest.mark.parametrize(("text", "file", "answers", "first"), ANSWERED)
def test_what_is_asked_can_be_answered(
    text: str, file: str, answers: dict[str, str], first: tuple[int, date]
) -> None:
    outcome = read(csv(text), file, **answers)
    assert (outcome.paid[0].pence, outcome.paid[0].day) == first
    assert outcome.table.shape.questions == ()


def test_a_month_of_a_workbook_is_its_last_day_and_the_decision_says_so() -> None:
    rows: list[list[Any]] = [["Month", "Supplier", "Amount"], [date(2021, 4, 1), "A LTD", 1.0]]
    outcome: Outcome = read(rows)
    assert [row.day for row in outcome.paid] == [END]
    [note] = outcome.table.shape.notes
    assert "last day of its month" in note


def test_one_sheet_a_month() -> None:
    months = [
        sheet(csv(f"Date|Supplier|Amount\n13/{month:02}/2021|A LTD|{month}.00"), f"M{month}")
        for month in range(1, 13)
    ]
    assert sum(len(each.paid) for each in read_sheets(months)) == 12


def test_a_sheet_that_leaves_the_order_open_is_read_as_the_others_of_its_header() -> None:
    header, months = "Date|Supplier|Amount\n", "4/1/2021|A|1\n4/5/2021|B|2\n4/6/2021|C|3"
    march = sheet(csv(f"{header}3/30/2021|A LTD|1"), "one")
    april = sheet(csv(f"{header}4/1/2021|A LTD|1\n4/2/2021|B LTD|2"), "two")
    *_, after = read_sheets([march, april])
    assert [row.day for row in after.paid] == [date(2021, 4, 1), date(2021, 4, 2)]
    waits = sheet(csv(header + months), "three")
    assert read_sheets([waits])[0].table.shape.state is State.NEEDS_MAPPING
    british = sheet(csv(f"{header}30/03/2021|A LTD|1"), "one")
    assert [row.day.month for row in read_sheets([british, waits])[1].paid] == [1, 5, 6]


def test_the_title_of_a_table_tells_its_month() -> None:
    rows = csv(
        "Payments April 2021\nDate|Supplier|Amount\n4/1/2021|A|1\n4/5/2021|B|2\n4/6/2021|C|3"
    )
    assert [row.day.month for row in read(rows).paid] == [4, 4, 4]
