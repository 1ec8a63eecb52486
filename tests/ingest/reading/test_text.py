"""Text files: any encoding that bodies publish in, any delimiter, no line lost."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from services.ingest.reading.delimiter import find_delimiter
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import Broken, SheetRow
from tests.ingest.reading.reading import read_rows, read_sheets, written

HEADER = "payment_date,amount,organisational_unit,beneficiary_name"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_is_read_in_the_encoding_that_it_has(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    content = line_end.join([HEADER, "2024-04-30,£1.00,Adults,Café Crème", ""])
    rows = read_rows(written(tmp_path, content.encode(encoding)))
    assert rows == [tuple(HEADER.split(",")), ("2024-04-30", "£1.00", "Adults", "Café Crème")]


def test_lines_of_one_file_may_be_of_two_encodings(tmp_path: Path) -> None:
    content = "1,Café\n".encode() + "2,Café £\n".encode("cp1252") + "3,Crème\n".encode()
    assert read_rows(written(tmp_path, content)) == [("1", "Café"), ("2", "Café £"), ("3", "Crème")]


def test_a_byte_without_a_character_leaves_the_other_rows(tmp_path: Path) -> None:
    content = HEADER.encode() + b"\n\xa31,1,2,Caf\xe9\n\x81,1,2,3\n"
    _, *rows = read_rows(written(tmp_path, content))
    assert rows == [("£1", "1", "2", "Café"), ("\udc81", "1", "2", "3")]


@pytest.mark.parametrize("end", [b"\xe9", b"\xc3", b"\xa3", b"\xe2\x82"])
def test_a_file_may_end_within_what_might_be_a_character(tmp_path: Path, end: bytes) -> None:
    [row] = read_rows(written(tmp_path, b"1,Caf" + end))
    assert row == ("1", f"Caf{end.decode('cp1252')}")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_character_may_lie_across_any_two_reads(tmp_path: Path, encoding: str) -> None:
    content = "x" * 65_535 + "é" * 70_000 + ",end"
    [row] = read_rows(written(tmp_path, content.encode(encoding)))
    assert row == (content[:-4], "end")


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [
        (f"{HEADER}\n2024-04-30,1.00,Adults,Leeds Mind\n", ","),
        ("day;amount;payee\n1;1.234,56;Leeds Mind\n2;12,00;A\n3;1,00;B\n", ";"),
        ("day\tamount\tpayee\n1\t1,234.56\tA, B and C\n2\t2,000.00\tD\n", "\t"),
        ("day|payee\n1|Smith, Jones\n2|Brown, Black\n3|Grey, Green, Blue\n", "|"),
        ('day,payee,what\n1,"a;b;c",x\n2,"d;e;f",y\n', ","),
        ("Spend over 25,000\n\nday;amount;payee\n1;2;3\n1;2;3\n", ";"),
        ("sep=;\na,b;c,d\n", ";"),
        ("Leeds Mind\nLeeds Hospice\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_what_parts_the_rows_evenly(head: str, delimiter: str) -> None:
    assert find_delimiter(head) == delimiter


def test_rows_are_as_wide_as_they_are_and_blank_ones_count(tmp_path: Path) -> None:
    [(_, rows)] = read_sheets(written(tmp_path, b"Spend\n\na,b,c\n1,2,3,4\n,,\n"))
    assert rows == [
        SheetRow(1, ("Spend",)),
        SheetRow(2, ()),
        SheetRow(3, ("a", "b", "c")),
        SheetRow(4, ("1", "2", "3", "4")),
        SheetRow(5, ("", "", "")),
    ]


def test_fields_may_span_lines_and_an_open_quote_spoils_no_more_than_it_must(
    tmp_path: Path,
) -> None:
    content = f'{HEADER}\n"a\nb",1,2,3\n"{"x" * 140_000}\n'
    _, first, second = read_rows(written(tmp_path, content.encode()))
    assert first == ("a\nb", "1", "2", "3")
    assert isinstance(second, Broken)
    assert second.text.startswith('"xxx')
    assert "a quote in it is not closed" in second.reason


def test_a_row_that_is_torn_is_read_again_a_line_at_a_time(tmp_path: Path) -> None:
    path = written(tmp_path, b'1,a,"b\n2,c,d"\n3,e,f\n')
    [first, second, third] = read_rows(path, torn=lambda row: "2,c" in str(row[-1]))
    assert isinstance(first, Broken)
    assert first.row == ("1", "a", "b\n")
    assert (second, third) == (("2", "c", 'd"'), ("3", "e", "f"))


@pytest.mark.parametrize("tail", ["", "\n2024-05-01,1.00,Adults,Leeds Mind\n"])
def test_a_line_of_50_megabytes_is_one_broken_row_in_little_memory(
    tmp_path: Path, tail: str
) -> None:
    path = tmp_path / "spend.csv"
    with path.open("w") as file:
        file.write(f"{HEADER}\n2024-04-30,12.50,Adults,")
        for _ in range(50):
            file.write("x" * 1_000_000)
        file.write(tail)
    tracemalloc.start()
    _, broken, *more = read_rows(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
    assert isinstance(broken, Broken)
    assert broken.row[:2] == ("2024-04-30", "12.50")
    assert "1,048,576 characters" in broken.reason
    assert len(more) == (1 if tail else 0)


def test_an_open_quote_before_a_line_of_many_megabytes_holds_no_more_than_it(
    tmp_path: Path,
) -> None:
    content = f'{HEADER}\na,"b\n' + "x" * 3_000_000 + '\nc,1,2,3\n"' + "y\n" * 1_500_000
    _, *rows = read_rows(written(tmp_path, content.encode()))
    assert [isinstance(row, Broken) for row in rows[:3]] == [True, True, False]
    assert len(rows) == 3 + 1_500_000


def test_rows_are_read_anew_each_time_and_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    with open_file(written(tmp_path, b"a,b\n"), Limits()) as opened:
        [sheet] = opened.sheets
        assert list(sheet.rows()) == list(sheet.rows()) == [(1, ("a", "b"))]
        assert opened.digest == hashlib.sha256(b"a,b\n").hexdigest()


def test_a_row_wider_than_a_table_is_broken_and_the_next_ones_are_read(tmp_path: Path) -> None:
    widest, wider = ",".join("1" * 2_000), ",".join("1" * 2_001)
    content = f"{HEADER}\n{widest}{',' * 14_384}\n{wider}\n2024-04-30,1.00,Adults,Oak\n"
    _, full, broken, last = read_rows(written(tmp_path, content.encode()))
    assert len(full) == 2_000  # a workbook that was saved with commas to its last column
    assert isinstance(full, tuple)
    assert isinstance(broken, Broken)
    assert broken.text == f"{wider}\n"
    assert broken.reason == "it says something beyond column 2,000, the last one"
    assert broken.row == full
    assert last == ("2024-04-30", "1.00", "Adults", "Oak")
