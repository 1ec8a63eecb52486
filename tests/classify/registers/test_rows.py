"""Faults in a published file: the file, the row and the column are named."""

import gzip
from pathlib import Path

import pytest

from services.classify.registers.rows import read_day, read_rows, read_zipped_rows
from shared.errors import Rejected

GOOD = b"id,name\n1,Thornbeck\n2,Harrowfell\n"


def rows(path: Path) -> list[tuple[int, list[str]]]:
    return list(read_rows(path, ("name",)))


@pytest.mark.parametrize("name", ["list.csv", "list.csv.gz"])
def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(GOOD) if name.endswith(".gz") else b"\xef\xbb\xbf" + GOOD)
    assert rows(path) == [(2, ["Thornbeck"]), (3, ["Harrowfell"])]


@pytest.mark.parametrize(
    ("content", "row", "reason"),
    [
        (b"id,title\n1,x\n", 1, "column `name`: the column is missing among id, title"),
        (b"", 1, "column `name`: the column is missing"),
        (b"id,name\n1,x\n2\n", 3, "1 cells where the header has 2"),
        (b"id,name\n1,\xff\n", 1, "not UTF-8"),
        (b"id,name\n1,a\x00b\n", 2, "column `name`: the cell holds a null byte"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, content: bytes, row: int, reason: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(Rejected, match=reason) as caught:
        rows(path)
    assert caught.value.row == row
    assert str(caught.value).startswith("list.csv, row ")


@pytest.mark.parametrize("kept", [10, 200, -9])
def test_a_gzip_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "list.csv.gz"
    names = b"id,name\n" + b"".join(b"%d,Thornbeck %d\n" % (n, n * 7919) for n in range(5000))
    path.write_bytes(gzip.compress(names)[:kept])
    with pytest.raises(Rejected, match="cut short or damaged"):
        rows(path)


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "publicextract.charity.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(Rejected, match="not a zip file of one table"):
        list(read_zipped_rows(path, ("name",)))


def test_an_impossible_day_is_told() -> None:
    with pytest.raises(
        Rejected, match=r"a\.csv, row 7, column `removed`: '31/02/2015' is not a day"
    ):
        read_day(Path("a.csv"), 7, "removed", "31/02/2015", "%d/%m/%Y")
