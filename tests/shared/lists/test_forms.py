"""A list as CSV, NDJSON and Parquet: the same items, each in the way of its readers."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel, Field

from shared.door.accepted import CSV_TYPE
from shared.lists.columns import by_column
from shared.lists.forms import open_form
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from shared.money import POUNDS_PATTERN


class Reversal(BaseModel):
    role: Literal["reverses"]
    payment_date: date


class Line(BaseModel):
    amount: str = Field(pattern=POUNDS_PATTERN)


class Payment(BaseModel):
    payment_id: UUID
    payee: str | None
    withheld: bool
    amount: str = Field(pattern=POUNDS_PATTERN)
    recorded_at: datetime
    revision: int
    score: float | None
    definitions: list[str]
    reversal: Reversal | None
    lines: list[Line]


ID = "0b8e3c5e-5f0e-5a52-9f0a-4a8d2f6f9a11"
CREDIT: dict[str, Any] = {
    "payment_id": ID,
    "payee": "=cmd|' /C calc'!A0",
    "withheld": False,
    "amount": "-12500.05",
    "recorded_at": datetime(2024, 5, 7, 14, 30, tzinfo=UTC),
    "revision": 1,
    "score": 0.5,
    "definitions": ["ncvo", "registered-charity"],
    "reversal": {"role": "reverses", "payment_date": date(2024, 4, 30)},
    "lines": [{"amount": "-12500.05"}],
}
WITHHELD = CREDIT | {"payee": None, "withheld": True, "reversal": None, "score": None}
ALL = tuple(Payment.model_fields)


def file_of(media_type: str, *batches: list[dict[str, Any]], names: tuple[str, ...] = ALL) -> bytes:
    form = open_form(media_type, Payment, names)
    return b"".join(
        [form.begin(), *(form.write(by_column(batch, ALL)) for batch in batches), form.end()]
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_runs_nothing_and_keeps_the_minus_of_an_amount() -> None:
    credit, withheld = rows_of(file_of(CSV_TYPE, [CREDIT], [WITHHELD]))
    assert credit["payee"] == "'=cmd|' /C calc'!A0"
    assert credit["amount"] == "-12500.05"
    assert credit["withheld"] == "false"
    assert credit["recorded_at"] == "2024-05-07T14:30:00+00:00"
    assert credit["definitions"] == "ncvo; registered-charity"
    assert (credit["reversal.role"], credit["reversal.payment_date"]) == ("reverses", "2024-04-30")
    assert json.loads(credit["lines"]) == [{"amount": "-12500.05"}]
    assert (withheld["payee"], withheld["withheld"], withheld["reversal.role"]) == ("", "true", "")


def test_columns_of_the_database_are_written_as_values_are() -> None:
    said = pa.chunked_array([[["ncvo"], [], ["=1", "b"]]], pa.list_(pa.string()))
    names = pa.chunked_array([["A, B", None, "@SUM(1)"]], pa.string())
    columns = {"payee": names, "definitions": said}
    form = open_form(CSV_TYPE, Payment, tuple(columns))
    written = form.write(columns)
    assert written == form.write({name: cells.to_pylist() for name, cells in columns.items()})
    assert written == b"\"A, B\",ncvo\r\n,\r\n'@SUM(1),'=1; b\r\n"


def test_a_line_of_ndjson_is_an_item_of_a_page() -> None:
    first, second = file_of(NDJSON_TYPE, [CREDIT, WITHHELD]).splitlines()
    Payment.model_validate_json(first)
    assert json.loads(second)["payee"] is None


def test_pounds_are_decimals_in_parquet() -> None:
    table = pq.read_table(io.BytesIO(file_of(PARQUET_TYPE, [CREDIT], [WITHHELD])))
    assert str(table.schema.field("amount").type) == "decimal128(20, 2)"
    credit, withheld = table.to_pylist()
    assert credit["amount"] == Decimal("-12500.05")
    assert credit["payee"] == CREDIT["payee"], "nothing runs it here"
    assert credit["recorded_at"] == CREDIT["recorded_at"]
    assert credit["reversal.payment_date"] == date(2024, 4, 30)
    assert (withheld["payee"], withheld["score"], withheld["reversal.role"]) == (None, None, None)


def test_parquet_writes_groups_of_rows_as_they_fill() -> None:
    form = open_form(PARQUET_TYPE, Payment, ("amount",))
    content = [
        form.begin(),
        *(form.write({"amount": [CREDIT["amount"]] * 9_000}) for _ in range(5)),
        form.end(),
    ]
    file = pq.ParquetFile(io.BytesIO(b"".join(content)))
    assert file.metadata.num_rows == 45_000
    assert file.metadata.num_row_groups == 2


@pytest.mark.parametrize("media_type", [CSV_TYPE, PARQUET_TYPE])
def test_a_list_of_nothing_still_has_its_columns(media_type: str) -> None:
    content = file_of(media_type, names=("payment_id", "reversal"))
    names = (
        content.decode("utf-8-sig").strip().split(",")
        if media_type == CSV_TYPE
        else pq.read_table(io.BytesIO(content)).column_names
    )
    assert names == ["payment_id", "reversal.role", "reversal.payment_date"]
