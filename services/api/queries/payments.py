"""Single payments: by id, with their revisions, and newest first by buyer or supplier."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.payment_filter import THRESHOLD_PENCE, PaymentFilter
from services.api.asked.periods import Span
from services.api.lists.order import Order, Place, orders_by
from services.api.lists.search import Search, search
from services.api.queries.coverage_class import class_shown
from services.api.queries.payees import MAY_BE_PERSON
from shared.lists.copied_rows import copy_rows

_FIELDS = """
    payment.payment_id::text, payment.buyer, payment.supplier_id::text, payment.payee,
    payment.payment_date, payment.amount_pence, payment.recorded_at, payment.reference,
    payment.transaction, payment.unit, payment.expense_type, payment.purpose,
    payment.programme as ledger_programme, payment.place, payment.revision, payment.withdrawn,
    mapped.programme, mapped.state as programme_state, mapped.rule as programme_rule,
    mapped.budget_head,
    supplier.tier, supplier.redacted, supplier.organisation, supplier.organisation_name,
    {definitions} as definitions
"""
_COUNTED = """
    array(select definition from memberships as membership
        where membership.supplier_id = payment.supplier_id
        and payment.payment_date between since and until order by definition)
"""
# Most count under all of their definitions or none; of each supplier that is looked up once.
_COUNTED_BY_SUPPLIER = f"""
    case when counted.since is null then array[]::text[]
        when payment.payment_date between counted.since and counted.until then counted.definitions
        else {_COUNTED} end
"""
_COUNTED_ALWAYS = """
    left join lateral (
        select array_agg(definition order by definition) as definitions,
            max(since) as since, min(until) as until
        from memberships as membership where membership.supplier_id = payment.supplier_id
    ) as counted on true
"""
# One coding at most, looked up of each: as a join, all of them were hashed for a page of fifty.
_KNOWN = """
    left join suppliers as supplier using (supplier_id)
    left join lateral (
        select coding_id from codings where codings.buyer = payment.buyer
        and codings.unit = coalesce(payment.unit, '')
        and codings.expense_type = coalesce(payment.expense_type, '')
        and codings.ledger_programme = coalesce(payment.programme, '') limit 1
    ) as coding on true
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
select {_FIELDS.format(definitions=_COUNTED)}, {_REVISIONS}, {_MAY_BE_LINKED}
from payments as payment {_KNOWN}
where payment_id = $1
"""  # noqa: S608 - our own column names
_NOT_OWN = "payments.buyer <> all(cast(:own as text[]))"  # null, so not true, where all are own
_CLASS = f"""
    (select {class_shown(f"{MAY_BE_PERSON} and {_NOT_OWN}")}
    from (values (payments.supplier_id)) as paid (supplier_id)
    left join suppliers as supplier using (supplier_id))
"""  # noqa: S608
_PAGE = f"""
select {_FIELDS.format(definitions=_COUNTED)} from payments as payment {_KNOWN}
where payment_id = any(cast(:ids as uuid[])) order by {{order}}
"""  # noqa: S608
# Only days, or amounts, and ids are sorted; what is known is looked up in their order.
_WHOLE = f"""
select {_FIELDS.format(definitions=f"to_json({_COUNTED_BY_SUPPLIER})")}, {_MAY_BE_LINKED} from (
    select payment_id, {{column}} from payments where {{conditions}}
    order by {{column}} {{direction}}, payment_id {{direction}} offset 0
) as found join payments as payment using (payment_id) {_KNOWN} {_COUNTED_ALWAYS}
order by found.{{column}} {{direction}}, found.payment_id {{direction}}
"""  # noqa: S608
_BY_BUYER = "unnest(cast(:buyers as text[])) as branch (buyer)"
_BY_SUPPLIER = "unnest(cast(:suppliers as uuid[])) as branch (supplier_id)"
_OF_BUYERS = "buyer = any(cast(:buyers as text[]))"
_OF_DAYS = "payment_date between :since and :until"
# In full: of a parameter nobody could tell that the index of large payments has all of them.
_OVER = f"amount_pence > {THRESHOLD_PENCE}"

ORDERS = orders_by((("payment_date", "payment_date", "day"), ("amount", "amount_pence", "whole")))
"""By `sort`. An index has them by day of each buyer and supplier, and by amount of each supplier;
of each buyer only those over 25,000 pounds."""


class Sought(NamedTuple):
    """Payments of these buyers, to these suppliers where not None, of these days, that pass. `own`
    are the buyers of which the asker is an officer, None for all.
    """

    buyers: Sequence[str]
    suppliers: Sequence[str] | None
    days: Span
    narrowed: PaymentFilter
    own: frozenset[str] | None


async def read_payments(
    connection: AsyncConnection, sought: Sought, order: Order, after: Place, limit: int
) -> tuple[list[RowMapping], Place | None]:
    """A page of payments after a place, with what is known of the supplier; and the place after
    which the next page begins, None on the last.
    """
    conditions, values = _conditions(sought)
    within = f" and {_OF_DAYS}" if order.kind == "day" else ""
    if order.kind == "whole" and sought.narrowed.over_25000:
        within += f" and {_OVER}"
    if sought.suppliers is None:
        branches, count = _BY_BUYER, len(sought.buyers)
        within = f"payments.buyer = branch.buyer{within}"
    else:
        branches, count = _BY_SUPPLIER, len(sought.suppliers)
        within = f"payments.supplier_id = branch.supplier_id{within}"
        conditions.append(_OF_BUYERS)
    passes = " and ".join(conditions)
    found = await search(
        connection,
        Search("payments", "payment_id", branches, count, within, passes, values),
        order,
        after,
        limit,
    )
    page = text(_PAGE.format(order=_by(order)))
    rows = await connection.execute(page, {"ids": found.ids})
    return list(rows.mappings()), found.last


async def read_every_payment(
    connection: AsyncConnection, sought: Sought, order: Order
) -> AsyncIterator[Any]:
    """All of the payments, by tables of Arrow, in their order; their definitions are JSON."""
    conditions, values = _conditions(sought)
    conditions.append(_OF_BUYERS)
    if sought.suppliers is not None:
        conditions.append("supplier_id = any(cast(:suppliers as uuid[]))")
    whole = _WHOLE.format(
        column=order.column, direction=order.direction, conditions=" and ".join(conditions)
    )
    async for rows in copy_rows(connection, text(whole), values):
        yield rows


def may_be_linked(rows: Any) -> list[Mapping[str, Any]]:
    """Those of a table that may take back or have been taken back, as `read_links` asks."""
    some: list[Mapping[str, Any]] = (
        rows.select(["may_be_linked", "buyer", "supplier_id", "amount_pence", "redacted"])
        .filter(rows["may_be_linked"])
        .to_pylist()
    )
    return some


def _by(order: Order) -> str:
    return f"payment.{order.column} {order.direction}, payment.payment_id {order.direction}"


def _conditions(sought: Sought) -> tuple[list[str], dict[str, Any]]:
    """What a payment passes by, and the values of that and of the branches."""
    narrowed, days = sought.narrowed, sought.days
    conditions = ["not withdrawn", _OF_DAYS]
    values: dict[str, Any] = {"since": days.since, "until": days.until}
    values |= {"buyers": list(sought.buyers), "suppliers": list(sought.suppliers or ())}
    conditions += [f"{field} is null" for field in narrowed.without]
    if narrowed.unit is not None:
        conditions.append("unit = :unit")
        values["unit"] = narrowed.unit
    if narrowed.coverage:
        conditions.append(f"{_CLASS} = any(cast(:coverage as text[]))")
        values["coverage"] = list(narrowed.coverage)
        values["own"] = None if sought.own is None else sorted(sought.own)
    if narrowed.amount_pence is not None:
        conditions.append("amount_pence = :amount")
        values["amount"] = narrowed.amount_pence
    if narrowed.over_25000 is not None:
        conditions.append(_OVER if narrowed.over_25000 else f"not ({_OVER})")
    if narrowed.whole_thousands:
        conditions.append("amount_pence % 100000 = 0 and amount_pence <> 0")
    return conditions, values
