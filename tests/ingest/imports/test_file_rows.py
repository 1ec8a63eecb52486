"""Rows of a file as payments."""

from datetime import date

from services.ingest.imports.file_rows import posted_row
from services.ingest.shapes.row_reader import PaymentRow


def test_each_value_of_a_row_is_posted_in_the_field_of_its_column() -> None:
    read = PaymentRow(date(2024, 4, 30), "Leeds Mind", 1250, ("Adults", "LS1 1UR"))
    posted = posted_row("GB-LAE-LDS", ("unit", "postcode"), read)
    assert {name: value for name, value in posted._asdict().items() if value is not None} == {
        "buyer": "GB-LAE-LDS",
        "payee": "Leeds Mind",
        "payment_date": date(2024, 4, 30),
        "amount_pence": 1250,
        "unit": "Adults",
        "postcode": "LS1 1UR",
    }
