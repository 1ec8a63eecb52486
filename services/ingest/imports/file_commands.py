"""`imports`: the files that were imported, as they came."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.clock import clock
from services.ingest.imports.abandon_import import abandon_import
from services.ingest.imports.kept_files import unpack_file
from services.ingest.payments.correction import plain_reason
from services.ingest.queries.imports import find_import
from services.ingest.settings import Settings
from shared.access import ANYONE
from shared.command_line import WRONG, failed, with_engine
from shared.errors import NotKnown

_TOLD = {
    "withdrawn": "count no longer",
    "restored": "of the earlier file stand as before",
    "kept": "count all the same: another file states them too, or they are agreements",
}

imports_app = typer.Typer(no_args_is_help=True, help="The files that were imported.")


@imports_app.command()
def abandon(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT-ID")],
    reason: Annotated[str, typer.Option("--why", help="Why it is given up")],
    who: Annotated[
        str | None, typer.Option(help="Who gives it up; by default who is logged in")
    ] = None,
) -> None:
    """Give up an import that waits or was cut short: what it stated counts no longer.

    Its file stays kept, its months are free, and the same file imported later is imported anew.
    """
    if not (why := plain_reason(reason)):
        raise failed("--why: say why it is given up", WRONG)

    async def run(engine: AsyncEngine, _: Settings) -> None:
        officer = who or getpass.getuser()
        try:
            await abandon_import(engine, import_id, ANYONE, officer, why, clock())
        except NotKnown as error:
            raise failed(str(error), WRONG) from error
        async with engine.connect() as connection:
            found = await find_import(connection, import_id)
        assert found is not None  # noqa: S101 - it was abandoned
        said = found.abandonment
        print(f"{found.name} for {found.buyer} was abandoned by {said['who']}: {said['reason']}")
        for what, told in _TOLD.items():
            if (count := said[what])["rows"]:
                print(f"{count['rows']:,} rows, £{count['pence'] / 100:,.2f}, {told}")

    with_engine(Settings(), run)


@imports_app.command(name="file")
def write_file(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT-ID")],
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
        await unpack_file(engine, found.digest, out)
        print(f"{found.name} for {found.buyer} as {out}")

    with_engine(Settings(), run)
