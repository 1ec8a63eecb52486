"""Parquet files."""

import io
import os
import tempfile
from pathlib import Path

import polars as pl
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Rejected
from tests.ingest.reading.reading import read_rows, read_sheets, written


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(
        {"payment_date": ["2024-04-30"] * 300, "amount": [n / 4 for n in range(300)]}
    ).write_parquet(buffer)
    return buffer.getvalue()


_PARQUET = _parquet()


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
    _, *rows = read_rows(path)
    assert [row[0] for row in rows] == ["1970-01-01", "10000000", "2147483647", "-2147483648", None]
    assert (rows[1][1], rows[3][1]) == (str(2**62), "1970-01-01")


def test_ctrl_c_in_a_terminal_does_not_reach_the_process_that_reads(tmp_path: Path) -> None:
    """It would end in the middle of a file, which then is said to be damaged."""
    path = tmp_path / "spend.parquet"
    path.write_bytes(_PARQUET)
    read_rows(path)
    [reader] = [
        child
        for child in psutil.Process().children()
        if "services.ingest.reading.reader_process" in child.cmdline()
    ]
    assert os.getpgid(reader.pid) != os.getpgrp()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_parquet_file_corrupt_inside_is_said_to_be_so(data: st.DataObject) -> None:
    content = bytearray(_PARQUET)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 5))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), bytes(content), "spend.parquet")
        try:
            read_rows(path)
        except Rejected as error:
            assert "spend.parquet is" in error.reason  # noqa: PT017 - it need not be refused


def test_parquet_keeps_its_types_and_its_names_are_no_row_of_it(tmp_path: Path) -> None:
    path = tmp_path / "spend.parquet"
    pl.DataFrame({"payment_date": ["2024-04-30", None], "amount": [1.5, None]}).write_parquet(path)
    [(sheet, rows)] = read_sheets(path)
    assert rows == [(0, ("payment_date", "amount")), (1, ("2024-04-30", 1.5)), (2, (None, None))]
    assert sheet.rows_about == 2


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2024-04-01", "2024-04-30", "2024-12-12"]),
        ("Europe/London", ["2024-04-01", "2024-04-30", "2024-12-12"]),
        (None, ["2024-03-31", "2024-04-30", "2024-12-12"]),
    ],
)
def test_midnight_of_summer_time_kept_in_utc_is_the_day_that_begins(
    tmp_path: Path, zone: str | None, days: list[str]
) -> None:
    moments = ["2024-03-31T23:00:00", "2024-04-30T22:00:00", "2024-12-12T23:00:00"]
    kept = pl.Series("day", moments).str.to_datetime()
    if zone is not None:
        kept = kept.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    path = tmp_path / "spend.parquet"
    pl.DataFrame({"day": kept}).write_parquet(path)
    [(_, rows)] = read_sheets(path)
    assert rows[1:] == [(number, (day,)) for number, day in enumerate(days, 1)]


def test_rows_keep_their_order_across_many_batches(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pl.DataFrame({"n": range(100_000)}).write_parquet(path, row_group_size=7_000)
    [(_, rows)] = read_sheets(path)
    assert [(number, row[0]) for number, row in rows[1:]] == [(n + 1, n) for n in range(100_000)]


def test_nested_columns_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "spend.parquet"
    frame = pl.DataFrame({"tags": [["a"]], "amount": [1.5], "of": [{"a": 1}]})
    frame.write_parquet(path)
    [(sheet, rows)] = read_sheets(path)
    assert rows == [(0, ("amount",)), (1, (1.5,))]
    assert sheet.notes == ("columns that are nested are not read: tags, of",)
    frame.drop("amount").write_parquet(path)
    with pytest.raises(Rejected, match="has only nested columns"):
        read_sheets(path)
