"""The ranking says what adding up all spend says, whatever was projected and refreshed before."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question, days
from services.api.queries.group_order import ByGroups
from services.api.queries.largest import ORDERS, BySize, Ranking
from services.api.queries.paid_parties import are_parties_kept
from services.api.queries.ranked_page import read_ranked
from services.api.queries.spend import known_definitions
from services.api.queries.spend_page import Place, read_page
from services.api.ranking.refresh_ranking import refresh_all, refresh_some
from services.api.ranking.refresher import Refresher
from shared.events import Fact, PaymentAccepted
from tests.api.conftest import Model
from tests.api.facts import (
    CHARITY,
    ICB,
    LEEDS,
    classified,
    corrected,
    member,
    paid,
    registered,
    supplier,
    unmatched,
)

_PAYEES = ("BECK", "CRAG", "DALE", "FELL", "GILL")
_PARTIES = (
    ("GB-CHC-1", "Moor Trust"),
    ("GB-CHC-1", "moor hall"),
    ("GB-CHC-2", None),
    (None, "Tarn CIC"),
    (None, None),
)
_UNDER = ("registered-charity", "ppn-001-vcse")
_PAGE = 3
_CUTS = (("organisation",), ("financial_year", "organisation"), ("organisation", "buyer"))


def _classified(chance: Random, payee: str, revision: int) -> Fact:
    """As a party, or none, that counts on some days, of months in part among them."""
    organisation, name = chance.choice(_PARTIES)
    since, until = (chance.choice((None, day)) for day in ("2023-05-17", "2024-06-12"))
    periods = [member(since, until, definition=each) for each in _UNDER if chance.random() < 0.7]
    if organisation is None and name is None:
        return unmatched(payee, revision=revision)
    return classified(payee, revision, periods, organisation=organisation, organisation_name=name)


def _facts(chance: Random) -> list[Fact]:
    """Payments over three years, corrections, each payee classified anew, what is passed on."""
    months = [f"{year}-0{month}" for year in (2023, 2024) for month in (3, 4, 5, 6)]
    payments: list[PaymentAccepted] = [
        paid(
            number,
            chance.randrange(-5_00, 20_00),
            f"{chance.choice(months)}-{chance.randrange(1, 29):02d}",
            payee=chance.choice(_PAYEES),
            buyer=chance.choice((ICB, LEEDS)),
        )
        for number in range(30)
    ]
    facts: list[Fact] = [*payments]
    for payment in chance.sample(payments, 8):
        first = corrected(payment, 7_77, payee=chance.choice(_PAYEES))
        facts += [first, corrected(first, withdrawn=chance.random() < 0.5)]
    facts += [_classified(chance, payee, number) for payee in _PAYEES for number in (1, 2, 3)]
    facts.append(registered("BECK", provider="BECK", supplier_id=supplier("BECK"), route="council"))
    chance.shuffle(facts)
    return facts


def _questions(known: tuple[str, ...]) -> Iterator[Question]:
    every = Question(group_by=("organisation",), definitions=known)
    of_two = days(None, None, ["2023-24", "2024-25"])
    for filters in (
        {},
        {"buyers": (ICB,)},
        {"buyers": (ICB, LEEDS)},
        {"spans": days(None, None, ["2024-25"])},
        {"spans": of_two},
        {"buyers": (LEEDS,), "spans": of_two},
        {"suppliers": tuple(sorted(map(supplier, _PAYEES[:3])))},
    ):
        yield replace(every, **filters)


async def _cuts_alike(connection: AsyncConnection, question: Question) -> None:
    if not await are_parties_kept(connection, question):
        assert question.suppliers is not None
        return
    added, kept = [
        await read_page(
            connection, question, ByGroups(question), after=None, limit=99, by_parties=by_parties
        )
        for by_parties in (False, True)
    ]
    assert kept == added


async def _agrees(model: Model, chance: Random) -> None:
    """Some questions page by page: in an order of all, and in one under a definition.

    And all of them cut by parties, and by buyers or years beside them.
    """
    async with model.engine.connect() as connection:
        known = tuple(await known_definitions(connection))
        for question in _questions(known):
            for group_by in _CUTS:
                await _cuts_alike(connection, replace(question, group_by=group_by))
        for question in chance.sample(list(_questions(known)), 4):
            for under in (None, chance.choice(known)):
                ranking = Ranking(under, chance.choice(ORDERS))
                order = BySize(question, ranking)
                after: Place | None = None
                while True:
                    ranked = await read_ranked(
                        connection, question, ranking, after=after, limit=_PAGE
                    )
                    added = await read_page(connection, question, order, after=after, limit=_PAGE)
                    assert ranked == added
                    if len(ranked.rows) < _PAGE:
                        break
                    after = ranked.rows[-1][0]


@pytest.mark.parametrize("seed", range(2))
async def test_it_says_what_the_spend_says(model: Model, seed: int) -> None:
    chance = Random(seed)
    facts = _facts(chance)
    while facts:
        batch, facts = facts[:9], facts[9:]
        refreshed = (refresh_some(model.engine, at_once=2) for _ in range(chance.randrange(3)))
        await asyncio.gather(model.project(*batch), *refreshed)
    await refresh_all(model.engine)
    # Some are another party now, one counts anew, and one is paid more: the others stand.
    later = chance.sample(_PAYEES, 3)
    await model.project(*(_classified(chance, payee, 4) for payee in later[:2]))
    await model.project(paid(99, 4_00, "2024-05-20", payee=later[2]))
    await _agrees(model, chance)
    await refresh_all(model.engine)
    await _agrees(model, chance)
    async with model.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from touched_suppliers")) == 0


async def test_a_service_ranks_who_is_paid_once_nothing_arrives(model: Model) -> None:
    await model.project(paid(1), classified())
    refresher = Refresher(model.engine)
    assert not await refresher.look(), "somebody was touched a moment ago: some were refreshed"
    while await refresher.look():
        pass
    async with model.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from touched_suppliers")) == 0
        ranked = await connection.scalars(text("select distinct organisation from party_ranks"))
        assert list(ranked) == [CHARITY]


async def test_the_planner_knows_that_none_waits_once_all_are_ranked(model: Model) -> None:
    """Whatever autovacuum saw while thousands did: pages are planned by it."""
    known = text("select reltuples from pg_class where oid = 'touched_suppliers'::regclass")
    await model.empty()
    for number in range(5):
        await model.project(paid(number, 1_00))
    async with model.engine.begin() as tx:
        await tx.execute(text("analyze touched_suppliers"))
        assert await tx.scalar(known) == 5
    await refresh_all(model.engine)
    async with model.engine.connect() as connection:
        assert await connection.scalar(known) == 0
