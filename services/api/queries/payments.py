"""Single payments: by id, with their revisions, and newest first by buyer or supplier."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.payment_filter import PaymentFilter
from services.api.periods import Span
from services.api.queries.coverage_class import COVERAGE_CLASS

_FIELDS = """
    payment.payment_id::text, payment.buyer, payment.supplier_id::text, payment.payee,
    payment.payment_date, payment.amount_pence, payment.recorded_at, payment.reference,
    payment.transaction, payment.unit, payment.expense_type, payment.purpose,
    payment.programme as ledger_programme, payment.place, payment.revision, payment.withdrawn,
    mapped.programme, mapped.state as programme_state, mapped.rule as programme_rule,
    supplier.tier, supplier.redacted, supplier.organisation, supplier.organisation_name,
    array(select definition from memberships as membership
        where membership.supplier_id = payment.supplier_id
        and payment.payment_date between since and until order by definition) as definitions
"""
_KNOWN = """
    left join suppliers as supplier using (supplier_id)
    left join codings as coding on coding.buyer = payment.buyer
        and coding.unit = coalesce(payment.unit, '')
        and coding.expense_type = coalesce(payment.expense_type, '')
        and coding.ledger_programme = coalesce(payment.programme, '')
    left join programmes as mapped on mapped.coding_id = coding.coding_id
        and payment.payment_date between mapped.since and mapped.until
"""
_REVISIONS = """
    case when payment.revision = 0 then '[]' else (
        select json_agg(said order by revision) from (
            select revised.*, paid.redacted, paid.organisation, paid.organisation_name
            from payment_revisions as revised left join suppliers as paid using (supplier_id)
            where revised.payment_id = payment.payment_id
        ) as said
    ) end as revisions
"""
_MAY_BE_LINKED = """
    not payment.withdrawn and exists (
        select from payments as credit where credit.supplier_id = payment.supplier_id
        and credit.amount_pence = -abs(payment.amount_pence) and credit.amount_pence < 0
        and credit.buyer = payment.buyer
    ) as may_be_linked
"""
PAYMENT = f"""
select {_FIELDS}, {_REVISIONS}, {_MAY_BE_LINKED}
from payments as payment {_KNOWN}
where payment_id = $1
"""  # noqa: S608 - our own column names
_CLASS = f"""
    (select {COVERAGE_CLASS} from (values (payments.supplier_id)) as paid (supplier_id)
    left join suppliers as supplier using (supplier_id))
"""  # noqa: S608
_ONE_PAGE = """
    not withdrawn and payment_date between :since and :until{narrowed}
    and payment_date <= :day and (payment_date, payment_id) < (:day, cast(:id as uuid))
    order by payment_date desc, payment_id desc limit :limit
"""
# A buyer's newest are found by its own index; those of all are the newest of each buyer's newest.
# So are those of an organisation by its suppliers.
_BY_BUYER = f"""
    select newest.* from unnest(cast(:buyers as text[])) as paying (buyer)
    cross join lateral (select * from payments where buyer = paying.buyer and {_ONE_PAGE}) as newest
    order by payment_date desc, payment_id desc limit :limit
"""  # noqa: S608
_BY_SUPPLIER = f"""
    select newest.* from unnest(cast(:suppliers as uuid[])) as paid (supplier_id)
    cross join lateral (
        select * from payments where supplier_id = paid.supplier_id
        and buyer = any(cast(:buyers as text[])) and {_ONE_PAGE}
    ) as newest
    order by payment_date desc, payment_id desc limit :limit
"""  # noqa: S608


class Position(NamedTuple):
    """Where a page begins: after this payment, in the order newest first."""

    day: date = date.max
    payment_id: str = "ffffffff-ffff-ffff-ffff-ffffffffffff"


EACH_BUYER = """
    select buyer from (
        with recursive each (buyer) as (
            (select buyer from {table} order by buyer limit 1)
            union all
            select (select min(one.buyer) from {table} as one where one.buyer > each.buyer)
            from each where each.buyer is not null
        ) select buyer from each where buyer is not null
    ) as {table}_buyers
"""
"""Every buyer of a table whose key begins with it, by one step of an index for each."""


async def known_buyers(connection: AsyncConnection) -> list[str]:
    """Every buyer that paid or agreed something, by one step of an index for each."""
    found = await connection.scalars(
        text(
            f"{EACH_BUYER.format(table='spend')} union {EACH_BUYER.format(table='agreements')}"
            " order by buyer"
        )
    )
    return list(found)


async def read_payments(
    connection: AsyncConnection,
    buyers: Sequence[str],
    suppliers: Sequence[str] | None,
    days: Span,
    narrowed: PaymentFilter,
    after: Position,
    limit: int,
) -> list[RowMapping]:
    """The `limit` newest payments after a place in the list, with what is known of the supplier.

    To these suppliers only, to all where None.
    """
    conditions, narrowing = _narrow(narrowed)
    page = (_BY_BUYER if suppliers is None else _BY_SUPPLIER).format(narrowed=conditions)
    values = {
        "buyers": list(buyers),
        "since": days.since,
        "until": days.until,
        "day": after.day,
        "id": after.payment_id,
        "limit": limit,
    }
    rows = await connection.execute(
        text(
            f"select {_FIELDS} from ({page}) as payment {_KNOWN}"  # noqa: S608
            " order by payment.payment_date desc, payment.payment_id desc"
        ),
        values | narrowing | ({} if suppliers is None else {"suppliers": list(suppliers)}),
    )
    return list(rows.mappings())


def _narrow(narrowed: PaymentFilter) -> tuple[str, dict[str, Any]]:
    """The conditions of a filter, and their values."""
    conditions = [f"{field} is null" for field in narrowed.without]
    values: dict[str, Any] = {}
    if narrowed.unit is not None:
        conditions.append("unit = :unit")
        values["unit"] = narrowed.unit
    if narrowed.coverage:
        conditions.append(f"{_CLASS} = any(cast(:coverage as text[]))")
        values["coverage"] = list(narrowed.coverage)
    if narrowed.amount_pence is not None:
        conditions.append("amount_pence = :amount")
        values["amount"] = narrowed.amount_pence
    if narrowed.whole_thousands:
        conditions.append("amount_pence % 100000 = 0 and amount_pence <> 0")
    return "".join(f" and {condition}" for condition in conditions), values
