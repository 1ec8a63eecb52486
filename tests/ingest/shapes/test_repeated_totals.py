"""A payment's total in each of its lines, beside what each of them is of it."""

import pytest

from services.ingest.shapes.table import State
from tests.ingest.shapes.tables import csv, read

_HEAD = "Payment Date|Supplier|Payment Number|Invoice Number|Payment Amount|Invoice Value"
_PAID = """
    13/04/2021|A LTD|P1|I1|300.00|100.00
    13/04/2021|A LTD|P1|I2|300.00|100.00
    13/04/2021|A LTD|P1|I3|300.00|100.00
    14/04/2021|B LTD|P2|I4|50.00|20.00
    14/04/2021|B LTD|P2|I5|50.00|30.00
    14/04/2021|C LTD|P3|I6|7.50|7.50
"""
_NOT_QUITE = "15/04/2021|D LTD|P4|I7|90.00|40.00\n15/04/2021|D LTD|P4|I8|90.00|45.00"


def test_lines_that_add_up_under_the_number_of_the_payment_are_the_amount() -> None:
    outcome = read(csv(f"{_HEAD}\n{_PAID}"))
    assert outcome.columns["amount"] == "Invoice Value"
    assert sum(row.pence for row in outcome.paid) == 35_750
    assert "add up to Payment Amount" in outcome.table.shape.notes[0]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(f"{_PAID.rstrip()}\n{_NOT_QUITE}", id="most add up"),
        pytest.param(f"{_NOT_QUITE}{_PAID}", id="in another order"),
        pytest.param(
            """
            13/04/2021|A LTD|P1|I1|300.00|110.00
            13/04/2021|A LTD|P1|I2|300.00|120.00
            14/04/2021|B LTD|P2|I4|50.00|20.00
            14/04/2021|B LTD|P2|I5|50.00|35.00
            """,
            id="none adds up",
        ),
    ],
)
@pytest.mark.parametrize(
    "head", [_HEAD, _HEAD.replace("Payment Number|Invoice Number", "Invoice Ref|Document No")]
)
def test_a_total_that_repeats_beside_lines_is_asked_about(head: str, rows: str) -> None:
    shape = read(csv(f"{head}\n{rows}")).table.shape
    assert shape.state is State.NEEDS_MAPPING
    assert [each.columns for each in shape.questions] == [("Payment Amount", "Invoice Value")]
    answered = read(csv(f"{head}\n{rows}"), amount="Payment Amount").table.shape
    assert answered.state is State.PAYMENTS


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            """
            13/04/2021|A LTD|P1|I1|300.00|300.00
            13/04/2021|A LTD|P1|I2|200.00|250.00
            14/04/2021|B LTD|P2|I4|50.00|50.00
            14/04/2021|B LTD|P2|I5|30.00|35.00
            """,
            id="each line has its own",
        ),
        pytest.param(
            """
            13/04/2021|A LTD|P1|I1|300.00|310.00
            14/04/2021|B LTD|P2|I4|50.00|50.00
            """,
            id="each number stands once",
        ),
        pytest.param(
            """
            13/04/2021|A LTD|P1|I1|500.00|310.00
            13/04/2021|A LTD|P1|I2|500.00|320.00
            14/04/2021|B LTD|P2|I4|500.00|50.00
            14/04/2021|B LTD|P2|I5|500.00|60.00
            """,
            id="the same in all",
        ),
        pytest.param(
            """
            13/04/2021|A LTD|P1|I1|500.00|310.00
            13/04/2021|A LTD|P1|I2|500.00|320.00
            """,
            id="two alike may be chance",
        ),
    ],
)
def test_amounts_of_lines_are_not_asked_about(rows: str) -> None:
    shape = read(csv(f"{_HEAD}\n{rows}")).table.shape
    assert (shape.state, shape.columns.header("amount")) == (State.PAYMENTS, "Payment Amount")


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([f"C{n}" for n in range(8)], id="each number stands once"),
        pytest.param(["", *(f"C{n}" for n in range(7))], id="one has none"),
    ],
)
def test_a_share_of_each_amount_is_not_told_from_two_alike_under_one_number(
    numbers: list[str],
) -> None:
    paid = [*(f"S{n} LTD|{number}|I{n}|{n}00.00|{n}50.00" for n, number in enumerate(numbers, 1))]
    twice = ["T LTD|C99|I98|100.00|50.00", "T LTD|C99|I99|100.00|50.00"]
    rows = "\n".join(f"13/04/2021|{each}" for each in [*paid, *twice])
    outcome = read(
        csv(f"Payment Date|Supplier|Cheque No|Invoice No|Amount|NHS Share Amount\n{rows}")
    )
    assert (outcome.columns["amount"], outcome.table.shape.notes) == ("Amount", ())
