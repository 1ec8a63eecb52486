"""suppliers.v1: which organisation a supplier is, and when it counts under which definition.

Every revision is kept as far as spend is counted by it, so that it can be told what was known on a
day; the newest stands whole.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span, join_spans, months_in_part
from services.api.projections.agreed import work_out_agreed
from services.api.projections.kinds import change_kinds, restate_kinds
from services.api.projections.projection import Projection, as_json_array
from shared import topics
from shared.database import driver
from shared.events import Membership, SupplierClassified
from shared.read_facts import by_type

_TYPES = {
    "supplier_id": "uuid",
    "revision": "bigint",
    "payee": "text",
    "tier": "text",
    "score": "float8",
    "rule": "text",
    "evidence": "jsonb",
    "organisation": "text",
    "organisation_name": "text",
    "legal_form": "text",
    "redacted": "bool",
    "memberships": "jsonb",
    "candidates": "jsonb",
    "exclusions": "jsonb",
    "flags": "jsonb",
    "charity_probability": "float8",
    "income": "bigint",
    "income_band": "text",
    "size": "text",
    "place": "text",
    "places": "jsonb",
    "reach": "text",
    "locality_rule": "text",
    "recorded_at": "timestamptz",
}
_UPSERT = f"""
insert into suppliers ({", ".join(_TYPES)})
select * from jsonb_to_recordset($1::jsonb)
    as fact ({", ".join(f"{column} {kind}" for column, kind in _TYPES.items())})
on conflict (supplier_id) do update set
    {", ".join(f"{column} = excluded.{column}" for column in _TYPES if column != "supplier_id")}
    where suppliers.revision < excluded.revision
returning supplier_id
"""  # noqa: S608 - our own column names
_OF_A_VERSION = (
    "supplier_id",
    "revision",
    "recorded_at",
    "tier",
    "organisation",
    "organisation_name",
    "legal_form",
    "redacted",
    "income_band",
    "size",
    "place",
    "places",
    "reach",
)
_KEEP = f"""
insert into supplier_versions ({", ".join(_OF_A_VERSION)})
select * from jsonb_to_recordset($1::jsonb)
    as fact ({", ".join(f"{column} {_TYPES[column]}" for column in _OF_A_VERSION)})
on conflict do nothing returning supplier_id::text, revision
"""  # noqa: S608

_WERE = """
    select supplier_id::text, organisation from suppliers
    where supplier_id = any($1::uuid[]) and organisation is not null
"""


async def project_suppliers(tx: AsyncConnection, facts: Sequence[SupplierClassified]) -> None:
    """Keep every revision of each supplier, and the newest whole, with the periods that count."""
    newest: dict[str, SupplierClassified] = {}
    for fact in facts:
        known = newest.get(str(fact.supplier_id))
        if known is None or known.revision < fact.revision:
            newest[str(fact.supplier_id)] = fact
    await change_kinds(tx)
    await _keep_versions(tx, facts)
    connection = await driver(tx)
    facts = [newest[supplier] for supplier in sorted(newest)]
    were = dict(await connection.fetch(_WERE, sorted(newest)))
    changed = await connection.fetch(_UPSERT, as_json_array(facts))
    ids = [str(row["supplier_id"]) for row in changed]
    await _keep_memberships(connection, [newest[supplier] for supplier in ids])
    await restate_kinds(tx, ids)
    other = [supplier for supplier in ids if newest[supplier].organisation != were.get(supplier)]
    await work_out_agreed(tx, other, {found for each in other if (found := were.get(each))})


async def _keep_memberships(connection: Any, facts: Sequence[SupplierClassified]) -> None:
    """Keep the periods in which each supplier counts, instead of those that were kept."""
    ids = [str(fact.supplier_id) for fact in facts]
    await connection.execute("delete from memberships where supplier_id = any($1::uuid[])", ids)
    await connection.execute("delete from boundary_months where supplier_id = any($1::uuid[])", ids)
    periods = [
        (supplier, definition, span)
        for supplier, fact in zip(ids, facts, strict=True)
        for definition, spans in spans_by_definition(fact.memberships).items()
        for span in spans
    ]
    await connection.copy_records_to_table(
        "memberships",
        records=[(supplier, definition, *span) for supplier, definition, span in periods],
        columns=("supplier_id", "definition", "since", "until"),
    )
    await connection.copy_records_to_table(
        "boundary_months",
        records={
            (supplier, month, definition)
            for supplier, definition, span in periods
            for month in months_in_part(span)
        },
        columns=("supplier_id", "month", "definition"),
    )
    await connection.execute(
        "insert into definitions select unnest($1::text[]) on conflict do nothing",
        sorted({definition for _, definition, _ in periods}),
    )


async def _keep_versions(tx: AsyncConnection, facts: Sequence[SupplierClassified]) -> None:
    """Keep the revisions that are not kept, in one order, and the periods of each."""
    connection = await driver(tx)
    known = {(str(fact.supplier_id), fact.revision): fact for fact in facts}
    new = await connection.fetch(_KEEP, as_json_array(known[key] for key in sorted(known)))
    await connection.copy_records_to_table(
        "membership_versions",
        records=[
            (supplier, revision, definition, *span)
            for supplier, revision in new
            for definition, spans in spans_by_definition(
                known[supplier, revision].memberships
            ).items()
            for span in spans
        ],
        columns=("supplier_id", "revision", "definition", "since", "until"),
    )


def spans_by_definition(memberships: Iterable[Membership]) -> dict[str, list[Span]]:
    """The days on which a supplier counts under each definition, as the fewest spans."""
    given: dict[str, list[Span]] = {}
    for period in memberships:
        span = Span(period.since or Span().since, period.until or Span().until)
        given.setdefault(period.definition, []).append(span)
    return {definition: join_spans(spans) for definition, spans in given.items()}


SUPPLIERS = Projection(topics.SUPPLIERS, by_type(SupplierClassified), project_suppliers, gather=0.5)
