"""Files exactly as eleven NHS bodies published them, against a reading by other libraries."""

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from services.ingest.arrivals.batch import read_batch
from services.ingest.buyers.body_names import BodyNames
from services.ingest.buyers.buyer import Buyer
from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead
from services.ingest.imports.bodies_of_file import Whose, decide_bodies
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.payment_rows import PaymentRows
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import find_tables
from services.ingest.shapes.table import State
from tests.ingest.said import NOW
from tests.support.published_spend import BODIES, FOLDER, independent_pence

TODAY = date(2026, 11, 25)


NAMES = {
    "BART": "Barts Health NHS Trust",
    "CHWE": "Chelsea and Westminster Hospital NHS Foundation Trust",
    "CROY": "Croydon Health Services NHS Trust",
    "EPSH": "Epsom and St Helier University Hospitals NHS Trust",
    "HILL": "The Hillingdon Hospitals NHS Foundation Trust",
    "IMPC": "Imperial College Healthcare NHS Trust",
    "KGST": "Kingston Hospital NHS Foundation Trust",
    "KICO": "King's College Hospital NHS Foundation Trust",
    "LEGR": "Lewisham and Greenwich NHS Trust",
    "NMID": "North Middlesex University Hospital NHS Trust",
    "WHIT": "Whittington Health NHS Trust",
}
SILENT = {"CROY", "WHIT"}
"""Bodies whose files name no body, or their own divisions for one."""


def dry(path: Path, said: dict[str, str] | None = None) -> list[SheetRead]:
    return [read for read in dry_run_file(path, said or {}, TODAY) if read.state != "skipped"]


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_files_are_its_own_by_its_registered_name_and_no_councils(
    data: Path, body: str
) -> None:
    path = max((data / FOLDER / body).iterdir())  # all 113 were looked at on 2026-11-25
    with open_file(path, Limits()) as opened:
        tables = find_tables(opened.sheets, path.name, TODAY, lambda _: {})
        own, leeds = (
            decide_bodies(tables, Whose(BodyNames([Buyer("GB-X-Y", name, "")])), TODAY).tables
            for name in (NAMES[body], "Leeds City Council")
        )
    assert {table.shape.state for table in own} <= {State.PAYMENTS, State.SKIPPED}
    assert any(table.shape.state is State.NEEDS_MAPPING for table in leeds) == (body not in SILENT)


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_files_are_read_with_no_mapping_to_the_penny(data: Path, body: str) -> None:
    files = sorted((data / FOLDER / body).iterdir())
    taken = [files[0], files[len(files) // 2], files[-1]]  # all of them: tests.bench.files
    for path in taken:
        [read] = dry(path)
        assert (read.state, read.error) == ("payments", "")
        count, pence = independent_pence(path, BODIES[body])
        assert (read.accepted.rows, read.accepted.pence) == (count, pence), path.name
        assert read.first_date is not None
        assert read.first_date.year >= 2014


def test_the_payments_of_two_integrated_care_boards(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "icb.parquet"
    whole = pl.scan_parquet(data / "spend" / "icb" / "gloucestershire_somerset.parquet")
    whole.gather_every(20).sink_parquet(path)
    frame = pl.read_parquet(path)
    [asked] = dry(path)
    assert (asked.state, asked.waiting) == ("needs_mapping", frame.height)
    [read] = dry(path, {"whose": "all"})
    pence = int((frame["amount"] * 100).round().cast(pl.Int64).sum())
    assert (read.accepted.rows, read.accepted.pence) == (frame.height, pence)
    assert {field: column["header"] for field, column in read.table["columns"].items()} == {
        "payment_date": "payment_date",
        "amount": "amount",
        "payee": "supplier",
        "entity": "icb",
    }


def test_a_dry_run_decides_row_by_row_as_an_import_does(data: Path) -> None:
    path = min((data / FOLDER / "HILL").iterdir())
    [read] = dry(path)
    with open_file(path, Limits()) as opened:
        tables = find_tables(opened.sheets, path.name, TODAY, lambda _: {})
        rows = FileRows(tables, TODAY)
        payments = PaymentRows(rows, "GB-NHS-RAS", "f")
        buyers = {"GB-NHS-RAS": Buyer("GB-NHS-RAS", "A Trust", "trust")}
        said = [row for row in rows if not isinstance(row.read, Skipped)]
        batch = read_batch(said, partial(payments.read, buyers=buyers, now=NOW), payments.refuse)
    assert len(batch.facts) == read.accepted.rows
    assert sum(payment.amount_pence for payment in batch.facts) == read.accepted.pence
    assert [reject.reason for reject in batch.rejects] == ["amount is blank"] * 2
    assert len({payment.payment_id for payment in batch.facts}) == len(batch.facts)
