"""payment.corrected.v1: the highest revision of a payment stands, and the sums move with it."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.codings import add_codings
from services.api.projections.roll_up import Sums, add_up
from shared.database import driver
from shared.events import PaymentCorrected
from shared.locks import Lock

_SAID = (
    "supplier_id",
    "payee",
    "payment_date",
    "amount_pence",
    "recorded_at",
    "reference",
    "transaction",
    "unit",
    "expense_type",
    "purpose",
    "programme",
    "place",
)
_STANDS = ("payment_id", "buyer", *_SAID, "revision", "withdrawn")
_REVISION = ("payment_id", "revision", *_SAID, "withdrawn", "why")
_standing, _revision = attrgetter(*_STANDS), attrgetter(*_REVISION)
_KEPT = f"payment_revisions ({', '.join(_REVISION)})"
_AS_ACCEPTED = f"payment_id, 0, {', '.join(_SAID)}, false, 'accepted'"
_STORED = f"""
select {", ".join(f"stored.{name}" for name in _STANDS)}
from payments as stored join corrected using (payment_id)
where stored.revision < corrected.revision order by payment_id for update of stored
"""  # noqa: S608 - our own column names
_RESTATE = f"""
update payments as stored set {", ".join(f"{name} = corrected.{name}" for name in _STANDS[1:])}
from corrected
where stored.payment_id = corrected.payment_id and stored.revision < corrected.revision
"""  # noqa: S608
_KEEP_ACCEPTED = f"""
insert into {_KEPT} select {_AS_ACCEPTED} from payments
where payment_id = any($1::uuid[]) and revision = 0 on conflict do nothing
"""  # noqa: S608
_KEEP_LATE = f"""
insert into {_KEPT} select {_AS_ACCEPTED} from incoming where payment_id in (
    select payment_id from payments join incoming as late using (payment_id)
    where payments.revision > 0
) order by payment_id on conflict do nothing
"""  # noqa: S608
_LATE = """
select distinct payments.buyer, coalesce(kept.unit, ''), coalesce(kept.expense_type, ''),
    coalesce(kept.programme, '')
from payment_revisions as kept join payments using (payment_id) join incoming using (payment_id)
where kept.revision = 0
"""


async def hold_payments(tx: AsyncConnection, *, correct: bool) -> None:
    """Let no other batch correct payments until this transaction ends, or project any at all.

    Before any row is written: a payment is accepted in one lane and corrected in another, or in
    both (`PaymentCorrected`), by rows of several tables that no order of theirs keeps apart.
    """
    how = "" if correct else "_shared"
    lock = f"select pg_advisory_xact_lock{how}($1::int, hashtext(current_schema()))"
    await (await driver(tx)).execute(lock, Lock.CORRECTING)


async def correct_payments(
    tx: AsyncConnection, facts: Sequence[PaymentCorrected], sums: Sums
) -> None:
    """Keep every revision, restate the payments that stand at an earlier one, and move `sums`.

    A payment whose acceptance has not arrived yet is inserted as it is corrected.
    """
    connection = await driver(tx)
    known = {(fact.payment_id, fact.revision): fact for fact in facts}
    in_order = [known[key] for key in sorted(known)]
    await _keep(tx, in_order)
    newest = {fact.payment_id: fact for fact in in_order}
    await connection.execute(
        "create temporary table corrected (like payments including defaults) on commit drop"
    )
    await connection.copy_records_to_table(
        "corrected", records=map(_standing, newest.values()), columns=_STANDS
    )
    inserted = await connection.fetch(
        f"insert into payments ({', '.join(_STANDS)}) select {', '.join(_STANDS)} from corrected"  # noqa: S608
        " order by supplier_id, payment_id on conflict do nothing returning payment_id"
    )
    stored = await connection.fetch(_STORED)
    moved = [row["payment_id"] for row in stored]
    await connection.execute(_KEEP_ACCEPTED, moved)
    await connection.execute(_RESTATE)
    await connection.execute("drop table corrected")
    for row in stored:
        if not row["withdrawn"]:
            add_up(sums, row, -1)
    for payment_id in (*moved, *(row["payment_id"] for row in inserted)):
        if not newest[payment_id].withdrawn:
            add_up(sums, vars(newest[payment_id]), 1)


async def keep_late(tx: AsyncConnection) -> None:
    """Keep what was accepted of the payments in `incoming` whose correction came first."""
    connection = await driver(tx)
    await connection.execute(_KEEP_LATE)
    late = await connection.fetch(_LATE)
    if late:
        await add_codings(tx, [tuple(row) for row in late])


async def _keep(tx: AsyncConnection, revisions: Sequence[PaymentCorrected]) -> None:
    """Keep the revisions that are not kept, with their codings: what was known is asked by them."""
    connection = await driver(tx)
    await connection.execute(
        "create temporary table revised (like payment_revisions) on commit drop"
    )
    await connection.copy_records_to_table(
        "revised", records=map(_revision, revisions), columns=_REVISION
    )
    await connection.execute(
        f"insert into {_KEPT} select {', '.join(_REVISION)} from revised"  # noqa: S608
        " order by payment_id, revision on conflict do nothing"
    )
    await connection.execute("drop table revised")
    await add_codings(
        tx,
        [
            (each.buyer, each.unit or "", each.expense_type or "", each.programme or "")
            for each in revisions
        ],
    )
