"""Several amounts and numbers in a table: what is asked, what is told, what groups lines."""

import pytest

from services.ingest.shapes.sheets import describe_table
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import csv, read


def test_amount_beside_value_is_asked_about_where_they_differ() -> None:
    rows = """
        Date|Supplier|Transaction Number|Amount|Value
        17/05/2024|Acme Ltd|1|100.00|120.00
        18/05/2024|Beta Ltd|2|50.00|75.00
    """
    table = read(csv(rows)).table
    asked = table.shape
    assert asked.state is State.NEEDS_MAPPING
    assert describe_table(table)["not_taken"] == []  # nobody has decided which is passed over
    assert [each.columns for each in asked.questions] == [("Amount", "Value")]
    assert read(csv(rows), amount="Value").paid[0].pence == 12000
    same = rows.replace("120.00", "100.00").replace("75.00", "50.00")
    assert read(csv(same)).table.shape.state is State.PAYMENTS


def test_the_columns_to_choose_from_are_told_by_rows_in_which_they_differ() -> None:
    rows = """
        Date|Supplier|Amount|Value
        17/05/2024|Acme Ltd|100.00|100.00
        18/05/2024|Beta Ltd|50.00|75.00
        18/05/2024|Beta Ltd|40.00|40.00
        19/05/2024|Acme Ltd|60.00|90.00
    """
    [question] = describe_table(read(csv(rows)).table)["questions"]
    assert question["samples"] == {"Amount": ["50.00", "60.00"], "Value": ["75.00", "90.00"]}
    unnamed = rows.replace("Amount|Value", "Amount|Amount")
    [question] = describe_table(read(csv(unnamed)).table)["questions"]
    assert question["samples"] == {"column 3": ["50.00", "60.00"], "column 4": ["75.00", "90.00"]}


def test_where_a_column_is_lacking_values_of_all_others_are_told() -> None:
    rows = f"""
        Reference|Amount|Supplier
        A1|1.00|{"x" * 100}
        A2||Beta\0Ltd
        A2|3.00|Acme
    """
    [question] = describe_table(read(csv(rows)).table)["questions"]
    assert question["samples"] == {
        "Reference": ["A1", "A2"],
        "Amount": ["1.00", "3.00"],
        "Supplier": [f"{'x' * 80}...", "Beta\N{REPLACEMENT CHARACTER}Ltd"],
    }


def test_net_before_gross_is_the_convention_and_what_is_not_taken_is_told() -> None:
    rows = """
        Date|Supplier|Net Amount|Gross Amount
        17/05/2024|Acme Ltd|100.00|120.00
        18/05/2024|Beta Ltd|50.00|75.00
    """
    table = read(csv(rows)).table.shape
    assert (table.state, table.columns.header("amount")) == (State.PAYMENTS, "Net Amount")
    assert table.columns.not_taken == ("Gross Amount",)


_SUMS = {
    "VAT that is a cost, and the cost": ("Net Amount|Irrecoverable VAT|Total Cost", "1:3"),
    "the cost under gross": ("Net|Non-recoverable VAT|Gross", "1:3"),
    "the cost under words of the body's own": ("Net|Irrecoverable VAT|Charged to the fund", "1:3"),
    "VAT that is a cost in other words": ("Net|VAT (unrecoverable)|Total inc VAT", "1:3"),
    "the cost first": ("Total Cost|Net|Irrecoverable VAT", "1:2"),
    "both sorts of VAT, the cost, and gross": (
        "Net|Irrecoverable VAT|Total Cost|Gross|VAT",
        "1:3",
    ),
    "a part that nobody knows": ("Amount|Levy|Charged in all", "1:3"),
    "net under a word that nobody knows": ("Ex|VAT|Amount", "1:3"),
    "VAT and a total that says net": ("Net|VAT|Net Total", "1:3"),
    "what was taken off": ("Paid|Discount|Amount", "1:3"),
}
_MADE = [
    ("100.00", "20.00", "5"),
    ("50.00", "0.00", "1"),
    ("1,999.99", "400.00", "9"),
    ("7.00", "1.40", "3"),
]


def _row(head: str, net: str, vat: str, more: str) -> list[str]:
    whole = f"{float(net.replace(',', '')) + float(vat):.2f}"
    if head.startswith("Total"):
        return [whole, net, vat]
    return [net, vat, whole, f"{float(whole) + float(more):.2f}", more][: head.count("|") + 1]


def _summed(head: str) -> list[list[str]]:
    rows = [
        [f"{day}/05/2024", f"Acme {day} Ltd", *_row(head, *made)]
        for day, made in enumerate(_MADE, 14)
    ]
    return [["Date", "Supplier", *head.split("|")], *rows]


@pytest.mark.parametrize("case", _SUMS)
def test_an_amount_that_is_a_part_of_another_is_asked_about(case: str) -> None:
    head, told = _SUMS[case]
    names = head.split("|")
    shape = read(_summed(head)).table.shape
    assert shape.state is State.NEEDS_MAPPING
    [question] = shape.questions
    assert set(question.columns) == {names[int(place) - 1] for place in told.split(":")}
    answered = read(_summed(head), amount=names[0]).table.shape
    assert (answered.state, answered.columns.header("amount")) == (State.PAYMENTS, names[0])


@pytest.mark.parametrize(
    ("head", "taken"),
    [
        ("Net|VAT|Gross", "Net"),
        ("Net|Recoverable VAT|Total Cost", "Net"),
        ("Capital|Revenue|Total", "Total"),
        ("Amount Paid|Outstanding|Invoice Amount", "Amount Paid"),
        ("Amount|Previous amount|Balance", "Amount"),
        ("Net Amount|Irrecoverable VAT", "Net Amount"),
    ],
)
def test_a_sum_that_everyone_reads_alike_is_not_asked_about(head: str, taken: str) -> None:
    shape = read(_summed(head)).table.shape
    assert (shape.state, shape.columns.header("amount")) == (State.PAYMENTS, taken)


def test_a_sum_is_proved_where_amounts_have_a_decimal_comma() -> None:
    rows = [
        [cell.replace(",", "").replace(".", ",") for cell in row]
        for row in _summed("Net|Irrecoverable VAT|Total Cost")
    ]
    assert read(rows).table.shape.state is State.NEEDS_MAPPING


def test_a_cost_centre_that_a_directorate_went_before_is_told_since_maps_go_by_it() -> None:
    rows = """
        Date|Directorate|Cost Centre|Supplier|Amount
        17/05/2024|Communities|C200|Acme Ltd|100.00
        18/05/2024|Adults|A100|Beta Ltd|50.00
    """
    columns = read(csv(rows)).table.shape.columns
    assert (columns.header("unit"), columns.not_taken) == ("Directorate", ("Cost Centre",))


@pytest.mark.parametrize(
    ("header", "groups"),
    [
        ("Transaction Number", True),
        ("Trans No", True),
        ("Voucher No.", True),
        ("Invoice Number", True),
        ("Payment Run Number", False),
        ("Payment Number", False),
        ("Invoice Line Number", False),
        ("Our Reference", False),
    ],
)
def test_lines_are_grouped_by_what_numbers_a_transaction_and_not_a_run(
    header: str, *, groups: bool
) -> None:
    rows = f"""
        Date|Supplier|{header}|Amount
        17/05/2024|Acme Ltd|5001|30000.00
        17/05/2024|Acme Ltd|5001|12.00
    """
    outcome = read(csv(rows))
    assert ("transaction" in outcome.columns) == groups
    if groups:
        assert outcome.columns["reference"] == outcome.columns["transaction"] == header
        assert [row.said for row in outcome.paid] == [("5001", "5001")] * 2


def test_a_batch_is_no_transaction_beside_a_number_that_is_one() -> None:
    rows = """
        Date|Supplier|Batch Number|Transaction Number|Amount
        17/05/2024|Acme Ltd|7|5001|30000.00
    """
    assert read(csv(rows)).columns["transaction"] == "Transaction Number"


@pytest.mark.parametrize(("rows", "comma"), [(2_100, False), (2_100, True), (20_100, False)])
def test_credits_that_all_stand_at_the_end_of_a_long_table_are_negative(
    rows: int, *, comma: bool
) -> None:
    printed = "1.234,56" if comma else "1,234.56"
    debits = [["13/04/2021", "A LTD", printed, "DR"]] * rows
    credits_ = [["14/04/2021", "B LTD", printed, "CR"]] * 50
    outcome = read([["Date", "Supplier", "Amount", "DR/CR"], *debits, *credits_])
    assert sum(row.pence for row in outcome.paid) == (rows - 50) * 123_456
    assert "says that it is a credit" in outcome.table.shape.notes[0]
    signed = [["14/04/2021", "B LTD", f"-{printed}", "CR"]]
    late = read([["Date", "Supplier", "Amount", "DR/CR"], *debits, *signed, *credits_])
    assert late.table.shape.state is State.NEEDS_MAPPING
