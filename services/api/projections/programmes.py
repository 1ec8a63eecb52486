"""programmes.v1: the lines of each buyer's map of its codes, every word of each is kept."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.codings import change_maps, restate_codings
from services.api.projections.projection import Projection
from services.api.spend.programme import Codes
from shared import topics
from shared.database import driver
from shared.events import ProgrammeMapped
from shared.identity import identify
from shared.read_facts import by_type

_UPSERT = """
    insert into programme_lines (line_id, buyer, unit, expense_type, ledger_programme, since,
        programme, budget_head, version)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[],
        $7::text[], $8::text[], $9::bigint[])
    on conflict (line_id) do update
        set programme = excluded.programme, budget_head = excluded.budget_head,
            version = excluded.version
        where programme_lines.version < excluded.version
    returning buyer
"""
_KEEP = """
    insert into programme_line_versions (line_id, version, programme, budget_head, recorded_at)
    select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])
    on conflict do nothing
"""


async def project_programmes(tx: AsyncConnection, facts: Sequence[ProgrammeMapped]) -> None:
    """Keep every word of each line, and restate the codes of the buyers whose map changed."""
    newest, said = {}, {}
    for fact in sorted(facts, key=lambda fact: fact.version):
        codes = Codes(fact.unit or "", fact.expense_type or "", fact.ledger_programme or "")
        since = fact.since or date.min
        line = (fact.buyer, *codes.folded())
        line_id = identify("line of a map", *line, since.isoformat())
        words = fact.programme, fact.budget_head
        newest[line_id] = (line_id, *line, since, *words, fact.version)
        said[line_id, fact.version] = (line_id, fact.version, *words, fact.recorded_at)
    await change_maps(tx)
    connection = await driver(tx)
    await connection.execute(_KEEP, *zip(*said.values(), strict=True))
    changed = await connection.fetch(_UPSERT, *zip(*newest.values(), strict=True))
    await restate_codings(tx, {row["buyer"] for row in changed})


PROGRAMMES = Projection(topics.PROGRAMMES, by_type(ProgrammeMapped), project_programmes)
