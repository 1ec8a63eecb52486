"""A hundred thousand imports of ingest, made in SQL: the same rows each time."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from shared.database import migrate, open_engine

IMPORTS = 100_000
_SHEET = {
    "sheet": "",
    "state": "payments",
    "reason": "",
    "header_row": 1,
    "certainty": 0.95,
    "columns": {
        field: {
            "header": field.replace("_", " "),
            "column": column,
            "certainty": 0.95,
            "samples": ["30/04/2024", "Adult social care"],
        }
        for column, field in enumerate(
            ("payment_date", "amount", "payee", "reference", "unit", "expense_type", "purpose"), 1
        )
    },
    "not_taken": ["Gross Amount"],
    "notes": [],
    "days": "day first",
    "pence_each": 100,
    "decimal_mark": ".",
    "rounded_to_pence": False,
    "questions": [],
}
"""As one of a council's files is read."""
_MADE = """
    insert into imports (import_id, file_id, run, buyer, name, digest, state, started_at, moved_at,
        read, accepted, already_known, rejected, accepted_pence, already_known_pence,
        rejected_pence, rejected_by_reason, reworded_by_field, repeated, skipped_by_kind, sheets,
        shapes, supersedes, changed, changed_pence)
    select md5('import ' || n)::uuid, md5('file ' || n)::uuid, 1, (array['GB-LAE-BRD',
        'GB-LAE-CLD', 'GB-LAE-KIR', 'GB-LAE-LDS', 'GB-NHS-QWO'])[1 + n % 5], 'file ' || n || '.csv',
        md5('file ' || n), case when n % 1000 = 0 then 'taken_back' else 'finished' end,
        timestamptz '2020-01-01' + n * interval '10 minutes', timestamptz '2025-04-01',
        400, 390, 0, 10, 39000000, 0, 0,
        '{"amount is blank": {"rows": 10, "pence": 0, "first": [3, 7]}}', '{}',
        '{"repeated": {"rows": 0, "pence": 0, "first": []}}',
        '{"header": {"rows": 1, "pence": 0, "first": [1]}}',
        jsonb_build_array(cast(:sheet as jsonb)), '[]', '{}', 0, 0
    from generate_series(1, cast(:imports as int)) as n
"""


@asynccontextmanager
async def many_imports(addresses: Addresses, imports: int = IMPORTS) -> AsyncIterator[AsyncEngine]:
    """The engine of a schema of ingest with so many imports, gone at the end."""
    schema = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, schema, synchronous_commit=False)
    try:
        await migrate(engine, "ingest", schema)
        async with engine.begin() as tx:
            await tx.execute(text(_MADE), {"imports": imports, "sheet": json.dumps(_SHEET)})
            await tx.execute(text("analyze imports"))
        yield engine
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()
