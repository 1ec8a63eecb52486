"""The codes of a buyer that no line of its map names, by the pounds that wait for one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question
from services.api.queries.counted import counted_rows
from services.api.spend.programme import AS_CODED, UNMAPPED
from services.api.tables import codings, programmes

# The months in which these codes were met first and last, each read once: the days, and what for,
# stand in the payments, of which no others are read.
_MET = """
    with seen as materialized (
        select payment.buyer, payment.payment_date, payment.supplier_id, payment.unit,
            payment.expense_type, payment.programme, payment.purpose
        from unnest(cast(:months as date[])) as met (month)
        join payments as payment on payment.buyer = any(cast(:buyers as text[]))
            and payment.payment_date >= met.month
            and payment.payment_date < met.month + interval '1 month'
            and not payment.withdrawn
        where exists (
            select from unnest(cast(:since as date[]), cast(:until as date[]))
                as span (since, until)
            where payment.payment_date between span.since and span.until
        )
    ), asked as materialized (
        select coding.*, mapped.since, mapped.until from codings as coding
        join programmes as mapped using (coding_id)
        where coding.coding_id = any(cast(:codings as uuid[]))
            and mapped.state = any(cast(:states as text[]))
    )
    select asked.coding_id::text, min(seen.payment_date) as first_day,
        max(seen.payment_date) as last_day,
        (array_agg(distinct seen.purpose order by seen.purpose) filter (
            where seen.purpose is not null and (cast(:officer as bool)
                or not supplier.redacted and coalesce(supplier.organisation_name,
                    supplier.organisation) is not null)))[1:3] as purposes
    from asked join seen on seen.buyer = asked.buyer and coalesce(seen.unit, '') = asked.unit
        and coalesce(seen.expense_type, '') = asked.expense_type
        and coalesce(seen.programme, '') = asked.ledger_programme
        and seen.payment_date between asked.since and asked.until
    left join suppliers as supplier on supplier.supplier_id = seen.supplier_id
    group by asked.coding_id
"""


class StateSums(NamedTuple):
    """Lines and gross pence of one state."""

    lines: int
    gross_pence: int


async def read_states(connection: AsyncConnection, question: Question) -> dict[str, StateSums]:
    """How much of what is asked is mapped, as coded, unmapped and not coded."""
    rows = _coded(question)
    sums = (func.sum(rows.c.lines), func.sum(rows.c.gross_pence))
    found = await connection.execute(select(rows.c.state, *sums).group_by(rows.c.state))
    return {state: StateSums(int(lines), int(gross)) for state, lines, gross in found}


async def read_unmapped(
    connection: AsyncConnection, question: Question, limit: int
) -> list[RowMapping]:
    """The codes that bear most gross pence, which no line names: at most `limit` combinations."""
    rows = _coded(question)
    lines, pence, gross = (func.sum(rows.c[name]) for name in ("lines", "pence", "gross_pence"))
    codes = (codings.c.unit, codings.c.expense_type, codings.c.ledger_programme)
    first_month, last_month = func.min(rows.c.month), func.max(rows.c.month)
    statement = (
        select(
            *(codings.c.coding_id, codings.c.buyer, *codes, rows.c.state),
            lines.label("lines"),
            pence.label("pence"),
            gross.label("gross_pence"),
            first_month.label("first_month"),
            last_month.label("last_month"),
        )
        .join(codings, codings.c.coding_id == rows.c.coding_id)
        .where(rows.c.state.in_((AS_CODED, UNMAPPED)))
        .group_by(codings.c.coding_id, rows.c.state)
        .order_by(gross.desc(), codings.c.coding_id)
        .limit(limit)
    )
    return list((await connection.execute(statement)).mappings())


async def read_met(
    connection: AsyncConnection,
    unmapped: Sequence[RowMapping],
    question: Question,
    *,
    officer: bool,
) -> Mapping[str, Any]:
    """First and last day and some purposes of each coding that is unmapped, by its id.

    Purposes are withheld of payees who may be persons, unless an `officer` asks.
    """
    months = {row[name] for row in unmapped for name in ("first_month", "last_month")}
    values = {
        "codings": [row["coding_id"] for row in unmapped],
        "months": sorted(months),
        "buyers": list(question.buyers),
        "states": [AS_CODED, UNMAPPED],
        "since": [span.since for span in question.spans],
        "until": [span.until for span in question.spans],
        "officer": officer,
    }
    found = await connection.execute(text(_MET), values)
    return {row["coding_id"]: row for row in found.mappings()}


def _coded(question: Question) -> Any:
    """What is counted, with the state of its codes on the day."""
    counted = counted_rows(question)
    day = counted.c.day.between(programmes.c.since, programmes.c.until)
    of_coding = and_(programmes.c.coding_id == counted.c.coding_id, day)
    return select(counted, programmes.c.state).join(programmes, of_coding).subquery("coded")
