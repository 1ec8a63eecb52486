"""Which organisations are on a page: by their ranking, and by what was paid to those touched."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
    union,
    union_all,
)

from services.api.asked.question import Question
from services.api.queries.largest import Ranking
from services.api.queries.party_spend import PARTY
from services.api.queries.touched import is_touched
from services.api.tables import (
    ANY,
    EVERY_YEAR,
    party_ranks,
    party_spend,
)

_JOINED = 2
"""Ranks of a party that are joined: in half the time that grouping takes; five take longer."""


class RankedQuestion(NamedTuple):
    """The organisations of a question, in financial years (None: all), in an order.

    What of a question its statement is made of: which suppliers is told with it.
    """

    question: Question
    years: tuple[int, ...] | None
    ranking: Ranking
    goes_on: bool
    """After a place."""

    @property
    def of_one_rank(self) -> bool:
        """Whether a party has one row of `party_ranks` that says it all."""
        return len(self.question.buyers) + len(self.years or ()) <= 1

    @property
    def by_ranks(self) -> bool:
        """Whether the ranks say it: of no supplier alone, not of buyers in certain years. Nor what
        parties are called of which some count in one year, or by one buyer, and not in another.
        """
        question = self.question
        if question.suppliers is not None or (question.buyers and self.years is not None):
            return False
        return self.of_one_rank or not (self.ranking.by_name and self.ranking.under)


def is_asked(asked: RankedQuestion, table: FromClause) -> ColumnElement[bool]:
    """Whether the question is of a row, by buyer, financial year and supplier."""
    question = asked.question
    found: list[ColumnElement[bool]] = [true()]
    if question.buyers:
        found.append(table.c.buyer.in_(question.buyers))
    if asked.years is not None:
        found.append(table.c.financial_year.in_(asked.years))
    if question.suppliers is not None:
        ids = bindparam("suppliers", type_=ARRAY(Uuid(as_uuid=False)))
        found.append(table.c.supplier_id == any_(ids))
    return and_(*found)


def is_party(table: FromClause, party: FromClause) -> ColumnElement[bool]:
    """Whether a row is of a party of another table."""
    return and_(*(table.c[name] == party.c[name] for name in PARTY))


def ranked_parties(
    asked: RankedQuestion, live: FromClause, stood: list[ColumnElement[bool]]
) -> Select[Any]:
    """The parties of the page and the key by which they are ordered."""
    parties = _parties(asked, live, stood).subquery("parties")
    ranking = asked.ranking
    name = func.lower(func.coalesce(parties.c.organisation_name, ""))
    key = {"-amount": -parties.c.pence, "amount": parties.c.pence, "organisation_name": name}
    place: list[ColumnElement[Any]] = [
        cast(key[ranking.sort], Text() if ranking.by_name else BigInteger()).label("key"),
        *(parties.c[each] for each in PARTY),
    ]
    page = select(*place).where(parties.c.lines > 0).order_by(*place)
    page = page.limit(bindparam("limit", type_=BigInteger()))
    if asked.goes_on:
        values = (bindparam(f"after_{at}", type_=of.type) for at, of in enumerate(place))
        page = page.where(tuple_(*place) > tuple_(*values))
    return page


def _parties(asked: RankedQuestion, live: FromClause, stood: list[ColumnElement[bool]]) -> Any:
    """What each party was paid, of those that may be on a page."""
    of_live = _paid(asked, live).where(live.c.listed, is_asked(asked, live))
    if not asked.by_ranks:
        of_others = _paid(asked, party_spend).where(party_spend.c.listed, *stood)
        return _added(of_others, of_live)
    moved = union(
        select(*(party_spend.c[name] for name in PARTY)).where(
            party_spend.c.listed, is_touched(party_spend)
        ),
        select(*(live.c[name] for name in PARTY)).where(live.c.listed),
    ).cte("moved")
    of_moved = (
        select(party_spend)
        .where(is_party(party_spend, moved), party_spend.c.listed, *stood)
        .offset(0)  # which keeps it apart: few parties, each found by the index
        .correlate(moved)
        .lateral("of_moved")
    )
    of_others = _paid(asked, of_moved).select_from(moved.join(of_moved, true()))
    return union_all(_standing_ranks(asked, moved), _added(of_others, of_live))


def _standing_ranks(asked: RankedQuestion, moved: FromClause) -> Select[Any]:
    """The ranks of those parties of which no supplier was touched, added up by party."""
    buyers = asked.question.buyers or (ANY,)
    years = (EVERY_YEAR,) if asked.years is None else asked.years
    if len(buyers) * len(years) == _JOINED:
        each = (_ranks(asked, moved, [buyer], [year]) for buyer in buyers for year in years)
        return _joined(*each)
    ranks = _ranks(asked, moved, buyers, years)
    return ranks if asked.of_one_rank else _grouped(ranks)


def _ranks(
    asked: RankedQuestion, moved: FromClause, buyers: Sequence[str], years: Sequence[int]
) -> Select[Any]:
    """Those of some buyers and years: of one buyer in one year one of each party."""
    ranks = party_ranks.c
    columns = (ranks[name] for name in (*PARTY, "organisation_name", "lines", "pence"))
    return select(*columns).where(
        ranks.buyer.in_(buyers),
        ranks.financial_year.in_(years),
        ranks.definition == (asked.ranking.under or ANY),
        tuple_(*(ranks[name] for name in PARTY)).not_in(select(moved)),
    )


def _joined(one: Select[Any], other: Select[Any]) -> Select[Any]:
    left, right = one.subquery(), other.subquery()
    party = (func.coalesce(left.c[name], right.c[name]).label(name) for name in PARTY)
    name = func.greatest(left.c.organisation_name, right.c.organisation_name)
    sums = (
        (func.coalesce(left.c[name], 0) + func.coalesce(right.c[name], 0)).label(name)
        for name in ("lines", "pence")
    )
    return select(*party, name.label("organisation_name"), *sums).select_from(
        left.join(right, is_party(left, right), full=True)
    )


def _grouped(several: Select[Any]) -> Select[Any]:
    ranks = several.subquery("ranks").c
    party = [ranks[name] for name in PARTY]
    name = func.max(ranks.organisation_name).label("organisation_name")
    sums = (
        cast(func.sum(each), BigInteger).label(each.name) for each in (ranks.lines, ranks.pence)
    )
    return select(*party, name, *sums).group_by(*party)


def _paid(asked: RankedQuestion, table: FromClause) -> Select[Any]:
    """What is paid to a party, and whether it counts."""
    under = asked.ranking.under
    counts = true() if under is None else literal(under) == any_(table.c.definitions)
    columns = (table.c[name] for name in (*PARTY, "organisation_name", "lines", "pence"))
    return select(*columns, counts.label("counts"))


def _added(*parts: Select[Any]) -> Select[Any]:
    """Added up by party: of what counts, the lines and pence; of all, the name."""
    rows = union_all(*parts).subquery("rows")
    party = [rows.c[name] for name in PARTY]
    name = func.max(rows.c.organisation_name).label("organisation_name")
    sums = (
        cast(func.coalesce(func.sum(each).filter(rows.c.counts), 0), BigInteger).label(each.name)
        for each in (rows.c.lines, rows.c.pence)
    )
    return select(*party, name, *sums).group_by(*party)
