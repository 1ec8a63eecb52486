"""The columns of an answer's items as one flat table: what CSV and Parquet have in common.

Items of a whole list come by column, some thousand at a time: a dict for each takes longer to make
and to take apart than all that is done with its cells.

A column for each field of the item's model, in its order. A part that is a model itself gives a
column for each of its own fields (`reversal.rule`); plain values in a list share a cell; a list of
models is one cell of JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pyarrow as pa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.money import POUNDS_PATTERN

Item = dict[str, Any]
Cells = Any
"""A sequence of values, or an array of Arrow's, which is how the database's rows come; the same
values in both, but that Arrow's ids, instants and pounds are text, as in JSON."""
Columns = Mapping[str, Cells]
"""Items by field: the values of each, equally many, in the order of the items."""


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = auto()  # what others wrote, which a spreadsheet must not run
    WORD = auto()  # an id or one of our own words
    AMOUNT = auto()  # pounds, as a decimal string
    DAY = auto()
    INSTANT = auto()
    TRUTH = auto()
    WHOLE = auto()
    NUMBER = auto()
    TEXTS = auto()
    PARTS = auto()  # anything else, as JSON


_KINDS: dict[Any, Kind] = {
    str: Kind.TEXT,
    UUID: Kind.WORD,
    date: Kind.DAY,
    datetime: Kind.INSTANT,
    bool: Kind.TRUTH,
    int: Kind.WHOLE,
    float: Kind.NUMBER,
}


@dataclass(frozen=True)
class Column:
    """A column by its name, where in an item its cells stand, and what they are."""

    name: str
    path: tuple[str, ...]
    kind: Kind

    def cells(self, items: Columns) -> Cells:
        """The cell of each item as it was read; None where a part on the way to it is none."""
        first, *rest = self.path
        values = items[first]
        for name in rest:
            values = [None if value is None else value[name] for value in values]
        return values


def is_arrow(cells: Cells) -> bool:
    """Whether they are an array of Arrow's."""
    return isinstance(cells, pa.ChunkedArray)


def by_column(items: Sequence[Item], names: Sequence[str]) -> Columns:
    """Items as their columns of these names."""
    return {name: [item[name] for item in items] for name in names}


def by_item(columns: Columns, names: Sequence[str]) -> list[Item]:
    """Columns of these names as the items."""
    chosen = (column.to_pylist() if is_arrow(column := columns[name]) else column for name in names)
    return [dict(zip(names, values, strict=True)) for values in zip(*chosen, strict=True)]


def columns_of(model: type[BaseModel], names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of these fields of a model."""
    return tuple(column for name in names for column in _columns(model.model_fields[name], (name,)))


def _columns(field: FieldInfo, path: tuple[str, ...]) -> list[Column]:
    said = _said(field.annotation)
    if isinstance(said, type) and issubclass(said, BaseModel):
        own = said.model_fields.items()
        return [column for name, part in own for column in _columns(part, (*path, name))]
    return [Column(".".join(path), path, _kind(said, field))]


def _said(annotation: Any) -> Any:
    """The annotation without its None."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    left = [each for each in get_args(annotation) if each is not NoneType]
    return left[0] if len(left) == 1 else Any


def _kind(said: Any, field: FieldInfo) -> Kind:
    if any(getattr(each, "pattern", None) == POUNDS_PATTERN for each in field.metadata):
        return Kind.AMOUNT
    if get_origin(said) is Literal or (isinstance(said, type) and issubclass(said, StrEnum)):
        return Kind.WORD
    if get_origin(said) in (list, tuple) and _all_text(get_args(said)):
        return Kind.TEXTS
    return _KINDS.get(said, Kind.PARTS)


def _all_text(parts: Sequence[Any]) -> bool:
    return {str}.issuperset(part for part in parts if part is not Ellipsis)
