"""The combinations of codes that payments bear, and which programme each one is, on which days.

Payments add codings, maps and successions say what they are: each in a transaction that does not
see the other's. So a batch of payments shares a lock that whoever changes a map has for itself.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.programme import (
    Codes,
    Dated,
    Generations,
    generations,
    heirs,
    programme_spans,
)
from shared.codes import fold_code
from shared.database import driver
from shared.identity import identify
from shared.locks import Lock

Coding = tuple[str, str, str, str]
"""A buyer and the codes, as the ledger prints them; '' where there is none."""

_HOLD = "select pg_advisory_xact_lock_shared($1::int, hashtext(current_schema()))"
_CHANGE = "select pg_advisory_xact_lock($1::int, hashtext(current_schema()))"
_ADD = """
    insert into codings (coding_id, buyer, unit, expense_type, ledger_programme)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
    on conflict do nothing returning coding_id::text, buyer, unit, expense_type, ledger_programme
"""
_OF_BUYERS = """
    select coding_id::text, buyer, unit, expense_type, ledger_programme from codings
    where buyer = any($1::text[])
"""
_FORGET = "delete from programmes where coding_id = any($1::uuid[])"
_COLUMNS = ("coding_id", "since", "until", "state", "programme", "rule", "programme_key")
_PAIRS = "select predecessor, successor from successions"
# Only the lines that may name one of the codes: a whole map is large, what is new in a batch small.
_LINES = """
    select buyer, unit, expense_type, ledger_programme, since, programme from programme_lines
    where buyer = any($1::text[]) and unit = any($2::text[]) and expense_type = any($3::text[])
        and ledger_programme = any($4::text[]) and programme is not null
    order by since
"""


async def hold_maps(tx: AsyncConnection) -> None:
    """Let no map change until this transaction ends: the first thing that it does."""
    await (await driver(tx)).execute(_HOLD, Lock.PROGRAMMES)


async def change_maps(tx: AsyncConnection) -> None:
    """Wait until the payments on their way have their codings, and let no others past."""
    await (await driver(tx)).execute(_CHANGE, Lock.PROGRAMMES)


@lru_cache(maxsize=100_000)
def _coding_id(buyer: str, unit: str, expense_type: str, ledger_programme: str) -> str:
    return identify("coding", buyer, unit, expense_type, ledger_programme)


async def add_codings(tx: AsyncConnection, codings: Sequence[Coding]) -> list[str]:
    """The ids of codings, in their order; those that are new are kept, with their programmes."""
    ids = {coding: _coding_id(*coding) for coding in set(codings)}
    # In one order, so that two writers of new ones wait for each other, never in a ring.
    rows = sorted((coding_id, *coding) for coding, coding_id in ids.items())
    columns = zip(*rows, strict=True)
    new = await (await driver(tx)).fetch(_ADD, *columns)
    await _work_out(tx, [(coding_id, tuple(coding)) for coding_id, *coding in new])
    return [ids[coding] for coding in codings]


async def restate_codings(tx: AsyncConnection, buyers: Iterable[str]) -> None:
    """Work out anew which programmes the codes of these buyers are, and of those after them."""
    connection = await driver(tx)
    of = heirs(buyers, [tuple(row) for row in await connection.fetch(_PAIRS)])
    found = await connection.fetch(_OF_BUYERS, of)
    await connection.execute(_FORGET, [row["coding_id"] for row in found])
    await _work_out(tx, [(coding_id, tuple(coding)) for coding_id, *coding in found])


async def _work_out(tx: AsyncConnection, codings: Sequence[tuple[str, Coding]]) -> None:
    if not codings:
        return
    maps = await _read_maps(tx, [coding for _, coding in codings])
    rows = [
        (coding_id, *span, None if span.programme is None else fold_code(span.programme))
        for coding_id, (buyer, *codes) in codings
        for span in programme_spans(Codes(*codes), maps[buyer])
    ]
    await (await driver(tx)).copy_records_to_table("programmes", records=rows, columns=_COLUMNS)


async def _read_maps(tx: AsyncConnection, codings: Iterable[Coding]) -> dict[str, Generations]:
    """The maps by which the codes of each buyer are read, as far as they may name these codes."""
    connection = await driver(tx)
    pairs = [tuple(row) for row in await connection.fetch(_PAIRS)]
    buyers = {buyer for buyer, *_ in codings}
    bodies = {buyer: generations(buyer, pairs) for buyer in buyers}
    everyone = {body for each in bodies.values() for generation in each for body in generation}
    folded = [Codes(*codes).folded() for _, *codes in codings]
    named = [sorted({"", *each}) for each in zip(*folded, strict=True)]
    maps: dict[str, dict[Codes, list[Dated]]] = {}
    for buyer, *codes, since, programme in await connection.fetch(_LINES, sorted(everyone), *named):
        of_codes = maps.setdefault(buyer, {}).setdefault(Codes(*codes), [])
        of_codes.append(Dated(since, programme))
    return {
        buyer: [[maps[body] for body in each if body in maps] for each in of_buyer]
        for buyer, of_buyer in bodies.items()
    }
