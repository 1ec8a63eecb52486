"""In which orders a list can be had, and where a page of it begins. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from shared.errors import Rejected

Key = date | datetime | int
Kind = Literal["day", "instant", "whole"]

_IDS = ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
_ENDS: Mapping[Kind, tuple[Key, Key]] = {
    "day": (date.min, date.max),
    "instant": (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
    "whole": (-(2**63), 2**63 - 1),
}


class Place(NamedTuple):
    """Where a row stands in a list: by its key, then by its id."""

    key: Key
    row_id: str


@dataclass(frozen=True)
class Order:
    """Rows by a column of a kind, equal ones by their id, both rising or both falling."""

    column: str
    kind: Kind
    falling: bool

    @property
    def direction(self) -> str:
        """As SQL says it."""
        return "desc" if self.falling else "asc"

    @property
    def follows(self) -> str:
        """The comparison that holds of what follows a place."""
        return "<" if self.falling else ">"

    def start(self) -> Place:
        """Before every row."""
        return Place(_ENDS[self.kind][self.falling], _IDS[self.falling])

    def place(self, key: str | int, row_id: str) -> Place:
        """A place as a cursor holds it."""
        if isinstance(key, int):
            return Place(key, row_id)
        read = date.fromisoformat if self.kind == "day" else datetime.fromisoformat
        return Place(read(key), row_id)


def orders_by(columns: Iterable[tuple[str, str, Kind]]) -> dict[str, Order]:
    """Both orders of each column by how they are asked for: its name, after `-` falling.

    Of each column its name in the answer, its name in the table, and its kind.
    """
    return {
        f"{sign}{name}": Order(column, kind, falling=sign == "-")
        for name, column, kind in columns
        for sign in ("-", "")
    }


def choose_order(asked: str, orders: Mapping[str, Order]) -> Order:
    """The order that is asked for; Rejected names those that there are."""
    order = orders.get(asked)
    if order is None:
        known = ", ".join(orders)
        raise Rejected(f"{asked[:80]!r} is no order of this list; known are: {known}", "sort")
    return order
