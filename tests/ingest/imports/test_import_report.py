"""What an import says of the totals that its file states."""

from services.ingest.imports.import_report import say_totals


def test_a_total_that_agrees_is_told_as_one_that_differs_is() -> None:
    differs = "the total in row 9 says £3.00, £2.00 were read"
    assert list(say_totals([])) == []
    assert list(say_totals([(5, 100, 100), (9, 300, 200)])) == [
        differs,
        "the total in row 5 agrees with what was read: £1.00",
    ]
    assert list(say_totals([(9, 300, 200), (5, 100, 100), (7, 100, 100)])) == [
        differs,
        "2 rows of totals agree with what was read",
    ]
