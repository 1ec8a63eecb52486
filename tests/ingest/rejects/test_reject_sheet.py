"""A sheet of rejects comes back as it went out, whatever its cells hold."""

from pathlib import Path

import pytest

from services.ingest.reading.limits import Limits
from services.ingest.rejects.reject_sheet import (
    ABOUT,
    CSV,
    XLSX,
    RejectRow,
    Returned,
    read_sheet,
    write_sheet,
)

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
