"""Agreements by the terms in force on a day, with their lines and what they bring."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    RowMapping,
    Select,
    Uuid,
    any_,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.queries.payees import Payee
from services.api.tables import (
    acknowledgements,
    agreement_lines,
    agreement_versions,
    agreements,
    contacts,
    failed_deliveries,
    notices,
    obligation_plans,
    obligations,
    suppliers,
)

Row = RowMapping

FIRST = "00000000-0000-0000-0000-000000000000"


def agreements_in_force(today: date) -> tuple[Select[Any], Any]:
    """The agreements with terms in force on a day, and the columns of those terms.

    Those with the latest day up to it, of one day the highest version; after the end, the last
    ones. Those of which only an end, or only terms from a later day, are known wait for theirs.
    """
    in_force = (
        select(
            *(
                agreement_versions.c[name]
                for name in ("version", "supplier_id", "start", "end", "kind", "route")
            )
        )
        .where(
            agreement_versions.c.agreement_id == agreements.c.agreement_id,
            agreement_versions.c.effective_on <= func.least(today, agreements.c.ended_on),
        )
        .order_by(agreement_versions.c.effective_on.desc(), agreement_versions.c.version.desc())
        .limit(1)
        .lateral("in_force")
    )
    statement = select(agreements, *in_force.c, suppliers.c.organisation).select_from(
        agreements.join(in_force, true()).outerjoin(
            suppliers, suppliers.c.supplier_id == in_force.c.supplier_id
        )
    )
    return statement, in_force.c


class Sought(NamedTuple):
    """Which agreements are asked for; what is empty or None lets all pass.

    Those that run on a day of the span, by the terms in force `on` a day. `programme` is that of
    any of their lines, upper and lower case alike.
    """

    on: date
    buyers: Sequence[str] = ()
    supplier: Payee | None = None
    organisation: str | None = None
    kinds: Sequence[str] = ()
    routes: Sequence[str] = ()
    programme: str | None = None
    runs: Span = Span()


async def read_agreements(
    connection: AsyncConnection, sought: Sought, *, after: str, limit: int
) -> list[Row]:
    """The `limit` agreements that follow the one `after`, in the order of their ids."""
    statement, terms = agreements_in_force(sought.on)
    statement = statement.where(agreements.c.agreement_id > after, *_narrowed(sought, terms))
    if sought.buyers:
        statement = statement.where(agreements.c.buyer.in_(sought.buyers))
    if supplier := sought.supplier:
        own = supplier.supplier_id
        statement = statement.where(terms.supplier_id == own, _named([own]))
        if supplier.buyers is not None:
            statement = statement.where(agreements.c.buyer.in_(supplier.buyers))
    if sought.organisation:
        is_it = suppliers.alias("is_it")
        ids = select(is_it.c.supplier_id).where(is_it.c.organisation == sought.organisation)
        statement = statement.where(suppliers.c.organisation == sought.organisation, _named(ids))
    found = await connection.execute(statement.order_by(agreements.c.agreement_id).limit(limit))
    return list(found.mappings())


def _narrowed(sought: Sought, terms: Any) -> list[ColumnElement[bool]]:
    """By what the terms say; at first by whether any version says it, which takes one look at all
    of them, and to find those in force one for each agreement.
    """
    found = _said(sought, terms)
    if found:
        some = agreement_versions.alias("some")
        found.append(
            agreements.c.agreement_id.in_(select(some.c.agreement_id).where(*_said(sought, some.c)))
        )
    if sought.runs != Span():
        found.append(func.coalesce(agreements.c.ended_on, date.max) >= sought.runs.since)
    if sought.programme is not None:
        line = agreement_lines.c
        found.append(
            exists().where(
                line.agreement_id == agreements.c.agreement_id,
                line.version == terms.version,
                func.lower(line.programme) == sought.programme.lower(),
            )
        )
    return found


def _said(sought: Sought, terms: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.kinds:
        found.append(terms.kind.in_(sought.kinds))
    if sought.routes:
        found.append(terms.route.in_(sought.routes))
    if sought.runs != Span():
        found += [
            terms.start <= sought.runs.until,
            func.coalesce(terms.end, date.max) >= sought.runs.since,
        ]
    return found


def _named(supplier_ids: Any) -> Any:
    """Agreements that name a supplier in any version: an index finds those, before the day does."""
    named = select(agreement_versions.c.agreement_id).where(
        agreement_versions.c.supplier_id.in_(supplier_ids)
    )
    return agreements.c.agreement_id.in_(named)


async def read_agreement(connection: AsyncConnection, agreement_id: str, today: date) -> Row | None:
    """One agreement; None while it has no terms in force."""
    statement, _ = agreements_in_force(today)
    found = await connection.execute(statement.where(agreements.c.agreement_id == agreement_id))
    row: Row | None = found.mappings().one_or_none()
    return row


async def read_versions(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Every version of each agreement's terms in the order in which they hold."""
    found = await connection.execute(
        select(
            agreement_versions,
            suppliers.c.organisation,
            suppliers.c.organisation_name,
            suppliers.c.redacted,
        )
        .outerjoin(suppliers, suppliers.c.supplier_id == agreement_versions.c.supplier_id)
        .where(agreement_versions.c.agreement_id == _any_of(ids))
        .order_by(agreement_versions.c.effective_on, agreement_versions.c.version)
    )
    return _by_agreement(ids, found.mappings())


async def read_contacts(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Row]:
    """Whom to ask about each agreement, where anyone was named."""
    found = await connection.execute(
        select(contacts).where(contacts.c.agreement_id == _any_of(ids))
    )
    return {row["agreement_id"]: row for row in found.mappings()}


async def read_organisations(
    connection: AsyncConnection, supplier_ids: Iterable[str]
) -> dict[str, Row]:
    """What suppliers were matched with, by their ids; those not classified yet are left out."""
    found = await connection.execute(
        select(
            suppliers.c.supplier_id,
            suppliers.c.organisation,
            suppliers.c.organisation_name,
            suppliers.c.redacted,
        ).where(suppliers.c.supplier_id == _any_of(sorted(set(supplier_ids))))
    )
    return {row["supplier_id"]: row for row in found.mappings()}


async def read_lines(
    connection: AsyncConnection, versions: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], list[Row]]:
    """The lines of each version of an agreement, in their order."""
    key = (agreement_lines.c.agreement_id, agreement_lines.c.version)
    ids, numbers = [each for each, _ in versions], [number for _, number in versions]
    asked = select(
        func.unnest(literal(ids, ARRAY(Uuid(as_uuid=False)))),
        func.unnest(literal(numbers, ARRAY(BigInteger))),
    )
    rows = await connection.execute(
        select(agreement_lines)
        .where(tuple_(*key).in_(asked))
        .order_by(*key, agreement_lines.c.position)
    )
    found: dict[tuple[str, int], list[Row]] = {each: [] for each in versions}
    for row in rows.mappings():
        found[row["agreement_id"], row["version"]].append(row)
    return found


async def read_obligations(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The obligations of each agreement by their dates, with what could not be delivered."""
    undelivered = (
        select(
            func.jsonb_agg(
                func.jsonb_build_object(
                    *("channel", failed_deliveries.c.channel),
                    *("attempts", failed_deliveries.c.attempts),
                    *("reason", failed_deliveries.c.reason),
                )
            )
        )
        .where(failed_deliveries.c.obligation_id == obligations.c.obligation_id)
        .scalar_subquery()
    )
    found = await connection.execute(
        select(
            obligations,
            obligation_plans.c.revision.label("newest_revision"),
            obligation_plans.c.sequence.label("newest_sequence"),
            (obligation_plans.c.revision == obligations.c.plan_revision).label("in_newest"),
            undelivered.label("undelivered"),
        )
        .outerjoin(obligation_plans, obligation_plans.c.agreement_id == obligations.c.agreement_id)
        .where(obligations.c.agreement_id == _any_of(ids), obligations.c.due_on.is_not(None))
        .order_by(obligations.c.agreement_id, obligations.c.due_on, obligations.c.obligation_id)
    )
    return _by_agreement(ids, found.mappings())


async def read_notices(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The notices of each agreement, each as it stands, by the day of service."""
    found = await connection.execute(
        select(notices)
        .where(notices.c.agreement_id == _any_of(ids))
        .order_by(
            notices.c.agreement_id, notices.c.content["served_on"].astext, notices.c.notice_id
        )
    )
    return _by_agreement(ids, found.mappings())


async def read_acknowledgements(
    connection: AsyncConnection, ids: Sequence[str]
) -> dict[str, list[Row]]:
    """What each recipient acknowledged last of each obligation, the earliest first."""
    rows = await connection.execute(
        select(acknowledgements)
        .where(acknowledgements.c.obligation_id == _any_of(ids))
        .order_by(acknowledgements.c.acknowledged_at, acknowledgements.c.recipient)
    )
    found: dict[str, list[Row]] = {each: [] for each in ids}
    for row in rows.mappings():
        found[row["obligation_id"]].append(row)
    return found


def _any_of(ids: Sequence[str]) -> Any:
    """To compare with: one parameter however many ids, of which PostgreSQL takes 32,767."""
    return any_(literal(ids, ARRAY(Uuid(as_uuid=False))))


def _by_agreement(ids: Sequence[str], rows: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {agreement: [] for agreement in ids}
    for row in rows:
        found[row["agreement_id"]].append(row)
    return found
