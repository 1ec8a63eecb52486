"""What an import says of the totals that its file states."""

from services.ingest.imports.import_report import say_sheets, say_totals


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


def test_of_several_sheets_each_line_names_its_own() -> None:
    april, may = [
        {"sheet": month, "not_taken": ["VAT"], "totals": [total]}
        for month, total in [
            ("April", {"row": 14, "stated_pence": 100, "read_pence": 100}),
            ("May", {"row": 5, "stated_pence": 300, "read_pence": 200}),
        ]
    ]
    assert list(say_sheets([april, may])) == [
        "[April] not taken: VAT",
        "[April] the total in row 14 agrees with what was read: £1.00",
        "[May] not taken: VAT",
        "[May] the total in row 5 says £3.00, £2.00 were read",
    ]
    assert next(say_sheets([may])) == "not taken: VAT"
