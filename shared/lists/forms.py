"""The forms of a list beside pages of JSON: in each the whole list is answered at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import orjson
from pydantic import BaseModel

from shared.door.accepted import CSV_TYPE
from shared.lists.columns import Columns, by_item, columns_of
from shared.lists.csv_form import CsvForm
from shared.lists.media_types import NDJSON_TYPE, PARQUET_TYPE
from shared.lists.parquet_form import ParquetForm


class Form(Protocol):
    """Bytes of a file that grows: its beginning, the items in their order, its end."""

    def begin(self) -> bytes:
        """What comes before the items."""

    def write(self, items: Columns) -> bytes:
        """These items; may wait for more."""

    def end(self) -> bytes:
        """What waited, and what comes after the items."""


class _Lines:
    """A JSON object a line, as a page has it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def begin(self) -> bytes:
        return b""

    def write(self, items: Columns) -> bytes:
        return b"".join(
            orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)
            for item in by_item(items, self._names)
        )

    def end(self) -> bytes:
        return b""


_FORMS: Mapping[str, Callable[[type[BaseModel], Sequence[str]], Form]] = {
    CSV_TYPE: lambda model, names: CsvForm(columns_of(model, names)),
    NDJSON_TYPE: lambda _, names: _Lines(names),
    PARQUET_TYPE: lambda model, names: ParquetForm(columns_of(model, names)),
}


def open_form(media_type: str, model: type[BaseModel], names: Sequence[str]) -> Form:
    """A file of these fields of the model's items, in one of the forms of whole lists."""
    return _FORMS[media_type](model, names)
