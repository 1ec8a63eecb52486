"""notices.v1: what each agreement brings, and how far each obligation has come.

The facts of an obligation may arrive in any order: of each kind the last is kept, by the revision
and sequence that notify gave it under the agreement's lock (clocks differ, and are read too early),
and what state they make together is said when it is read (obligation.py).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.projection import Projection, as_json_array
from services.api.projections.renewals import work_out_renewals
from shared import topics
from shared.database import driver
from shared.events import (
    DeliveryFailed,
    EndDateAsked,
    NoticeAcknowledged,
    NoticeDue,
    NoticeRecorded,
    NoticeWithdrawn,
    NotificationEscalated,
    ObligationRaised,
    ObligationsPlanned,
    RenewalApproaching,
    SubscriptionResumed,
    SubscriptionSwitchedOff,
)
from shared.read_facts import by_type

NoticeFact = (
    ObligationsPlanned
    | RenewalApproaching
    | NoticeDue
    | EndDateAsked
    | ObligationRaised
    | NoticeWithdrawn
    | NoticeAcknowledged
    | NoticeRecorded
    | NotificationEscalated
    | DeliveryFailed
)
FactT = TypeVar("FactT", bound=NoticeFact)
_SAID = RenewalApproaching | NoticeDue | EndDateAsked | ObligationRaised
_MOVES_THE_NEXT_DATE = _SAID | ObligationsPlanned | NoticeWithdrawn

_UPSERT_PLANS = """
insert into obligation_plans (agreement_id, revision, sequence, recorded_at)
select * from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, revision bigint,
    sequence bigint, recorded_at timestamptz)
on conflict (agreement_id) do update set revision = excluded.revision,
    sequence = excluded.sequence, recorded_at = excluded.recorded_at
    where obligation_plans.revision < excluded.revision
returning agreement_id
"""
_UPSERT_PLANNED = """
insert into obligations (obligation_id, agreement_id, kind, due_on, stage, rule, send_by,
    plan_revision)
select * from jsonb_to_recordset($1::jsonb) as planned (obligation_id uuid, agreement_id uuid,
    kind text, due_on date, stage text, rule text, send_by jsonb, plan_revision bigint)
on conflict (obligation_id) do update set kind = excluded.kind, due_on = excluded.due_on,
    stage = excluded.stage, rule = excluded.rule, send_by = excluded.send_by,
    plan_revision = excluded.plan_revision
"""
_UPSERT_RAISED = """
insert into obligations (obligation_id, agreement_id, kind, due_on, stage, rule, send_by,
    raised_revision, raised_sequence, raised_at, plan_revision)
select fact.*, 0 from jsonb_to_recordset($1::jsonb) as fact (obligation_id uuid, agreement_id uuid,
    kind text, due_on date, stage text, rule text, send_by jsonb, revision bigint, sequence bigint,
    recorded_at timestamptz)
on conflict (obligation_id) do update set
    raised_revision = excluded.raised_revision, raised_sequence = excluded.raised_sequence,
    raised_at = excluded.raised_at,
    kind = coalesce(obligations.kind, excluded.kind),
    due_on = coalesce(obligations.due_on, excluded.due_on),
    stage = coalesce(obligations.stage, excluded.stage),
    rule = coalesce(obligations.rule, excluded.rule),
    send_by = coalesce(obligations.send_by, excluded.send_by)
    where obligations.raised_at is null
    or (obligations.raised_revision, obligations.raised_sequence)
        < (excluded.raised_revision, excluded.raised_sequence)
"""
_UPSERT_WITHDRAWN = """
insert into obligations (obligation_id, agreement_id, withdrawn_revision, withdrawn_sequence,
    withdrawn_at, withdrawn_reason, plan_revision)
select fact.*, 0 from jsonb_to_recordset($1::jsonb) as fact (obligation_id uuid, agreement_id uuid,
    revision bigint, sequence bigint, recorded_at timestamptz, reason text)
on conflict (obligation_id) do update set
    withdrawn_revision = excluded.withdrawn_revision,
    withdrawn_sequence = excluded.withdrawn_sequence,
    withdrawn_at = excluded.withdrawn_at, withdrawn_reason = excluded.withdrawn_reason
    where obligations.withdrawn_at is null
    or (obligations.withdrawn_revision, obligations.withdrawn_sequence)
        < (excluded.withdrawn_revision, excluded.withdrawn_sequence)
"""
_UPSERT_ACKNOWLEDGED = """
insert into acknowledgements (obligation_id, recipient, capacity, revision, sequence, channel,
    acknowledged_at)
select * from jsonb_to_recordset($1::jsonb) as fact (obligation_id uuid, recipient text,
    capacity text, revision bigint, sequence bigint, channel text, recorded_at timestamptz)
on conflict (obligation_id, recipient, capacity) do update set revision = excluded.revision,
    sequence = excluded.sequence, channel = excluded.channel,
    acknowledged_at = excluded.acknowledged_at
    where (acknowledgements.revision, acknowledgements.sequence)
        < (excluded.revision, excluded.sequence)
    or (acknowledgements.revision, acknowledgements.sequence)
        = (excluded.revision, excluded.sequence)
        and acknowledgements.acknowledged_at > excluded.acknowledged_at
"""
_INSERT_FAILED = """
insert into failed_deliveries (notification_id, obligation_id, channel, attempts, reason,
    recorded_at)
select * from jsonb_to_recordset($1::jsonb) as fact (notification_id uuid, obligation_id uuid,
    channel text, attempts int, reason text, recorded_at timestamptz)
on conflict do nothing
"""
_UPSERT_NOTICES = """
insert into notices (notice_id, agreement_id, number, content)
select (fact ->> 'notice_id')::uuid, (fact ->> 'agreement_id')::uuid, (fact ->> 'number')::int, fact
from jsonb_array_elements($1::jsonb) as fact
on conflict (notice_id) do update set number = excluded.number, content = excluded.content
    where notices.number < excluded.number
"""


async def project_notices(
    tx: AsyncConnection,
    facts: Sequence[NoticeFact | SubscriptionSwitchedOff | SubscriptionResumed],
) -> None:
    """Keep the newest plan of each agreement and the last fact of each kind of an obligation.

    What becomes of subscriptions, and how a notification escalates, is shown by `notify`.
    """
    connection = await driver(tx)
    of_agreements = [fact for fact in facts if isinstance(fact, NoticeFact)]
    in_order = sorted(of_agreements, key=lambda fact: (fact.revision, fact.sequence))
    await _plan(connection, _of(ObligationsPlanned, in_order))
    raised = [_raised(fact) for fact in in_order if isinstance(fact, _SAID)]
    await _put(connection, _UPSERT_RAISED, raised)
    await _put(connection, _UPSERT_WITHDRAWN, _dump(_of(NoticeWithdrawn, in_order)))
    # Of two channels to one recipient the first to be acknowledged tells when.
    acknowledged = sorted(
        _of(NoticeAcknowledged, in_order),
        key=lambda fact: (fact.revision, fact.sequence, -fact.recorded_at.timestamp()),
    )
    key = ("obligation_id", "recipient", "capacity")
    await _put(connection, _UPSERT_ACKNOWLEDGED, _dump(acknowledged), key)
    recorded = sorted(_of(NoticeRecorded, in_order), key=lambda fact: fact.number)
    await _put(connection, _UPSERT_NOTICES, _dump(recorded), ("notice_id",))
    failed = _dump(_of(DeliveryFailed, in_order))
    await _put(connection, _INSERT_FAILED, failed, ("notification_id",))
    await work_out_renewals(
        tx, [str(fact.agreement_id) for fact in facts if isinstance(fact, _MOVES_THE_NEXT_DATE)]
    )


def _of(kind: type[FactT], facts: Iterable[NoticeFact]) -> list[FactT]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _dump(facts: Iterable[NoticeFact]) -> list[dict[str, Any]]:
    return [fact.model_dump(mode="json") for fact in facts]


def _raised(
    fact: RenewalApproaching | NoticeDue | EndDateAsked | ObligationRaised,
) -> dict[str, Any]:
    common = {
        "obligation_id": str(fact.obligation_id),
        "agreement_id": str(fact.agreement_id),
        "revision": fact.revision,
        "sequence": fact.sequence,
        "recorded_at": fact.recorded_at.isoformat(),
    }
    if isinstance(fact, RenewalApproaching):
        return common | {
            "kind": "renewal",
            "due_on": fact.due_on.isoformat(),
            "stage": fact.stage,
        }
    if isinstance(fact, ObligationRaised):
        return common | {
            "kind": fact.kind,
            "due_on": fact.due_on.isoformat(),
            "stage": fact.period if fact.kind == "service" else None,
            "rule": fact.rule,
            "send_by": _send_by(fact),
        }
    if isinstance(fact, EndDateAsked):
        asked = {"kind": "end-date", "due_on": fact.due_on.isoformat(), "rule": fact.rule}
        return common | asked
    due_on = fact.last_safe_service.isoformat()
    of_it = {"kind": "notice", "due_on": due_on, "rule": fact.rule, "send_by": _send_by(fact)}
    return common | of_it


def _send_by(fact: NoticeDue | ObligationRaised) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in fact.send_by]


async def _put(
    connection: Any,
    statement: str,
    rows: list[dict[str, Any]],
    key: Sequence[str] = ("obligation_id",),
) -> None:
    """Write the last row of each key."""
    last = {tuple(row[name] for name in key): row for row in rows}
    if last:
        await connection.execute(statement, json.dumps([last[k] for k in sorted(last)]))


async def _plan(connection: Any, plans: list[ObligationsPlanned]) -> None:
    newest = {str(p.agreement_id): p for p in sorted(plans, key=lambda plan: plan.revision)}
    if not newest:
        return
    in_order = [newest[agreement] for agreement in sorted(newest)]
    changed = await connection.fetch(_UPSERT_PLANS, as_json_array(in_order))
    planned = [
        {
            **obligation.model_dump(mode="json"),
            "agreement_id": str(plan.agreement_id),
            "plan_revision": plan.revision,
        }
        for row in changed
        for plan in [newest[str(row["agreement_id"])]]
        for obligation in plan.obligations
    ]
    await _put(connection, _UPSERT_PLANNED, planned)


NOTICES = Projection(
    topics.NOTICES,
    by_type(
        ObligationsPlanned,
        RenewalApproaching,
        NoticeDue,
        EndDateAsked,
        ObligationRaised,
        NoticeWithdrawn,
        NoticeAcknowledged,
        NoticeRecorded,
        NotificationEscalated,
        DeliveryFailed,
        SubscriptionSwitchedOff,
        SubscriptionResumed,
    ),
    project_notices,
)
