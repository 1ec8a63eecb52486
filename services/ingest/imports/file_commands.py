"""`imports`: the files that were imported, as they came."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.clock import clock
from services.ingest.imports.kept_files import unpack_file
from services.ingest.imports.take_back import take_back
from services.ingest.ledger_command import with_ledger
from services.ingest.payments.correction import plain_reason
from services.ingest.queries.imports import find_import
from services.ingest.settings import Settings
from shared.access import ANYONE
from shared.access.act import note_personal
from shared.command_line import WRONG, failed, with_engine
from shared.errors import NotKnown

_TOLD = {
    "withdrawn": "count no longer",
    "restored": "of earlier files stand as before",
    "kept": "count all the same: another file states them too, or they are agreements",
}

_ID = "As the summary of an import ends, and `imports list` shows it"

imports_app = typer.Typer(no_args_is_help=True, help="The files that were imported.")


@imports_app.command(name="file")
def write_file(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT-ID", help=_ID)],
    out: Annotated[Path, typer.Option(help="Where to write it; no file may be there")],
) -> None:
    """Write the bytes of an import's file, exactly as they came; they may hold persons' names."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            found = await find_import(connection, import_id)
        if found is None:
            raise failed(f"no import {import_id} is known", WRONG)
        if out.exists():
            raise failed(f"{out} is there already", WRONG)
        note_personal()
        async with engine.connect() as connection:
            await unpack_file(connection, found.digest, out)
        print(f"{found.name} for {found.buyer} as {out}")

    with_engine(Settings(), run)


@imports_app.command(name="take-back")
def take_back_import(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT-ID", help=_ID)],
    reason: Annotated[str, typer.Option("--why", help="Why it is taken back")],
    who: Annotated[
        str | None, typer.Option(help="Who takes it back; by default who is logged in")
    ] = None,
) -> None:
    """Undo an import, finished or not: what it stated counts no longer, earlier files as before.

    Nothing is erased: each payment keeps what it was, and the file stays kept. Its months are free,
    and the same file imported later is imported anew.
    """
    if not (why := plain_reason(reason)):
        raise failed("--why: say why it is taken back", WRONG)

    async def run(engine: AsyncEngine, settings: Settings) -> None:
        officer = who or getpass.getuser()
        try:
            taken = await take_back(
                engine, import_id, ANYONE, officer, why, clock(), settings.limits
            )
        except NotKnown as error:
            raise failed(str(error), WRONG) from error
        async with engine.connect() as connection:
            found = await find_import(connection, import_id)
        assert found is not None  # noqa: S101 - it was taken back
        said = found.taking_back
        when = "" if taken else f" before this, at {said['at'][:16].replace('T', ' ')} UTC,"
        whose = f"{found.name} for {found.buyer}"
        print(f"{whose} was taken back{when} by {said['who']}: {said['reason']}")
        if not taken:
            print("Nothing was changed now; then it was:")
        for what, told in _TOLD.items():
            if (count := said[what])["rows"]:
                print(f"{count['rows']:,} rows, £{count['pence'] / 100:,.2f}, {told}")

    with_ledger(run)
