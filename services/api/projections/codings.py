"""The combinations of codes that payments bear, and which programme each one is, on which days.

Payments add codings, maps and successions say what they are: each in a transaction that does not
see the other's. So a batch of payments shares a lock that whoever changes a map has for itself.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.code_maps import Coding, read_maps, read_pairs
from services.api.spend.programme import Codes, heirs, programme_spans
from shared.database import driver
from shared.identity import identify
from shared.locks import Lock

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
_COLUMNS = (
    *("coding_id", "since", "until", "state", "programme", "rule", "budget_head"),
    *("programme_key", "budget_head_key"),
)


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
    of = heirs(buyers, await read_pairs(tx))
    found = await connection.fetch(_OF_BUYERS, of)
    await connection.execute(_FORGET, [row["coding_id"] for row in found])
    await _work_out(tx, [(coding_id, tuple(coding)) for coding_id, *coding in found])


async def _work_out(tx: AsyncConnection, codings: Sequence[tuple[str, Coding]]) -> None:
    if not codings:
        return
    maps = await read_maps(tx, [coding for _, coding in codings])
    rows = [
        (coding_id, *span.keyed())
        for coding_id, (buyer, *codes) in codings
        for span in programme_spans(Codes(*codes), maps[buyer])
    ]
    await (await driver(tx)).copy_records_to_table("programmes", records=rows, columns=_COLUMNS)
