"""The rows by which a sheet is judged."""

from itertools import repeat

from services.ingest.reading.sheet import Sheet, SheetRow
from services.ingest.shapes.table import first_rows


def test_wide_rows_are_judged_by_fewer_so_that_they_do_not_fill_memory() -> None:
    wide = SheetRow(1, (None,) * 16_384)
    assert len(first_rows(Sheet(lambda _: repeat(wide, 19_000)))) == 611
    usual = SheetRow(1, ("a",) * 20)
    assert len(first_rows(Sheet(lambda _: repeat(usual, 30_000)))) == 20_000
