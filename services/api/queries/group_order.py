"""The order of groups by their values, and where a page of them goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, FromClause, Integer, Text, func, literal
from sqlalchemy.types import TypeEngine

from services.api.asked.question import Question
from services.api.queries.spend import keys_of
from services.api.queries.spend_page import Order, Place

_MOST_YEARS = 10_000


class _Kind(NamedTuple):
    """What the values of a key are, what stands for none of them, how a cursor's are read."""

    type: TypeEngine[Any]
    none: Any
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class ByGroups:
    """Rising, what has no value last: a place is of each key whether it has none, and its value."""

    question: Question

    def __call__(self, cut: FromClause) -> Order:
        """The order of rows as they are cut."""
        apart: list[ColumnElement[Any]] = []
        for key, kind in zip(keys_of(cut, self.question), _kinds(self.question), strict=True):
            apart += [key.is_(None), func.coalesce(key, literal(kind.none, kind.type))]
        return Order(apart)


def read_place(question: Question) -> Callable[..., Place]:
    """Reads a place as a cursor holds it; ValueError where it is none of this order."""
    kinds = _kinds(question)

    def place(*values: Any) -> Place:
        found: list[Any] = []
        for missing, value, kind in zip(values[::2], values[1::2], kinds, strict=True):
            if not isinstance(missing, bool):
                raise ValueError(missing)  # noqa: TRY004 - a cursor that was made up
            found += [missing, kind.read(value)]
        return tuple(found)

    return place


def _kinds(question: Question) -> list[_Kind]:
    beside = [name for name in ("organisation", "programme") if name in question.group_by]
    return [_KINDS.get(name, _TEXT) for name in (*question.group_by, *beside)]


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _year(value: Any) -> int:
    if not isinstance(value, int) or abs(value) > _MOST_YEARS:
        raise ValueError(value)
    return value


_TEXT = _Kind(Text(), "", _text)
_DAY = _Kind(Date(), date.min, date.fromisoformat)
_KINDS = {"financial_year": _Kind(Integer(), 0, _year), "quarter": _DAY, "month": _DAY}
