"""Agreements in the database: locked, read, written, many at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.bank_holidays import Calendars
from services.notify.planning.agreement import History, Terms, in_order
from services.notify.planning.plan import Plans
from services.notify.planning.question import plan_again_on
from services.notify.telling.fact import Position
from shared.agreement_parts import ExtensionOption
from shared.database import driver
from shared.notice_terms import NoticeTerms

NEVER = Position(0, 0)
_ABOVE_EVERY_DIGEST = "g"


@dataclass(frozen=True, slots=True)
class Locked:
    """An agreement whose row is locked; `supplier_id` is its provider as it was last planned.

    `last` is the position of its last published fact, which only its lock may change,
    and `version` the newest that it was planned by.
    """

    history: History
    supplier_id: str | None = None
    last: Position = NEVER
    version: int = 0


_SELECT = """
    select a.agreement_id::text, a.buyer, a.reference, a.ended_version, a.ended_on,
           a.supplier_id::text, a.revision, a.sequence
    from agreements a
"""
_WITH_DUE = f"""{_SELECT} where a.agreement_id in (
        select o.agreement_id from obligations o where o.state = 'planned' and o.raise_on <= $1)
    and (a.next_change_on is null or a.next_change_on > $1)
    order by a.agreement_id limit $2 for update of a skip locked
"""  # noqa: S608 - our own column names
_TERMS = """
    select agreement_id::text, version, effective_on, title, provider, supplier_id::text, start,
           "end", notice, options, annual_pence, changes
    from terms where agreement_id = any($1::uuid[])
"""


async def lock_agreements(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, Locked]:
    """The agreements, each locked for this transaction; those not known yet are left out.

    One that is not known is given an empty row first, so that two writers meet at its lock.
    """
    connection = await driver(tx)
    wanted = sorted(set(ids))
    await connection.execute(
        "insert into agreements (agreement_id, buyer, reference, ended_version, standing,"
        " plan_digest, revision, sequence)"
        " select id, '', '', 0, 'unknown', '', 0, 0 from unnest($1::uuid[]) as id"
        " on conflict do nothing",
        wanted,
    )
    rows = await connection.fetch(
        f"{_SELECT} where a.agreement_id = any($1::uuid[]) order by a.agreement_id for update",
        wanted,
    )
    found = await _locked(connection, rows)
    return {one.history.agreement_id: one for one in found if one.history.version}


async def lock_agreement(tx: AsyncConnection, key: str) -> Locked | None:
    """One agreement, locked for this transaction; None where no terms of it are known."""
    connection = await driver(tx)
    rows = await connection.fetch(f"{_SELECT} where a.agreement_id = $1 for update", key)
    found = await _locked(connection, rows)
    return found[0] if found and found[0].history.terms else None


async def find_buyer(tx: AsyncConnection, key: str) -> str | None:
    """The buyer of an agreement, None where it is not known."""
    connection = await driver(tx)
    found: str | None = await connection.fetchval(
        "select buyer from agreements where agreement_id = $1 and buyer <> ''", key
    )
    return found


async def read_agreements(
    tx: AsyncConnection, after: str | None, at_once: int, buyer: str | None = None
) -> list[History]:
    """Some agreements with terms, of all buyers or one, by id from the one `after` on, unlocked."""
    connection = await driver(tx)
    rows = await connection.fetch(
        f"{_SELECT} where ($1::uuid is null or a.agreement_id > $1::uuid) and a.standing <>"
        " 'unknown' and ($3::text is null or a.buyer = $3) order by a.agreement_id limit $2",
        after,
        at_once,
        buyer,
    )
    return [one.history for one in await _locked(connection, rows)]


async def agreements_with(tx: AsyncConnection, suppliers: Collection[str]) -> list[History]:
    """Every agreement that is or was with one of these suppliers, without a lock."""
    connection = await driver(tx)
    rows = await connection.fetch(
        f"{_SELECT} where a.agreement_id in"  # noqa: S608 - our own column names
        " (select t.agreement_id from terms t where t.supplier_id = any($1::uuid[]))",
        list(suppliers),
    )
    return [one.history for one in await _locked(connection, rows)]


async def lock_outdated(
    tx: AsyncConnection,
    plans: Plans,
    calendars: Calendars,
    today: date,
    at_once: int,
    besides: Collection[str] = (),
) -> list[Locked]:
    """Some agreements planned by another plan or calendar, or by terms replaced by `today`.

    Locked; those that others hold are theirs. `besides` are left out.
    """
    connection = await driver(tx)
    # A query for each reason, by a range or an equality that its index finds: most of the time
    # nothing is outdated, and to learn that must not mean to read every agreement.
    default = plans.default.digest
    digests = sorted([default, *(plan.digest for plan in plans.own.values())])
    own = list(plans.own)
    reasons: list[tuple[str, tuple[object, ...]]] = [
        ("a.next_change_on <= $3", (today,)),
        ("a.calendar_digest < $3", (calendars.digest,)),
        ("a.calendar_digest > $3", (calendars.digest,)),
        ("a.plan_digest = $3 and a.buyer = any($4::text[])", (default, own)),
    ]
    for low, high in pairwise(["", *digests, _ABOVE_EVERY_DIGEST]):
        reasons.append(("a.plan_digest > $3 and a.plan_digest < $4", (low, high)))
    found: dict[str, Any] = {}
    for condition, values in reasons:
        if len(found) < at_once:
            rows = await connection.fetch(
                f"{_SELECT} where {condition} and a.agreement_id <> all($1::uuid[])"
                " limit $2 for update of a skip locked",
                [*found, *besides],
                at_once - len(found),
                *values,
            )
            found |= {row["agreement_id"]: row for row in rows}
    return await _locked(connection, [found[key] for key in sorted(found)])


async def lock_with_due(tx: AsyncConnection, today: date, at_once: int) -> list[Locked]:
    """Some agreements with something to raise by `today`, locked; those locked elsewhere wait.

    So do those whose plan is no longer by the terms in force.
    """
    connection = await driver(tx)
    rows = await connection.fetch(_WITH_DUE, today, at_once)
    return await _locked(connection, rows)


async def _locked(connection: Any, rows: Sequence[Any]) -> list[Locked]:
    told: dict[str, list[Terms]] = defaultdict(list)
    for row in await connection.fetch(_TERMS, [row["agreement_id"] for row in rows]):
        key, *terms, notice, options, annual_pence, changes = row.values()
        clause = _read_notice(notice) if notice else None
        rest = (clause, _read_options(options or "[]"), annual_pence, tuple(changes))
        told[key].append(Terms(*(*terms, *rest)))
    found = []
    for row in rows:
        history = History(
            row["agreement_id"],
            row["buyer"],
            row["reference"],
            in_order(told[row["agreement_id"]]),
            row["ended_version"],
            row["ended_on"],
        )
        last = Position(row["revision"], row["sequence"])
        found.append(Locked(history, row["supplier_id"], last, history.version))
    return found


async def save_agreements(
    tx: AsyncConnection,
    histories: Sequence[History],
    plans: Plans,
    calendars: Calendars,
    today: date,
    turns: Mapping[str, Sequence[date | None]],
) -> None:
    """Write what is known of agreements that are locked and were planned.

    `turns` are the days on which they bring something else besides: they are planned anew then.
    """
    connection = await driver(tx)
    await connection.executemany(
        "insert into terms (agreement_id, version, effective_on, title, provider, supplier_id,"
        ' start, "end", notice, options, annual_pence, changes)'
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " on conflict do nothing",
        [(one.agreement_id, *_terms_row(terms)) for one in histories for terms in one.terms],
    )
    await connection.executemany(
        "update agreements set buyer = $2, reference = $3, supplier_id = $4, ended_version = $5,"
        " ended_on = $6, standing = $7, next_change_on = $8, plan_digest = $9,"
        " calendar_digest = $10, last_day = $11"
        " where agreement_id = $1",
        [_row(one, plans, calendars, today, turns[one.agreement_id]) for one in histories],
    )


async def save_positions(tx: AsyncConnection, last: Mapping[str, Position]) -> None:
    """Write the position of the last fact of each agreement, all of which are locked."""
    connection = await driver(tx)
    await connection.executemany(
        "update agreements set revision = $2, sequence = $3 where agreement_id = $1",
        [(key, *position) for key, position in last.items()],
    )


def _terms_row(terms: Terms) -> tuple[object, ...]:
    notice = terms.notice.model_dump_json(exclude_defaults=True) if terms.notice else None
    options = _OPTIONS.dump_json(terms.options).decode() if terms.options else None
    return (
        terms.version,
        terms.effective_on,
        terms.title,
        terms.provider,
        terms.supplier_id,
        terms.start,
        terms.end,
        notice,
        options,
        terms.annual_pence,
        list(terms.changes),
    )


_OPTIONS = TypeAdapter(tuple[ExtensionOption, ...])


@lru_cache(maxsize=1024)
def _read_options(options: str) -> tuple[ExtensionOption, ...]:
    return _OPTIONS.validate_json(options)


# Few clauses stand in many agreements.
_read_notice = lru_cache(maxsize=1024)(NoticeTerms.model_validate_json)


def _row(
    history: History, plans: Plans, calendars: Calendars, today: date, others: Sequence[date | None]
) -> tuple[object, ...]:
    agreement = history.on(today)
    turns = [day for day in (plan_again_on(history, today), *others) if day is not None]
    return (
        history.agreement_id,
        history.buyer,
        history.reference,
        agreement.supplier_id,
        history.ended_version,
        history.ended_on,
        agreement.standing,
        min(turns, default=None),
        plans.of(history.buyer).digest,
        calendars.digest if history.counts_working_days else None,
        agreement.last_day,
    )


async def count_undated(tx: AsyncConnection) -> int:
    """How many agreements record no end."""
    connection = await driver(tx)
    found: int = await connection.fetchval(
        "select count(*) from agreements where standing = 'undated'"
    )
    return found
