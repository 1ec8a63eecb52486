"""Faults in a published file: the file, the row and the column are named."""

import csv
import gzip
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.classify.registers.reading import opened
from services.classify.registers.reading.rows import Table, read_rows
from services.classify.registers.reading.values import day_in_name, read_day, read_pounds
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
        (b"id,title\n1,x\n", 1, "column `name`: missing; there are: id, title"),
        (b"", 1, "the file is empty"),
        (b"id,name\n", 1, "there is nothing below the header"),
        (GOOD.decode().encode("utf-16-le"), 1, "not UTF-8|`name`: missing"),
        (b'id,name\n1,"x\n' + b"2,y\n" * 300_000, 1, "field larger than field limit"),
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


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_holds_one_table_and_what_describes_it(tmp_path: Path) -> None:
    path = zipped(tmp_path / "etr.zip", {"etr.csv": GOOD, "etr.pdf": b"%PDF", "a/": b""})
    assert rows(path) == [(2, ["Thornbeck"]), (3, ["Harrowfell"])]


@pytest.mark.parametrize("members", [{}, {"a.csv": GOOD, "b.csv": GOOD}])
def test_a_zip_of_no_table_or_several_is_told(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(Rejected, match=r"a\.zip: a zip of one table was expected, it holds [02]"):
        rows(zipped(tmp_path / "a.zip", members))


@pytest.mark.parametrize("kept", [4, 40, 2000, -30])
def test_a_zip_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    names = b"id,name\n" + b"".join(b"%d,Thornbeck %d\n" % (n, n * 7919) for n in range(5000))
    path = zipped(tmp_path / "a.zip", {"a.csv": names})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(Rejected, match=r"a\.zip: not a zip file that can be read"):
        rows(path)


def test_a_damaged_member_of_a_zip_is_told(tmp_path: Path) -> None:
    names = b"id,name\n" + b"".join(b"%d,Thornbeck %d\n" % (n, n * 7919) for n in range(5000))
    path = zipped(tmp_path / "a.zip", {"a.csv": names})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(Rejected, match=r"a\.zip, row \d+"):
        rows(path)


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.csv.gz"])
def test_a_file_that_unpacks_to_a_vast_one_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "_ALWAYS_ALLOWED", 0)
    vast = b"id,name\n" + b"1,Thornbeck\n" * 500_000
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(vast))
    else:
        zipped(path, {"a.csv": vast})
    with pytest.raises(Rejected, match=f"{name}: it unpacks to more than 200 times its size"):
        list(read_rows(path, ("name",)))


def test_a_line_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name\n" + b"x" * 5_000_000)
    with pytest.raises(Rejected, match="a line of more than 4,000,000 characters"):
        rows(path)


def test_a_line_break_or_a_tab_in_a_cell_without_quotes_does_not_part_the_row(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.txt"
    path.write_text("id\tname\tkind\n1\tThorn\n beck\ttrust\n2\tHar\\\trow\tx\n3\tA\\\ty\n")
    table = Table(delimiter="\t", quoting=csv.QUOTE_NONE)
    found = list(read_rows(path, ("name", "kind"), table=table))
    assert found == [(2, ["Thorn  beck", "trust"]), (3, ["Har row", "x"]), (4, ["A\\", "y"])]


def test_a_table_without_header_is_numbered_from_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "etr.csv"
    path.write_text('"R0A","A TRUST"\n"R0B"\n')
    table = Table(header=("code", "name"))
    found = read_rows(path, ("name",), table=table)
    assert next(found) == (1, ["A TRUST"])
    with pytest.raises(Rejected, match=r"etr\.csv, row 2: 1 cells where the header has 2"):
        next(found)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("BasicCompanyDataAsOneFile-2026-11-01.zip", date(2026, 11, 1)),
        ("edubasealldata20260403.csv", date(2026, 4, 3)),
        ("icb_names_codes_2024-12.csv", date(2024, 12, 1)),
        ("edubasealldata20260231.csv", None),
        ("casc.csv.gz", None),
    ],
)
def test_the_day_that_a_file_name_tells(name: str, day: date | None) -> None:
    assert day_in_name(Path(name)) == day


def test_an_impossible_day_is_told() -> None:
    with pytest.raises(
        Rejected, match=r"a\.csv, row 7, column `removed`: '31/02/2015' is not a day"
    ):
        read_day(Path("a.csv"), 7, "removed", "31/02/2015", "%d/%m/%Y")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("13/12/2913", "lies ahead of today"), ("01/01/0001", "is before the year 1000")],
)
def test_a_day_that_no_register_can_print_is_told(text: str, reason: str) -> None:
    with pytest.raises(Rejected, match=rf"a\.csv, row 7, column `registered`: '{text}' {reason}"):
        read_day(Path("a.csv"), 7, "registered", text, "%d/%m/%Y")


def test_what_is_planned_lies_ahead() -> None:
    planned = (datetime.now(UTC) + timedelta(days=400)).strftime("%d/%m/%Y")
    assert read_day(Path("a.csv"), 7, "closes", planned, "%d/%m/%Y", planned=True) > date.today()  # noqa: DTZ011 - a year off
    with pytest.raises(Rejected, match="lies ahead of today"):
        read_day(Path("a.csv"), 7, "registered", planned, "%d/%m/%Y")


@pytest.mark.parametrize("text", ["99999999999999999999999", "-1e30", "inf", "nan"])
def test_pounds_that_no_organisation_has_are_told(text: str) -> None:
    with pytest.raises(Rejected, match=rf"a\.csv, row 7, column `income`: '{text}' is"):
        read_pounds(Path("a.csv"), 7, "income", text)


def test_pounds_may_be_less_than_nothing() -> None:
    assert read_pounds(Path("a.csv"), 7, "income", "-280") == -280
