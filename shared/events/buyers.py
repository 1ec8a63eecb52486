"""buyers.v1: what public bodies are called, and which took over from which."""

from datetime import date, datetime
from typing import ClassVar

from shared.events.fact import Fact
from shared.fields import Line, OrgId


class BuyerRegistered(Fact):
    """A public body whose payments and agreements are taken, and its `name`; the newest counts."""

    TYPE: ClassVar[str] = "buyer.registered.v1"

    buyer: OrgId
    name: Line
    recorded_at: datetime


class BuyerSucceeded(Fact):
    """`successor` answers for what `predecessor` paid, from `since` on; `source` says who says so.

    A body may have several of either: three bodies merge, or one is split. The newest fact of a
    pair counts.
    """

    TYPE: ClassVar[str] = "buyer.succeeded.v1"

    predecessor: OrgId
    successor: OrgId
    since: date
    source: Line
    recorded_at: datetime
