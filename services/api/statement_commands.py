"""`python -m services.api pack`: a calendar pack as a file."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.main import today
from services.api.queries.moment import as_one
from services.api.read_statement import AskedStatement, read_statement, year_named
from services.api.settings import Settings
from services.api.statements.archive import archive
from services.api.statements.document import Document
from services.api.statements.packs import PACKS, pack_named
from shared.command_line import FAILED, WRONG, failed, with_engine
from shared.errors import NotKnown


def pack(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(PACKS)}")],
    financial_year: Annotated[str, typer.Argument(help="Such as 2024-25")],
    buyer: Annotated[str, typer.Option(help="Whose pack, by org-id")],
    to: Annotated[Path, typer.Option(help="The zip to write; one that is there is replaced")],
    definition: Annotated[
        str | None, typer.Option(help="Who counts as VCSE; by default the broadest definition")
    ] = None,
) -> None:
    """Write a calendar pack: statement, tables and charts in one zip."""

    async def read(engine: AsyncEngine, _: Settings) -> Document:
        found = pack_named(name)
        year_named(financial_year, -1)
        asked = AskedStatement(buyer, financial_year, found.part, definition)
        async with as_one(engine) as connection:
            statement = await read_statement(connection, asked, today(), title=found.title)
        return found.of(statement)

    try:
        statement = with_engine(Settings(), read)
    except NotKnown as error:
        raise failed(str(error), WRONG) from error
    part = to.with_name(f".{to.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(archive(statement))
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise failed(f"{to}: {error.strerror}", FAILED) from error
    typer.echo(f"{to}: {len(statement.warnings)} warnings, {to.stat().st_size:,} bytes")
