"""Files as tables: Parquet and CSV, whatever wrote them."""

from pathlib import Path

import polars as pl
import pytest

from services.ingest.sources.tables import Broken, header_of, read_rows, scan
from shared.errors import Rejected

HEADER = "payment_date,amount,organisational_unit,beneficiary_name"


def written(folder: Path, content: bytes, name: str = "spend.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_file_is_read_in_the_encoding_that_it_has(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    content = line_end.join([HEADER, "2024-04-30,£1.00,Adults,Café Crème", ""])
    scanned = scan(written(tmp_path, content.encode(encoding)))
    assert header_of(scanned) == HEADER.split(",")
    assert list(read_rows(scanned)) == [("2024-04-30", "£1.00", "Adults", "Café Crème")]
    assert scanned.rows == 1


def test_a_character_that_two_reads_share_is_one(tmp_path: Path) -> None:
    padding = "x" * ((1 << 20) - len(HEADER) - 2)
    content = f"{HEADER}\n{padding}é,1,2,3\n".encode()
    assert content[1 << 20] not in b"\xc3"  # the character spans the two reads
    [row] = read_rows(scan(written(tmp_path, content)))
    assert isinstance(row, Broken) or row[0].endswith("xé")
    assert scan(written(tmp_path, content)).encoding == "utf-8-sig"


def test_a_byte_without_a_character_leaves_the_other_rows(tmp_path: Path) -> None:
    content = HEADER.encode() + b"\n\xa31,1,2,Caf\xe9\n\x81,1,2,3\n"
    rows = list(read_rows(scan(written(tmp_path, content))))
    assert rows == [("£1", "1", "2", "Café"), ("\udc81", "1", "2", "3")]


def test_short_rows_are_filled_and_long_ones_and_blank_lines_stay_apart(tmp_path: Path) -> None:
    rows = read_rows(scan(written(tmp_path, f"{HEADER}\na\n\na,b,c,d,e\n,,,\n".encode())))
    assert list(rows) == [
        ("a", "", "", ""),
        ("a", "b", "c", "d", "e"),
        ("", "", "", ""),
    ]


def test_fields_may_span_lines_and_an_open_quote_spoils_no_more_than_it_must(
    tmp_path: Path,
) -> None:
    content = f'{HEADER}\n"a\nb",1,2,3\n"{"x" * 140_000}\n'
    rows = list(read_rows(scan(written(tmp_path, content.encode()))))
    assert rows[0] == ("a\nb", "1", "2", "3")
    assert isinstance(rows[1], Broken)
    assert rows[1].text.startswith('"xxx')


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "spend.parquet"
    pl.DataFrame({"payment_date": ["2024-04-30", None], "amount": [1.5, None]}).write_parquet(path)
    scanned = scan(path)
    assert (scanned.rows, header_of(scanned)) == (2, ["payment_date", "amount"])
    assert list(read_rows(scanned)) == [("2024-04-30", 1.5), (None, None)]


def test_rows_keep_their_order_across_many_batches(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pl.DataFrame({"n": range(100_000)}).write_parquet(path, row_group_size=7_000)
    assert [row[0] for row in read_rows(scan(path)) if isinstance(row, tuple)] == list(
        range(100_000)
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("spend.xlsx", b"PK", "neither .parquet nor .csv"),
        ("spend.parquet", b"PAR0", "not a Parquet file"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        scan(written(tmp_path, content, name))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="can't be read: No such file"):
        scan(tmp_path / "none.csv")
