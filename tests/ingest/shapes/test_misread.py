"""Files as they are published that were once read wrong without a word: asked, or rejected."""
# ruff: noqa: E501 - a line of a table is a line

from datetime import date, timedelta

import pytest

from services.ingest.imports.answer_options import say_question
from services.ingest.shapes.month_named import month_of
from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import Outcome, csv, read


def asked(outcome: Outcome) -> str:
    assert outcome.table.shape.state is State.NEEDS_MAPPING
    assert outcome.paid == []
    return " ".join(say_question(each.kept()) for each in outcome.table.shape.questions)


def test_a_second_header_that_swaps_net_and_gross_in_short_is_read_by_its_names() -> None:
    table = "Date|Supplier|Net Amount|VAT|Gross Amount|Reference\n13/04/2024|A|10.00|2.00|12.00|R1\nDate|Supplier|Gross|VAT|Net|Reference\n14/04/2024|B|6.00|1.00|5.00|R2"
    outcome = read(csv(table))
    assert [row.pence for row in outcome.paid] == [1000, 500]
    assert "in another order" in " ".join(outcome.table.shape.notes)


@pytest.mark.parametrize(
    "second",
    [
        "Date|Supplier|Gross|Reference",
        "Date|Customer|Net|Reference",
        "Invoice Date|Supplier|Net|Reference",
    ],
)
def test_a_second_header_of_another_sort_of_amount_day_or_body_is_another_table(
    second: str,
) -> None:
    table = (
        f"Date|Supplier|Net Amount|Reference\n13/04/2024|A|10.00|R1\n{second}\n14/04/2024|B|5.00|R2"
    )
    outcome = read(csv(table))
    assert [row.payee for row in outcome.paid] == ["A"]
    assert "stands under a second header" in outcome.rejected[4]


@pytest.mark.parametrize("days", ["24-04-01 24-04-02 24-05-30", "23/12/28 24/01/03 24/02/05"])
def test_days_of_two_digits_whose_last_part_varies_may_be_year_first(days: str) -> None:
    rows = csv("Date|Supplier|Amount\n" + "\n".join(f"{day}|A|1.00" for day in days.split()))
    assert 'order="year first"' in asked(read(rows))
    assert {row.day.year for row in read(rows, order="year first").paid} <= {2023, 2024}
    assert {row.day.year for row in read(rows, order="day first").paid} & {2001, 2003}


@pytest.mark.parametrize("days", ["24-04-24 24-05-24 25-05-24", "30/03/24 31/03/24 01/04/25"])
def test_days_of_two_digits_that_vary_first_are_day_first(days: str) -> None:
    rows = csv("Date|Supplier|Amount\n" + "\n".join(f"{day}|A|1.00" for day in days.split()))
    assert read(rows).paid[0].day.year == 2024


def test_days_between_year_and_month_are_not_taken_for_months() -> None:
    rows = "Date|Supplier|Amount\n2024-03-04|A LTD|1.00\n2024-30-04|B LTD|2.00"
    shape = read(csv(rows)).table.shape
    assert shape.state is State.NEEDS_MAPPING
    assert "2024-30-04" in shape.questions[0].question
    days = [date(2024, 3, 1) + timedelta(n) for n in range(90)]
    others = "".join(f"\n{day}|A LTD|1.00" for day in days)
    assert read(csv(f"{rows}{others}")).rejected.keys() == {3}, "one is a slip"


def test_names_blacked_out_with_their_numbers_take_no_neighbours_name() -> None:
    rows = "\n".join(
        f"1{n}/04/2024|{name}|S{n}|1\n1{n}/04/2024|||2" for n, name in enumerate("ABCDE")
    )
    assert "printed once for a group" in asked(
        read(csv(f"Date|Supplier|Supplier No|Amount\n{rows}"))
    )


def test_days_that_are_missing_here_and_there_are_not_filled() -> None:
    rows = "\n".join(f"1{n}/04/2024|A{n}|1\n" + "|B|2\n" * (n % 2) for n in range(9))
    assert "blank in 5 of 14 payments" in asked(read(csv(f"Date|Supplier|Amount\n{rows}|B|1")))


@pytest.mark.parametrize(
    ("title", "header"), [("", "Received From"), ("", "Customer"), ("INCOME RECEIVED", "Name")]
)
def test_money_received_is_asked_about_before_it_is_spend(title: str, header: str) -> None:
    rows = csv(
        f"{title}\nDate|{header}|Amount|Reference\n13/04/2024|A Ltd|10.00|R1\n14/04/2024|B Ltd|5.00|R2"
    )
    assert f'--map payee="{header}"' in asked(read(rows))
    assert [row.pence for row in read(rows, payee=header).paid] == [1000, 500]


def test_a_named_month_of_a_financial_year_in_one_number_is_asked_about_beside_days_too() -> None:
    rows = csv("Financial Year|Month|Day|Supplier|Amount\n2023|April|3|A|1\n2023|January|20|B|2")
    assert "January may be of the year" in asked(read(rows))
    assert [row.day.year for row in read(rows, payment_date="calendar month").paid] == [2023, 2023]


def test_a_month_outside_the_financial_year_beside_it_is_doubted() -> None:
    found = month_of(("", "", "Spend March 24 v2 2024-25.csv"))
    assert found is not None
    assert "March 2024, which is of no financial year" in found.doubt


def test_three_decimals_throughout_may_be_thousands() -> None:
    rows = csv("Date|Supplier|Amount\n13/04/2024|A|1.234\n14/04/2024|B|850\n14/04/2024|B|12.505")
    assert "take the points out of the file" in asked(read(rows))
    assert [row.pence for row in read(rows, money="pounds").paid] == [123, 85_000, 1_251]


def test_a_budget_is_no_amount_that_was_paid_until_somebody_says_so() -> None:
    rows = csv("Date|Supplier|Budget|Reference\n13/04/2024|A|10.00|R1\n14/04/2024|B|5.00|R2")
    assert '--map amount="Budget"' in asked(read(rows))
    assert [row.pence for row in read(rows, amount="Budget").paid] == [1000, 500]


def test_days_that_name_no_year_are_no_months() -> None:
    days = "May-08 May-09 May-10 May-11"
    rows = csv("Date|Supplier|Amount\n" + "\n".join(f"{day}|A|1.00" for day in days.split()))
    assert "which column is the payment date" in asked(read(rows))


def test_a_month_in_the_table_that_is_not_the_files_is_asked_about() -> None:
    rows = csv("Month|Supplier|Amount|Reference\nMAY|A|1|R1\nMAY|B|2|R2")
    assert "Month names another month than the file" in asked(read(rows, "Spend June 2023.csv"))
    assert {row.day.month for row in read(rows, "Spend May 2023.csv").paid} == {5}


CUT = "Date|Supplier|Amount|Reference\n13/04/2024|A|1|234.50|R1\n14/04/2024|B|50.00|R2\n14/04/2024|C|-2|345|678.00|R3"


def test_amounts_that_were_cut_at_their_thousands_are_put_together() -> None:
    outcome = read(csv(CUT))
    assert [row.pence for row in outcome.paid] == [123_450, 5_000, -234_567_800]
    assert [row.said[0] for row in outcome.paid] == ["R1", "R2", "R3"]
    assert "put together" in " ".join(outcome.table.shape.notes)


@pytest.mark.parametrize(
    "table",
    [
        "Date|Supplier|Net|VAT\n13/04/2024|A|1|234.50|200.00\n14/04/2024|B|2|345.00|469.00",
        "Date|Supplier|Amount\n13/04/2024|A|50|123\n14/04/2024|B|60|456",
    ],
    ids=["another amount may be cut", "the field without a name may be a code"],
)
def test_amounts_that_may_be_cut_are_asked_about(table: str) -> None:
    assert "put them in quotes" in asked(read(csv(table)))


def test_pence_in_a_column_of_their_own_are_asked_about() -> None:
    rows = csv("Date|Supplier|Pounds|Pence\n13/04/2024|A|1|25\n14/04/2024|B|2|50")
    assert "stand in a column of their own" in asked(read(rows))


@pytest.mark.parametrize("heading", ["ACME LTD||", "|Supplier: ACME LTD|"])
def test_a_payee_that_stands_in_a_row_above_its_payments_is_pointed_to(heading: str) -> None:
    rows = f"""
        Supplier|Date|Amount
        BETA LTD|13/04/2024|1.00
        |14/04/2024|2.00
        {heading}
        |14/04/2024|3.00

        |15/04/2024|4.00
        GAMMA LTD|16/04/2024|5.00
        |16/04/2024|6.00
    """
    outcome = read(csv(rows))
    assert [row.pence for row in outcome.paid] == [100, 500]
    assert (outcome.rejected[3], outcome.rejected[9]) == ("payee is blank", "payee is blank")
    assert outcome.rejected[5] == outcome.rejected[7]
    assert "words stand alone in a row above" in outcome.rejected[5]
