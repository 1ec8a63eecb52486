"""The rejects of a file are found by an index, however large the quarantine is."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.rejects import (
    RejectFilter,
    list_rejects,
    reject_of_number,
    rejected_places,
)
from shared.database import begin
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.routes.test_reject_corrections import LINES, bring

_SCANS = "select seq_scan from pg_stat_xact_user_tables where relid = 'rejects'::regclass"


async def test_the_rejects_of_a_file_are_found_by_its_id(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, LINES))
    await bring(engine, write_csv(tmp_path, LINES[1:3], "other.csv"))
    async with begin(engine) as tx:
        await tx.execute(text("set local enable_seqscan = off"))  # the table is small
        await tx.execute(text("set local enable_indexscan = off"))  # nor by its order of arrival
        places = await rejected_places(tx, run.file_id, None)
        listed = await list_rejects(tx, 0, 9, RejectFilter(import_id=UUID(run.import_id)))
        assert (await tx.execute(text(_SCANS))).scalar_one() == 0
        named = [await reject_of_number(tx, each.seq) for each in listed]
        assert await reject_of_number(tx, listed[-1].seq + 99) is None
    assert places == {f"file:{run.file_id}/{row}" for row in (3, 4, 5)}
    assert {each.origin for each in listed} == places
    assert named == [each.reject_id for each in listed]
