"""agreements.v1: every version of the terms, and the newest end.

Which terms are in force is asked of a day when it is read (queries/agreements.py), so facts may
arrive in any order and nothing here depends on the clock.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.agreed import work_out_of_agreements
from services.api.projections.kinds import change_kinds
from services.api.projections.payees import add_payees
from services.api.projections.projection import Projection, as_json_array
from services.api.projections.renewals import work_out_renewals
from shared import topics
from shared.database import driver
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried
from shared.read_facts import by_type

Terms = AgreementRegistered | AgreementVaried

_INSERT_AGREEMENTS = """
insert into agreements (agreement_id, buyer, reference, end_version)
select agreement_id, buyer, reference, 0
from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, buyer text, reference text)
on conflict do nothing
"""
_INSERT_VERSIONS = """
insert into agreement_versions (agreement_id, version, effective_on, supplier_id, title, kind,
    provider, start, "end", notice_period, route, place, maximum_end, extension_options,
    notice_terms, members, duration_rationale, awarded_on, total_amount_pence, changes, reason,
    recorded_at)
select agreement_id, version, coalesce(effective_on, '-infinity'), supplier_id, title, kind,
    provider, start, "end", notice_period, route, place, maximum_end, extension_options,
    notice_terms, members, duration_rationale, awarded_on, total_amount_pence,
    coalesce(changes, '[]'), reason, recorded_at
from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, version bigint, effective_on date,
    supplier_id uuid, title text, kind text, provider text, start date, "end" date,
    notice_period text, route text, place text, maximum_end date, extension_options jsonb,
    notice_terms jsonb, members jsonb, duration_rationale text, awarded_on date,
    total_amount_pence bigint, changes jsonb, reason text, recorded_at timestamptz)
on conflict do nothing
returning agreement_id::text, version
"""
_INSERT_LINES = """
insert into agreement_lines (agreement_id, version, position, programme, description,
    annual_amount_pence, recurrent)
select * from jsonb_to_recordset($1::jsonb) as line (agreement_id uuid, version bigint,
    position int, programme text, description text, annual_amount_pence bigint, recurrent bool)
"""
_UPSERT_ENDS = """
insert into agreements (agreement_id, buyer, reference, end_version, ended_on, ending, end_reason,
    end_recorded_at)
select agreement_id, buyer, reference, version, case when not withdrawn then ended_on end,
    case when not withdrawn then ending end, case when not withdrawn then reason end,
    recorded_at
from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, buyer text, reference text,
    version bigint, ended_on date, ending text, reason text, withdrawn bool,
    recorded_at timestamptz)
on conflict (agreement_id) do update set end_version = excluded.end_version,
    ended_on = excluded.ended_on, ending = excluded.ending, end_reason = excluded.end_reason,
    end_recorded_at = excluded.end_recorded_at
    where agreements.end_version < excluded.end_version
"""


async def project_agreements(tx: AsyncConnection, facts: Sequence[Terms | AgreementEnded]) -> None:
    """Keep each version once; of the ends the one with the highest version, none if withdrawn."""
    await add_payees(tx, _named(facts))
    await change_kinds(tx)
    connection = await driver(tx)
    terms = {
        (str(fact.agreement_id), fact.version): fact
        for fact in facts
        if not isinstance(fact, AgreementEnded)
    }
    in_order = [terms[key] for key in sorted(terms)]
    agreements = {fact.agreement_id: fact for fact in in_order}
    await connection.execute(_INSERT_AGREEMENTS, as_json_array(agreements.values()))
    added = await connection.fetch(_INSERT_VERSIONS, as_json_array(in_order))
    lines = [
        {"agreement_id": row[0], "version": row[1], "position": position, **line.model_dump()}
        for row in added
        for position, line in enumerate(terms[row[0], row[1]].lines, 1)
    ]
    await connection.execute(_INSERT_LINES, json.dumps(lines))
    ends = _newest(fact for fact in facts if isinstance(fact, AgreementEnded))
    await connection.execute(_UPSERT_ENDS, as_json_array(ends[a] for a in sorted(ends)))
    await work_out_of_agreements(tx, [str(fact.agreement_id) for fact in facts])
    await work_out_renewals(tx, [str(fact.agreement_id) for fact in facts])


def _named(facts: Sequence[Terms | AgreementEnded]) -> Iterator[tuple[str, str]]:
    """Providers and members of consortia, each with the buyer."""
    for fact in facts:
        if not isinstance(fact, AgreementEnded):
            yield str(fact.supplier_id), fact.buyer
            yield from ((str(member.supplier_id), fact.buyer) for member in fact.members)


def _newest(facts: Iterable[AgreementEnded]) -> dict[str, AgreementEnded]:
    return {str(fact.agreement_id): fact for fact in sorted(facts, key=lambda fact: fact.version)}


AGREEMENTS = Projection(
    topics.AGREEMENTS,
    by_type(AgreementRegistered, AgreementVaried, AgreementEnded),
    project_agreements,
)
