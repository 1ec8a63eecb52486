"""Files as tables: Parquet and CSV, whatever wrote them."""

import io
import os
import tempfile
import tracemalloc
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.sources.reading.sheet import Broken
from services.ingest.sources.tables import header_of, read_rows, scan
from shared.errors import Rejected

HEADER = "payment_date,amount,organisational_unit,beneficiary_name"


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(
        {"payment_date": ["2024-04-30"] * 300, "amount": [n / 4 for n in range(300)]}
    ).write_parquet(buffer)
    return buffer.getvalue()


_PARQUET = _parquet()


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
    assert scanned.rows == 2


def test_a_character_that_two_reads_share_is_one(tmp_path: Path) -> None:
    padding = "x" * ((1 << 20) - len(HEADER) - 2)
    content = f"{HEADER}\n{padding}é,1,2,3\n".encode()
    assert content[1 << 20] not in b"\xc3"  # the character spans the two reads
    [row] = read_rows(scan(written(tmp_path, content)))
    assert isinstance(row, Broken) or str(row[0]).endswith("xé")


def test_a_byte_without_a_character_leaves_the_other_rows(tmp_path: Path) -> None:
    content = HEADER.encode() + b"\n\xa31,1,2,Caf\xe9\n\x81,1,2,3\n"
    rows = list(read_rows(scan(written(tmp_path, content))))
    assert rows == [("£1", "1", "2", "Café"), ("\udc81", "1", "2", "3")]


def test_short_rows_are_filled_and_long_ones_and_blank_lines_stay_apart(tmp_path: Path) -> None:
    rows = read_rows(scan(written(tmp_path, f"{HEADER}\na\n\na,b,c,d,e\n,,,\n".encode())))
    assert list(rows) == [
        ("a", "", "", ""),
        ("", "", "", ""),
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
    assert "a quote in it is not closed" in rows[1].reason


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
    scanned = scan(path)
    tracemalloc.start()
    rows = list(read_rows(scanned))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
    [broken, *more] = rows
    assert isinstance(broken, Broken)
    assert (broken.row[:2], "1,048,576 characters" in broken.reason) == (
        ("2024-04-30", "12.50"),
        True,
    )
    assert len(more) == (1 if tail else 0)


def test_an_open_quote_before_a_line_of_many_megabytes_holds_no_more_than_it(
    tmp_path: Path,
) -> None:
    content = f'{HEADER}\na,"b\n' + "x" * 3_000_000 + '\nc,1,2,3\n"' + "y\n" * 1_500_000
    rows = list(read_rows(scan(written(tmp_path, content.encode()))))
    assert [isinstance(row, Broken) for row in rows[:3]] == [True, True, False]
    assert len(rows) == 3 + 1_500_000


@pytest.mark.parametrize("end", ["\xe9", "\xc3", "\xa3"])
def test_a_windows_1252_file_may_end_with_any_character(tmp_path: Path, end: str) -> None:
    content = f"{HEADER}\n2024-04-30,1.00,Adults,Caf{end}".encode("latin-1")
    [row] = read_rows(scan(written(tmp_path, content)))
    assert row == ("2024-04-30", "1.00", "Adults", f"Caf{end}")


def test_days_beyond_every_calendar_stop_no_file(tmp_path: Path) -> None:
    path = tmp_path / "spend.parquet"
    numbers = pl.Series([0, 10_000_000, 2**31 - 1, -(2**31), None], dtype=pl.Int32)
    frame = pl.DataFrame({"day": numbers.cast(pl.Date)})
    for unit in ("ms", "us"):
        far = pl.Series([0, 2**62, -(2**62), 86_399_999, None], dtype=pl.Int64)
        moments = far.cast(pl.Datetime(unit))
        frame = frame.with_columns(
            moments.alias(unit), moments.dt.replace_time_zone("UTC").alias(f"{unit} of a zone")
        )
    frame.with_columns(
        pl.Series("took", [0, 2**62, 1, 2, None]).cast(pl.Duration("ms"))
    ).write_parquet(path)
    rows = list(read_rows(scan(path)))
    assert [row[0] for row in rows if isinstance(row, tuple)] == [
        "1970-01-01",
        "10000000",
        "2147483647",
        "-2147483648",
        None,
    ]
    assert isinstance(rows[1], tuple)
    assert isinstance(rows[3], tuple)
    assert (rows[1][1], rows[3][1]) == (str(2**62), "1970-01-01")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_parquet_file_corrupt_inside_is_said_to_be_so(data: st.DataObject) -> None:
    content = bytearray(_PARQUET)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 5))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), bytes(content), "spend.parquet")
        try:
            scanned = scan(path)
            header_of(scanned)
            for _ in read_rows(scanned):
                pass
        except Rejected as error:
            assert "spend.parquet is" in error.reason  # noqa: PT017 - it need not be refused


@pytest.mark.parametrize("name", ["pipe.csv", "device.csv", "folder.parquet"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    match name:
        case "pipe.csv":
            os.mkfifo(path)
        case "device.csv":
            path.symlink_to("/dev/zero")
        case _:
            path.mkdir()
    with pytest.raises(Rejected, match="is no file, but a folder, a pipe or a device"):
        scan(path)


def test_a_file_name_that_is_not_utf_8_has_its_own_sentence(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    with pytest.raises(Rejected, match=r"the file name caf\\xe9\.csv is not UTF-8"):
        scan(path)


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
        ("spend.csv", b"%PDF-1.7", "is a PDF document"),
        ("spend.csv", b"PAR1 PAR1", "not a Parquet file"),
        ("spend.xls", b"\n<!DOCTYPE html><html><table>", "is a web page, whatever its name says"),
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
