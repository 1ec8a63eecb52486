"""What a dry run says of a file, as an import of it would."""

from datetime import date
from pathlib import Path

import pytest

from services.ingest.dry_run import dry_run
from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.imports.payment_rows import TOO_MANY_EQUAL
from services.ingest.imports.tally import Count

_HEADER = "Date,Amount,Supplier\n"
_EQUAL = "30/04/2024,12.50,Leeds Mind\n"
_TODAY = date(2026, 11, 26)


def test_more_equal_rows_than_can_be_told_apart_are_rejected_as_an_import_rejects_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MOST", 3)
    path = tmp_path / "april.csv"
    path.write_text(f"{_HEADER}{_EQUAL * 5},,\n31/04/2024,1.00,Leeds Mind\n")
    [read] = dry_run_file(path, {}, _TODAY)
    assert (read.accepted, read.skipped_by_kind["blank"]) == (Count(3, 3750), Count(1))
    assert read.rejected_by_reason == {
        TOO_MANY_EQUAL: Count(2, 2500, (5, 6)),
        "payment_date is no day of the calendar: its month, April, has 30 days": (
            Count(1, 100, (8,))
        ),
    }
