"""A sheet of rejects comes back as it went out, whatever its cells hold."""

from pathlib import Path

import pytest

from services.ingest.clock import clock
from services.ingest.reading.limits import Limits
from services.ingest.rejects.correct_file import correct_file
from services.ingest.rejects.correct_rejects import MOST_AT_ONCE
from services.ingest.rejects.reject_sheet import (
    ABOUT,
    CSV,
    XLSX,
    RejectRow,
    Returned,
    read_sheet,
    write_sheet,
)
from shared.database import open_engine
from shared.errors import Rejected

CELLS = {
    "payee": "THORN\x00BECK\x1f HOSPICE",
    "purpose": "two\nlines",
    "reference": "=1+1",
    "reason": "own",
    "no\x01te": "x",
}


@pytest.mark.parametrize("form", [CSV, XLSX])
def test_control_characters_come_back_and_leave_the_sheet_a_sheet(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"rejects.{form}"
    about = ["5a", "payee holds \x00", *[""] * (len(ABOUT) - 2)]
    assert write_sheet(path, form, list(CELLS), [RejectRow(about, CELLS)]) == 1
    assert b"\x00" not in path.read_bytes() or form == XLSX
    assert list(read_sheet(path, path.name, Limits())) == [Returned("5a", "", CELLS)]


async def test_a_row_that_can_t_be_read_is_a_fault_before_any_reject_is_corrected(
    tmp_path: Path,
) -> None:
    path = tmp_path / "corrected.csv"
    good = [f"{number},1.00" for number in range(MOST_AT_ONCE)]
    path.write_text("\n".join(["reject id,Amount", *good, 'last,"2.00', ""]))
    nowhere = open_engine("postgresql://nobody@127.0.0.1:9/none", "none")
    with pytest.raises(Rejected, match=rf"row {MOST_AT_ONCE + 2} of corrected.csv can't be read: "):
        await correct_file(nowhere, path, path.name, "A.", lambda _: True, clock, Limits())
