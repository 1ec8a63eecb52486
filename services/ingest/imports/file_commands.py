"""`imports`: the files that were imported, as they came, and how one is undone."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.clock import clock
from services.ingest.imports.kept_files import unpack_file
from services.ingest.queries.imports import find_import
from services.ingest.republication.take_back import take_back
from services.ingest.settings import Settings
from shared.command_line import WRONG, failed, with_engine

imports_app = typer.Typer(no_args_is_help=True, help="The files that were imported.")


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


@imports_app.command(name="take-back")
def take_back_import(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT-ID")],
    reason: Annotated[str, typer.Option(help="Why, for those who read the payments' history")],
    who: Annotated[
        str | None, typer.Option(help="Who takes it back; by default who is logged in")
    ] = None,
) -> None:
    """Undo an import: its corrections are reversed and what it brought is withdrawn.

    Nothing is erased: each payment keeps what it was. Earlier files count again as they did.
    """

    async def run(engine: AsyncEngine, _: Settings) -> None:
        done = await take_back(
            engine, import_id, who or getpass.getuser(), reason, lambda _: True, clock()
        )
        print(
            f"{done.reversed:,} corrections reversed, {done.withdrawn:,} payments withdrawn "
            "that it brought"
        )

    with_engine(Settings(), run)
