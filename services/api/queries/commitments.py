"""What was known of a buyer's agreements at a moment: terms, notices, and what they brought."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.commitments.known import Agreement, Notice, Obligation, Version
from services.api.queries.agreements import read_lines, read_notices, read_versions
from services.api.queries.known import Known as KnownThen
from services.api.tables import agreements, obligation_plans, obligations, payments
from shared.agreement_parts import ExtensionOption
from shared.extension import Offer, options_used
from shared.periods import later

_KINDS = ("notice", "commitment", "lapse", "renewal")
_STANDING = ("served", "acknowledged", "expired")
_BACK = "P2Y"
"""How long before a year begins a last safe day is looked for: no policy of notice is longer."""

Lines = Mapping[tuple[str, int], Sequence[Any]]


async def read_known_agreements(
    connection: AsyncConnection,
    buyer: str,
    then: KnownThen,
    definition: str | None,
    at: date,
    before: datetime,
) -> tuple[tuple[Agreement, ...], int]:
    """The agreements with providers that count on a day, as recorded before a moment; and how many
    there are with others.
    """
    rows = list(await connection.execute(select(agreements).where(agreements.c.buyer == buyer)))
    histories = await read_versions(connection, [row.agreement_id for row in rows])
    known = {
        key: [each for each in history if each["recorded_at"] < before]
        for key, history in histories.items()
    }
    told = [(each["agreement_id"], each["version"]) for own in known.values() for each in own]
    lines = await read_lines(connection, told)
    counting = await _counting(connection, then, definition, at)
    found, others = [], 0
    for row in rows:
        history = known[row.agreement_id]
        if not history:
            continue
        held = [each for each in history if each["effective_on"] <= at] or history[:1]
        if held[-1]["supplier_id"] not in counting:
            others += 1
            continue
        is_ended = row.end_recorded_at is not None and row.end_recorded_at < before
        found.append(
            Agreement(
                row.agreement_id,
                row.reference,
                _versions(history, lines),
                row.ended_on if is_ended else None,
                row.ending if is_ended else None,
            )
        )
    return tuple(found), others


async def read_known_notices(
    connection: AsyncConnection, ids: Sequence[str], before: datetime
) -> tuple[Notice, ...]:
    """The notices that stood at a moment, of what is told of their last step.

    One that was withdrawn later stood then; of one whose only step was recorded later nothing was
    known.
    """
    found = []
    for agreement_id, own in (await read_notices(connection, ids)).items():
        for row in own:
            said = row["content"]
            later_on = datetime.fromisoformat(said["recorded_at"]) >= before
            if said["served_on"] is None or (said["number"] == 1 and later_on):
                continue
            if said["state"] not in _STANDING and not later_on:
                continue
            found.append(
                Notice(
                    agreement_id,
                    said["kind"],
                    said["given_by"],
                    date.fromisoformat(said["served_on"]),
                    date.fromisoformat(said["last_day"]) if said["last_day"] else None,
                    tuple(said["changes"]),
                    said["exception"],
                )
            )
    return tuple(found)


async def read_known_obligations(
    connection: AsyncConnection,
    ids: Sequence[str],
    since: date,
    until: date,
    before: datetime,
) -> tuple[Obligation, ...]:
    """What agreements brought up to a day: what was raised by then, and what is still open."""
    of = obligations.c
    is_planned = of.plan_revision == obligation_plans.c.revision
    was_raised = func.coalesce(of.raised_at < before, literal(value=False))
    withdrawn = func.coalesce(
        (of.withdrawn_at < before)
        & or_(
            of.raised_revision.is_(None),
            of.withdrawn_revision > of.raised_revision,
            (of.withdrawn_revision == of.raised_revision)
            & (of.withdrawn_sequence > of.raised_sequence),
        ),
        literal(value=False),
    )
    rows = await connection.execute(
        select(
            of.agreement_id,
            of.kind,
            of.due_on,
            (was_raised & ~withdrawn).label("raised"),
            (is_planned & ~withdrawn).label("open"),
        )
        .join(obligation_plans, obligation_plans.c.agreement_id == of.agreement_id)
        .where(
            of.agreement_id == any_(literal(list(ids), ARRAY(Uuid(as_uuid=False)))),
            of.kind.in_(_KINDS),
            of.due_on.between(later(since, _BACK, -1), until),
        )
    )
    return tuple(Obligation(*row) for row in rows)


async def read_last_payment(
    connection: AsyncConnection, buyer: str, since: date, until: date
) -> date | None:
    """The day of the buyer's last payment between two days; None where there is none."""
    found: date | None = await connection.scalar(
        select(func.max(payments.c.payment_date)).where(
            payments.c.buyer == buyer, payments.c.payment_date.between(since, until)
        )
    )
    return found


async def _counting(
    connection: AsyncConnection, then: KnownThen, definition: str | None, day: date
) -> frozenset[str]:
    """The suppliers that count under a definition on a day, as was known."""
    of = then.memberships.c
    found = await connection.scalars(
        select(of.supplier_id).where(of.definition == definition, of.since <= day, of.until >= day)
    )
    return frozenset(found)


def _versions(history: Sequence[Any], lines: Lines) -> tuple[Version, ...]:
    options = [
        tuple(
            ExtensionOption.model_validate(each, strict=False) for each in row["extension_options"]
        )
        for row in history
    ]
    offers = [
        Offer(max(row["effective_on"], row["start"]), row["end"], each, tuple(row["changes"]))
        for row, each in zip(history, options, strict=True)
    ]
    return tuple(
        Version(
            row["effective_on"],
            row["start"],
            row["end"],
            sum(line["annual_amount_pence"] for line in own),
            sum(line["annual_amount_pence"] for line in own if not line["recurrent"]),
            row["duration_rationale"] is not None,
            row["route"],
            tuple(row["changes"]),
            sum(not done for done in used),
        )
        for row, used in zip(history, options_used(offers), strict=True)
        for own in [lines[row["agreement_id"], row["version"]]]
    )
