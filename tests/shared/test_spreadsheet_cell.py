"""What a spreadsheet would run is shown."""

from shared.spreadsheet_cell import guarded, guarded_all


def test_a_column_is_guarded_as_each_of_its_cells() -> None:
    for cells in (
        ["EXAMPLE HOSPICE", None, "", "-5", "A=B"],
        ["@SUM(1)", "Leeds"],
        ["Leeds", None, "\N{FULLWIDTH EQUALS SIGN}1+1", "'x", "\rA"],
        ["fine\x1f=not at the beginning"],
        [None, ""],
        [],
    ):
        expected = [cell if cell is None else guarded(cell) for cell in cells]
        assert guarded_all(cells) == expected
