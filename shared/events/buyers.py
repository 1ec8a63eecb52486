"""buyers.v1: which public body took over from which."""

from datetime import date, datetime
from typing import ClassVar

from shared.events.fact import Fact
from shared.fields import Line, OrgId


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
