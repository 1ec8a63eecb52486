"""Rows of a file as payments."""

import gc
from datetime import UTC, date, datetime

import pytest

from services.ingest.buyers.buyer import Buyer
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.payment_rows import PaymentRows, posted_row, row_id
from services.ingest.payments.payment import check_payment
from services.ingest.shapes.cell_values import Kept
from services.ingest.shapes.row_reader import PaymentRow
from services.ingest.shapes.sheets import find_tables
from shared.errors import Rejected
from tests.ingest.shapes.tables import csv, sheet

_NOW = datetime(2026, 11, 26, tzinfo=UTC)
_ICB = Buyer("GB-NHS-QWO", "NHS West Yorkshire", "icb", "Leeds", date(2022, 7, 1))
_LEDGER = """
Date|Supplier|Amount|Place|Charity Number|Invoice Number|Department
30/09/2022|Leeds Mind|10.00|Bradford|1007625|00017|Mental Health
30/09/2022|Leeds Mind|10.00|Bradford|1007625|00017|Mental Health
31/10/2022|Age UK Leeds|-5.25||||
30/06/2022|Leeds Mind|7.00|||18|
"""

_FAULTS = """
Date|Supplier|Amount
30/09/2022||10.00
31/09/2022|Leeds Mind|10.00
30/09/2022|Leeds Mind|10.00|too|wide
30/09/2022|Leeds Mind|10.00|wide|too
30/09/2022|Leeds Mind|ten
"""


def test_each_value_of_a_row_is_posted_in_the_field_of_its_column() -> None:
    read = PaymentRow(date(2024, 4, 30), "Leeds Mind", 1250, ("Adults", "LS1 1UR"))
    posted = posted_row("GB-LAE-LDS", ("unit", "postcode"), read)
    assert {name: value for name, value in posted._asdict().items() if value is not None} == {
        "buyer": "GB-LAE-LDS",
        "payee": "Leeds Mind",
        "payment_date": date(2024, 4, 30),
        "amount_pence": 1250,
        "unit": "Adults",
        "postcode": "LS1 1UR",
    }


def test_a_row_makes_the_payment_that_its_like_would_make_posted_by_itself() -> None:
    rows = FileRows(find_tables([sheet(csv(_LEDGER))], "", _NOW.date(), lambda _: {}), _NOW.date())
    payments = PaymentRows(rows, _ICB.org_id, "f")
    buyers = {_ICB.org_id: _ICB}
    *paid, too_early = [row for row in rows if isinstance(row.read, PaymentRow)]
    for row, occurrence in zip(paid, (1, 2, 1), strict=True):
        assert isinstance(row.read, PaymentRow)
        posted = posted_row(_ICB.org_id, rows.fields(0), row.read)
        named = (row_id(posted, row.read.pence, occurrence), "/files/f", str(row.number))
        assert payments.read(row, buyers, _NOW) == check_payment(posted, *named, buyers, _NOW)
    with pytest.raises(Rejected, match=r"before NHS West Yorkshire began on 2022-07-01"):
        payments.read(too_early, buyers, _NOW)
    merged = {_ICB.org_id: _ICB._replace(since=None)}
    assert payments.read(too_early, merged, _NOW).amount_pence == 700
    with pytest.raises(Rejected, match="not known here"):
        payments.read(paid[0], {}, _NOW)


def test_a_row_that_is_refused_holds_nothing_of_its_batch() -> None:
    # An error that was raised holds its frames: half of a council's import was rows long recorded.
    rows = FileRows(find_tables([sheet(csv(_FAULTS))], "", _NOW.date(), lambda _: {}), _NOW.date())
    payments = PaymentRows(rows, _ICB.org_id, "f")
    refused = [row for row in rows if isinstance(row.read, Rejected)]
    assert len(refused) == 5
    for row in refused:
        with pytest.raises(Rejected):
            payments.read(row, {_ICB.org_id: _ICB}, _NOW)
        error = row.read
        assert isinstance(error, Rejected)
        assert (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)
    assert len({id(row.read) for row in refused}) == 5


def test_what_the_values_of_a_sheet_meant_is_let_go_with_it() -> None:
    # A workbook of four sheets, of a million rows each, held what all of them said: 437 MB.
    before = {id(each) for each in _kept()}
    rows = FileRows(find_tables([sheet(csv(_LEDGER))], "", _NOW.date(), lambda _: {}), _NOW.date())
    own = [each for each in _kept() if id(each) not in before]
    assert sum(isinstance(row.read, PaymentRow) for row in rows) == 4
    assert own
    assert not any(own)


def _kept() -> list[Kept]:
    return [each for each in gc.get_objects() if isinstance(each, Kept)]
