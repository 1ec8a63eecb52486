"""The councils' files of West Yorkshire, read by polars alone: what must stand in every total."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from tests.support.control_totals import Totals
from tests.support.postings import COUNCILS

_FOLDER = Path("spend", "west_yorkshire")
_LONGEST_PAYEE = 200


class CouncilFile(NamedTuple):
    """A file, whose it is, and how many rows it has."""

    path: Path
    buyer: str
    rows: int


def council_files(data: Path, rows: int | None, folder: Path) -> list[CouncilFile]:
    """The files; for fewer `rows` in all the first of each, in its share, written to `folder`."""
    whole = [
        CouncilFile(path, buyer, int(pl.scan_parquet(path).select(pl.len()).collect().item()))
        for council, buyer in COUNCILS.items()
        for path in [data / _FOLDER / f"{council}.parquet"]
    ]
    every = sum(file.rows for file in whole)
    if rows is None or rows >= every:
        return whole
    fewer = []
    for file in whole:
        part = file._replace(path=folder / file.path.name, rows=file.rows * rows // every)
        pl.scan_parquet(file.path).head(part.rows).collect().write_parquet(part.path)
        fewer.append(part)
    return fewer


def usable_totals(files: list[CouncilFile]) -> Totals:
    """Lines and pence by buyer and month of the rows that say a day, an amount and a payee."""
    totals: Totals = {}
    for file in files:
        day = pl.col("payment_date").str.to_date("%Y-%m-%d", strict=False)
        payee = pl.col("beneficiary_name").str.strip_chars().str.len_chars()
        by_month = (
            pl.scan_parquet(file.path)
            .filter(
                day.is_not_null(),
                pl.col("amount").is_not_null(),
                payee.is_between(1, _LONGEST_PAYEE),
            )
            .group_by(day.dt.strftime("%Y-%m").alias("month"))
            .agg(pl.len(), (pl.col("amount") * 100).round().cast(pl.Int64).sum().alias("pence"))
            .collect()
        )
        for month, lines, pence in by_month.iter_rows():
            totals[file.buyer, month] = (lines, pence)
    return totals


def differences(expected: Totals, found: Mapping[tuple[str, str], tuple[int, int]]) -> list[str]:
    """Each month of a buyer in which the two differ, in words."""
    nothing = (0, 0)
    return [
        f"{buyer} {month}: {found.get((buyer, month), nothing)} instead of "
        f"{expected.get((buyer, month), nothing)} (lines, pence)"
        for buyer, month in sorted(expected.keys() | found.keys())
        if expected.get((buyer, month), nothing) != found.get((buyer, month), nothing)
    ]
