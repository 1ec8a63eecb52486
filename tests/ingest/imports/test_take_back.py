"""Taking an import back, whatever its size."""

from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.take_back import take_back
from shared.access import ANYONE
from tests.ingest.said import NOW, rows_of
from tests.ingest.standing import STANDING

MORE_THAN_PARAMETERS = 32_768  # PostgreSQL takes one less for a statement


async def test_an_import_of_more_rows_than_a_statement_has_parameters_is_taken_back(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = tmp_path / "spend.csv"
    payees = islice(cycle(["Leeds Mind", "Barca-Leeds", "Age UK Leeds"]), MORE_THAN_PARAMETERS)
    lines = [f"2024-04-30,{n}.25,{payee}\n" for n, payee in enumerate(payees, 1)]
    path.write_text("payment_date,amount,beneficiary_name\n" + "".join(lines))
    run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    assert len(await rows_of(engine, STANDING)) == MORE_THAN_PARAMETERS
    assert await take_back(engine, UUID(run.import_id), ANYONE, "Officer", "the wrong file", NOW)
    assert not await rows_of(engine, STANDING)
