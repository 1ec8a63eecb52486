"""Tables that leave out or turn around what others state: mended where proved, asked where not."""
# ruff: noqa: E501 - a line of a table is a line

from dataclasses import replace
from datetime import date

import pytest

from services.ingest.imports.answer_options import say_question
from services.ingest.shapes.kept_shape import keep_shape, kept_shape
from services.ingest.shapes.mended import find_mended, mend_again
from services.ingest.shapes.month_named import month_of
from services.ingest.shapes.table import Made, State
from shared.errors import Rejected
from tests.ingest.shapes.tables import Outcome, csv, read, read_sheets, sheet

LEDGER = "Supplier|Amount|Reference\nA Ltd|10.00|R1\nB Ltd|5.00|R2"


def said(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(f"{row.day}", row.payee, row.pence) for row in outcome.paid]


def asked(outcome: Outcome) -> str:
    assert outcome.table.shape.state is State.NEEDS_MAPPING
    assert outcome.paid == []
    return " ".join(say_question(each.kept()) for each in outcome.table.shape.questions)


def mended(outcome: Outcome) -> str:
    shape = outcome.table.shape
    assert shape.state is State.PAYMENTS, shape.questions
    assert shape.certainty <= 0.8 * shape.columns.certainty + 0.01
    return " ".join(shape.mended)


@pytest.mark.parametrize(
    ("sheet_name", "title", "file", "month"),
    [
        ("", "", "Payments over £500 - March 2021.csv", date(2021, 3, 31)),
        ("", "", "spend_over_25k_mar21.csv", date(2021, 3, 31)),
        ("", "", "2021-03 payments.csv", date(2021, 3, 31)),
        ("", "", "Payments to suppliers March 2021.csv", date(2021, 3, 31)),
        ("", "", "Payments March 2020-21.csv", date(2021, 3, 31)),
        ("", "", "P12 2020-21.csv", date(2021, 3, 31)),
        ("Mar", "", "Payments 2020-21.xlsx", date(2021, 3, 31)),
        ("", "Supplier payments February 2020", "download.csv", date(2020, 2, 29)),
        ("", "Spend of March 2021", "Payments March 2021.csv", date(2021, 3, 31)),
        # two months, a quarter, a day of a month, or a sheet against its file
        ("", "", "Payments April to June 2021.csv", None),
        ("", "", "Payments 2020-21.csv", None),
        ("", "", "Payments Q4 2020-21.csv", None),
        ("", "", "Payments 15 March 2021.csv", None),
        ("", "", "Payments 20210315.csv", None),
        ("March 2021", "", "Payments April 2021.csv", None),
        ("Mar", "", "Payments.xlsx", None),
        ("", "These payments may differ from the accounts of 2020-21", "spend.csv", None),
    ],
)
def test_the_one_month_of_a_file_is_told_or_none(
    sheet_name: str, title: str, file: str, month: date | None
) -> None:
    found = month_of((sheet_name, title, file))
    assert (None if found is None else found.end) == month
    assert found is None or not found.doubt


def test_a_table_without_days_is_of_its_files_month_and_says_so() -> None:
    outcome = read(csv(LEDGER), "Payments over £500 - March 2021.csv")
    assert said(outcome) == [("2021-03-31", "A Ltd", 1000), ("2021-03-31", "B Ltd", 500)]
    assert "31 March 2021, the last day of the month that the name of the file" in mended(outcome)
    assert outcome.columns["payment_date"] == "Payment date (of the name of the file)"


def test_a_table_of_a_month_keeps_its_totals_notes_and_doubtful_rows_apart() -> None:
    rows = csv(
        f"Payments of March 2021\n\n{LEDGER}\nTotal|15.00|\nSchools|99.00|\n|1.00|R3\nIn pounds||"
    )
    outcome = read(rows)
    assert [row.pence for row in outcome.paid] == [1000, 500]
    assert outcome.totals[0].difference_pence == 0
    assert outcome.rejected == {7: "payment_date is blank", 8: "payment_date is blank"}


@pytest.mark.parametrize(
    ("table", "file", "why"),
    [
        (LEDGER, "Payments published March 2021.csv", 'says "published"'),
        (LEDGER, "Year to March 2021.csv", "beside its month"),
        ("Supplier|Amount\nA Ltd|10.00\nB Ltd|5.00", "March 2021.csv", "may be a summary"),
        (LEDGER.replace("Reference", "Month"), "March 2021.csv", "Month may say when"),
    ],
)
def test_a_month_that_may_not_be_that_of_the_payments_is_asked_about(
    table: str, file: str, why: str
) -> None:
    assert why in asked(read(csv(table), file))
    answered = read(csv(table), file, payment_date="month of the file")
    assert {f"{row.day}" for row in answered.paid} == {"2021-03-31"}
    assert answered.table.shape.asked_names == tuple(table.partition("\n")[0].split("|"))


def test_a_summary_beside_dated_payments_is_no_payment_of_the_month() -> None:
    dated = csv(
        "Date|Supplier|Amount|Reference\n13/03/2021|A Ltd|10.00|R1\n14/03/2021|A Ltd|5.00|R2"
    )
    summary = csv("Supplier|Total|Reference\nA Ltd|15.00|all")
    first, second = read_sheets([sheet(dated, "Data"), sheet(summary, "Sum")], "March 2021.xlsx")
    assert [row.pence for row in first.paid] == [1000, 500]
    assert second.table.shape.reason.startswith("a summary beside the sheet of payments")


@pytest.mark.parametrize(
    ("table", "days"),
    [
        ("Year|Month|Supplier|Amount\n2021|March|A|1\n2021|Feb|B|2", ["2021-03-31", "2021-02-28"]),
        ("Month|Year|Supplier|Amount\nApril|2020/21|A|1\nMarch|2020/21|B|2", ["2020-04-30", "2021-03-31"]),
        ("Financial Year|Period|Supplier|Amount\n2020/21|1|A|1\n2020/21|12|B|2", ["2020-04-30", "2021-03-31"]),
        ("Day|Month|Year|Supplier|Amount\n13|3|2021|A|1\n4|12|2020|B|2", ["2021-03-13", "2020-12-04"]),
    ],
)  # fmt: skip
def test_year_and_month_apart_make_a_day(table: str, days: list[str]) -> None:
    outcome = read(csv(table))
    assert [f"{row.day}" for row in outcome.paid] == days
    assert "days are made of" in mended(outcome)


def test_months_in_numbers_are_asked_about_unless_the_file_names_the_month() -> None:
    rows = csv("Year|Month|Supplier|Amount\n2021|3|A|1\n2021|3|B|2")
    assert 'payment_date="calendar month"' in asked(read(rows))
    for outcome in (read(rows, "March 2021.csv"), read(rows, payment_date="Calendar month")):
        assert {f"{row.day}" for row in outcome.paid} == {"2021-03-31"}
    accounts = csv("Financial Year|Month|Supplier|Amount\n2020/21|3|A|1\n2020/21|4|B|2")
    assert 'payment_date="financial month"' in asked(read(accounts))
    answered = read(accounts, payment_date="financial month")
    assert [f"{row.day}" for row in answered.paid] == ["2020-06-30", "2020-07-31"]


def test_a_part_of_a_day_that_is_wrong_or_missing_rejects_its_row() -> None:
    rows = csv(
        "Day|Month|Year|Supplier|Amount\n13|3|2021|A|1\n14|4|2021|B|2\n31|4|2021|C|3\n|4|2021|D|4"
        + "".join(f"\n{day}|5|2021|E|1" for day in range(1, 9))
    )
    outcome = read(rows)
    assert outcome.rejected == {
        4: "payment_date is not a date such as 2024-04-30 or 30/04/2024",
        5: "payment_date is blank",
    }


GROUPED = """
Date|Supplier|Supplier No|Invoice|Amount
13/04/2021|Alpha Ltd|S1|1|10.00
14/04/2021|||2|11.00
15/04/2021|||3|12.00
13/04/2021|Beta Ltd|S2|4|13.00
16/04/2021|||5|14.00
13/04/2021|Care Ltd|S3|6|15.00
13/04/2021|Delta Ltd|S4|7|16.00
17/04/2021|||8|17.00
13/04/2021|Echo Ltd|S5|9|18.00
18/04/2021|||10|19.00
"""


def test_a_payee_said_to_be_printed_once_for_a_group_holds_for_its_rows() -> None:
    outcome = read(csv(GROUPED), blanks="as above")
    assert [row.payee[:1] for row in outcome.paid] == list("AAABBCDDEE")
    assert "Supplier stands once at the head of a group of rows" in mended(outcome)
    assert outcome.rejected == {}


def test_group_totals_prove_a_group_and_nothing_is_carried_over_them() -> None:
    table = "Date|Supplier|Amount\n" + "\n".join(
        f"13/04/2021|{name} Ltd|1.00\n14/04/2021||2.00\n|{name} Ltd total|3.00" for name in "ABCDE"
    )
    outcome = read(csv(f"{table}\n15/04/2021||9.00"))
    assert [row.payee[:1] for row in outcome.paid] == list("AABBCCDDEE")
    assert outcome.rejected == {17: "payee is blank"}


def test_a_day_printed_once_holds_for_the_rows_below() -> None:
    days = (11, 12, 13, 14, 15)
    table = "Date|Supplier|Amount\n" + "\n".join(
        f"{day}/04/2021|A Ltd|1.00\n|C Ltd|2.00\n|B Ltd|3.00" for day in days
    )
    assert [row.day.day for row in read(csv(table)).paid] == [day for day in days for _ in "ACB"]


def test_blanks_that_may_be_blacked_out_names_are_asked_about_or_rejected() -> None:
    unsure = GROUPED.replace("Supplier No", "Team").replace("|||", "||T1|")
    assert "printed once for a group of rows" in asked(read(csv(unsure)))
    assert len(read(csv(unsure), blanks="as above").paid) == 10
    assert len(read(csv(unsure), blanks="none").rejected) == 5
    few = "Date|Supplier|Amount\n13/04/2021|A|1\n|B|2\n14/04/2021|C|3\n|D|4\n15/04/2021|E|5\n|F|6"
    assert "printed once" in asked(read(csv(few)))
    # a payee that is printed again right below itself is no head of a group
    again = GROUPED.replace("16/04/2021||", "16/04/2021|Beta Ltd|")
    assert set(read(csv(again)).rejected.values()) == {"payee is blank"}


def test_a_header_that_comes_again_in_another_order_is_read_by_its_names() -> None:
    table = "Date|Supplier|Amount|Reference\n13/04/2021|A Ltd|10.00|R1\n\nSupplier|Date|Ref|Amount\nB Ltd|14/04/2021|R2|5.00\nTotal|||15.00"
    outcome = read(csv(table))
    assert said(outcome) == [("2021-04-13", "A Ltd", 1000), ("2021-04-14", "B Ltd", 500)]
    assert [row.said for row in outcome.paid] == [("R1",), ("R2",)]
    assert outcome.totals[0].difference_pence == 0
    assert "another order" in mended(outcome)


def test_a_note_below_a_header_that_came_again_stays_a_note() -> None:
    table = "Date|Supplier|Reference|Amount\n13/04/2021|A Ltd|R1|10.00\n\nAmount|Reference|Date|Supplier\n5.00|R2|14/04/2021|B Ltd\n\nNotes: redacted where personal"
    outcome = read(csv(table))
    assert len(outcome.paid) == 2
    assert outcome.rejected == {}


def test_a_header_that_comes_again_in_other_words_or_swaps_two_columns() -> None:
    table = "Payment Date|Supplier Name|Amount (£)|Purpose|Reference\n13/04/2021|A|10.00|x|R1\nDate|Supplier|Amount|Description|Ref\n14/04/2021|B|5.00|y|R2"
    assert [row.payee for row in read(csv(table)).paid] == ["A", "B"]
    swapped = "Date|Net Amount|Gross Amount|Supplier|Reference\n13/04/2021|10.00|12.00|A|R1\nDate|Gross Amount|Net Amount|Supplier|Reference\n14/04/2021|6.00|5.00|B|R2"
    assert [row.pence for row in read(csv(swapped)).paid] == [1000, 500]


def test_a_second_header_with_another_amount_is_another_table() -> None:
    table = "Date|Supplier|Amount|Reference\n13/04/2021|A|10.00|R1\nDate|Supplier|Balance|Reference\n14/04/2021|B|5.00|R2"
    outcome = read(csv(table))
    assert [row.pence for row in outcome.paid] == [1000]
    assert len(outcome.rejected) == 2


def test_rows_that_stand_one_column_to_the_right_are_put_back_where_all_of_them_does() -> None:
    table = "Date|Supplier|Amount|Reference\n13/04/2021|A|10.00|R1\n14/04/2021|B|11.00|R2"
    moved = "\n|15/04/2021|C|12.00|R3\n|16/04/2021|D|13.00|R4"
    outcome = read(csv(table + moved))
    assert [row.pence for row in outcome.paid] == [1000, 1100, 1200, 1300]
    assert "one column to the right" in mended(outcome)
    once = read(csv(table + "\n|15/04/2021|C|12.00|R3"))
    assert list(once.rejected) == [4]


@pytest.mark.parametrize(
    ("table", "file", "answers"),
    [
        (LEDGER, "March 2021.csv", {}),
        ("Year|Month|Supplier|Amount\n2021|3|A|1\n2021|3|B|2", "a.csv", {"payment_date": "calendar month"}),
        ("Year|Month|Supplier|Amount\n2021|3|A|1\n2021|3|B|2", "a.csv", {"payment_date": "financial month"}),
        (GROUPED, "a.csv", {"blanks": "as above"}),
        ("Date|Supplier|Amount\n13/04/2021|A|1\nSupplier|Amount|Date\nB|2|14/04/2021", "a.csv", {}),
        ("Date|Supplier|Amount\n13/04/2021|A|1\n14/04/2021|B|2\n14/04/2021|B|3\n|14/04/2021|B|4\n|15/04/2021|C|5", "a.csv", {}),
    ],
)  # fmt: skip
def test_a_sheet_is_mended_again_by_the_shape_that_was_kept(
    table: str, file: str, answers: dict[str, str]
) -> None:
    given = sheet(csv(table))
    found, shape = find_mended(given, file, lambda _: answers)
    again = mend_again(given, file, kept_shape(keep_shape(shape)))
    assert shape.mended
    assert list(again.rows()) == list(found.rows()) != list(given.rows())


def test_a_sheet_whose_days_are_not_made_as_they_were_is_not_read_without_them() -> None:
    given = sheet(csv(LEDGER))
    _, shape = find_mended(given, "March 2021.csv", lambda _: {})
    reworded = replace(shape, mended=("in other words",))
    assert len(list(mend_again(given, "March 2021.csv", reworded).rows())[-1].row) == 1 + len(
        list(given.rows())[-1].row
    )
    for kept in (shape, replace(shape, made=Made.CALENDAR)):
        with pytest.raises(Rejected, match="can't be made so again"):
            mend_again(given, "spend.csv" if kept is shape else "March 2021.csv", kept)
