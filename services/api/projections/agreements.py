"""agreements.v1: the terms at their highest version, and the end whenever it becomes known."""

import json
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.projection import Projection, as_json_array
from shared import topics
from shared.database import driver
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried

Terms = AgreementRegistered | AgreementVaried
VersionedT = TypeVar("VersionedT", AgreementEnded, Terms)

_UPSERT_TERMS = """
insert into agreements (agreement_id, buyer, reference, terms_version, supplier_id, title, kind,
    provider, start, "end", notice_period, route, place, recorded_at, end_version)
select fact.*, 0 from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, buyer text,
    reference text, version bigint, supplier_id uuid, title text, kind text, provider text,
    start date, "end" date, notice_period text, route text, place text, recorded_at timestamptz)
on conflict (agreement_id) do update set
    reference = excluded.reference, terms_version = excluded.terms_version,
    supplier_id = excluded.supplier_id, title = excluded.title, kind = excluded.kind,
    provider = excluded.provider, start = excluded.start, "end" = excluded."end",
    notice_period = excluded.notice_period, route = excluded.route, place = excluded.place,
    recorded_at = excluded.recorded_at
    where agreements.terms_version < excluded.terms_version
returning agreement_id
"""
_INSERT_LINES = """
insert into agreement_lines (agreement_id, position, programme, description, annual_amount_pence,
    recurrent)
select * from jsonb_to_recordset($1::jsonb) as line (agreement_id uuid, position int,
    programme text, description text, annual_amount_pence bigint, recurrent bool)
"""
# Whether the end holds is said when it is read: terms of a higher version undo it.
_UPSERT_ENDS = """
insert into agreements (agreement_id, buyer, reference, terms_version, end_version, ended_on,
    end_reason)
select agreement_id, buyer, reference, 0, version, ended_on, reason
from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, buyer text, reference text,
    version bigint, ended_on date, reason text)
on conflict (agreement_id) do update set end_version = excluded.end_version,
    ended_on = excluded.ended_on, end_reason = excluded.end_reason
    where agreements.end_version < excluded.end_version
"""


async def project_agreements(tx: AsyncConnection, facts: Sequence[Terms | AgreementEnded]) -> None:
    """Apply by version: a lower one never overwrites, an end may come before its agreement."""
    connection = await driver(tx)
    terms = _newest([fact for fact in facts if not isinstance(fact, AgreementEnded)])
    ends = _newest([fact for fact in facts if isinstance(fact, AgreementEnded)])
    changed = await connection.fetch(_UPSERT_TERMS, as_json_array(terms[a] for a in sorted(terms)))
    ids = [str(row["agreement_id"]) for row in changed]
    await connection.execute(
        "delete from agreement_lines where agreement_id = any($1::uuid[])", ids
    )
    lines = [
        {"agreement_id": agreement, "position": position, **line.model_dump()}
        for agreement in ids
        for position, line in enumerate(terms[agreement].lines, 1)
    ]
    await connection.execute(_INSERT_LINES, json.dumps(lines))
    await connection.execute(_UPSERT_ENDS, as_json_array(ends[a] for a in sorted(ends)))


def _newest(facts: Sequence[VersionedT]) -> dict[str, VersionedT]:
    newest: dict[str, VersionedT] = {}
    for fact in facts:
        known = newest.get(str(fact.agreement_id))
        if known is None or known.version < fact.version:
            newest[str(fact.agreement_id)] = fact
    return newest


AGREEMENTS = Projection(
    topics.AGREEMENTS,
    {fact.TYPE.encode(): fact for fact in (AgreementRegistered, AgreementVaried, AgreementEnded)},
    project_agreements,
)
