"""While a batch of a file is recorded the next one is read: what then stands when either fails."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports import import_rows
from services.ingest.imports.file_rows import FileRow, FileRows
from shared.errors import Rejected
from tests.ingest.imports.test_import_file import bring, outcome, write_csv
from tests.ingest.said import published_data, rows_of

LINES = [f"2024-04-{1 + n % 28:02d},{n}.00,Adults,Leeds Mind" for n in range(30)]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_rows, "BATCH_ROWS", 10)
    monkeypatch.setattr(import_rows, "_ROWS_AT_ONCE", 3)


async def test_what_was_read_before_a_fault_of_the_file_is_recorded(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = write_csv(tmp_path, LINES), FileRows.__iter__

    def corrupt(rows: FileRows) -> Iterator[FileRow]:
        yield from islice(whole(rows), 25)
        raise Rejected("spend.csv is corrupt inside")

    with monkeypatch.context() as patched:
        patched.setattr(FileRows, "__iter__", corrupt)
        with pytest.raises(Rejected, match="corrupt inside"):
            await bring(engine, path)
    [[read]] = await rows_of(engine, "select read from imports")
    assert read == 20
    run = await bring(engine, path)
    assert (run.resumed_after, outcome(run)) == (20, (30, 30, 0, 0))


async def test_an_interruption_gives_up_the_batch_that_is_being_recorded(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = write_csv(tmp_path, LINES), FileRows.__iter__
    second_is_read = asyncio.Event()

    def noticed(rows: FileRows) -> Iterator[FileRow]:
        for number, row in enumerate(whole(rows)):
            if number == 12:
                second_is_read.set()
            yield row

    async def never_ends(*_: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(FileRows, "__iter__", noticed)
        patched.setattr(import_rows, "share_imports_of", never_ends)
        importing = asyncio.create_task(bring(engine, path))
        await asyncio.wait_for(second_is_read.wait(), 20)
        importing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await importing
    assert await rows_of(engine, "select 1 from payments") == []
    assert outcome(await bring(engine, path)) == (30, 30, 0, 0)
    assert len(await published_data(engine, "payments.v1")) == 30
