"""The orders of the organisations that are paid."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, FromClause, Text, cast, func, or_, true

from services.api.asked.question import Question
from services.api.queries.spend_page import Order

ORDERS = ("-amount", "amount", "organisation_name")
"""By `sort`; equal ones by org-id and name."""
_MOST_PENCE = 2**63


class Standing(NamedTuple):
    """Where an organisation stands in an order: by its pence, by less than them, or by its name;
    then by its org-id and the name that it has without one, '' for none.
    """

    key: int | str
    organisation: str
    unregistered_name: str


class Ranking(NamedTuple):
    """By what counts `under` a definition, and only those that count, or by all that they are paid;
    in an order.
    """

    under: str | None
    sort: str

    @property
    def by_name(self) -> bool:
        """Whether the order is that of names."""
        return self.sort == "organisation_name"

    def place(self, key: int | str, organisation: str, unregistered_name: str) -> Standing:
        """A place as a cursor holds it; ValueError where it is none of this order."""
        texts = [organisation, unregistered_name, *([key] if self.by_name else [])]
        if not all(isinstance(each, str) and "\x00" not in each for each in texts):
            raise ValueError(texts)
        if not (self.by_name or (isinstance(key, int) and abs(key) < _MOST_PENCE)):
            raise ValueError(key)
        return Standing(key, organisation, unregistered_name)


@dataclass(frozen=True)
class BySize:
    """The order of a ranking; the question is grouped by organisations."""

    question: Question
    ranking: Ranking

    def __call__(self, cut: FromClause) -> Order:
        """The order of rows as they are cut."""
        ranking = self.ranking
        counts: ColumnElement[bool] = true()
        if ranking.under is not None:
            counts = cut.c[f"holds_{self.question.definitions.index(ranking.under)}"]
        lines, pence = (
            func.coalesce(func.sum(each).filter(counts), 0) for each in (cut.c.lines, cut.c.pence)
        )
        name = func.lower(func.coalesce(func.max(cut.c.organisation_name), ""))
        key = {"-amount": -pence, "amount": pence, "organisation_name": name}[ranking.sort]
        organisation, unregistered_name = cut.c.organisation, cut.c.unregistered_name
        return Order(
            apart=[func.coalesce(each, "") for each in (organisation, unregistered_name)],
            size=[cast(key, Text() if ranking.by_name else BigInteger())],
            rows=or_(organisation.is_not(None), unregistered_name.is_not(None)),
            groups=lines > 0,
        )
