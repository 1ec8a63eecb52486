"""What a spreadsheet would run is shown."""

import csv
import io

from shared.csv_rows import csv_rows, text_cells
from shared.spreadsheet_cell import guarded


def test_a_column_is_guarded_as_each_of_its_cells() -> None:
    for cells in (
        ["EXAMPLE HOSPICE", None, "", "-5", "A=B"],
        ["@SUM(1)", "Leeds", "+1", "\t=1", "\n=1"],
        ["Leeds", None, "\N{FULLWIDTH EQUALS SIGN}1+1", "'x", "\rA"],
        ["Leeds\n=not at the beginning", "\\", "*"],
        [None, ""],
        [],
    ):
        written = csv_rows([text_cells(cells), text_cells(cells)], guard=[1]).decode()
        assert list(csv.reader(io.StringIO(written, newline=""))) == [
            [cell or "", guarded(cell or "")] for cell in cells
        ]
