"""`python -m services.api pack`: a calendar pack as a file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.main import today
from services.api.queries.moment import as_one
from services.api.reports.pack_doors import AskedPack
from services.api.reports.read_pack import ReadPack, read_pack
from services.api.reports.read_statement import AskedStatement, year_named
from services.api.settings import Settings
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
    allocation_growth: Annotated[
        float | None,
        typer.Option(min=-100, max=100, help="Of the NHS allocation, on the year before; %"),
    ] = None,
    net_uplift: Annotated[
        float | None,
        typer.Option(min=-100, max=100, help="Average uplift less efficiency: 2 and 1.6 are 0.4"),
    ] = None,
    as_known_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="By what was recorded by the end of this day"),
    ] = None,
) -> None:
    """Write a calendar pack: statement, commitments, benchmarks, tables and charts in one zip."""

    async def make(engine: AsyncEngine, _: Settings) -> ReadPack:
        found = pack_named(name)
        year_named(financial_year, -1)
        statement = AskedStatement(
            *(buyer, financial_year, found.part, definition),
            as_known_at=None if as_known_at is None else as_known_at.date(),
        )
        asked = AskedPack(found, statement, allocation_growth, net_uplift)
        async with as_one(engine) as connection:
            return await read_pack(connection, asked, today())

    try:
        read = with_engine(Settings(), make)
    except NotKnown as error:
        raise failed(str(error), WRONG) from error
    part = to.with_name(f".{to.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(read.zipped())
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise failed(f"{to}: {error.strerror}", FAILED) from error
    for beside in read.beside:
        if beside.content is None:
            typer.echo(f"{beside.name} are left out: {beside.why_not}")
    typer.echo(f"{to}: {len(read.statement.warnings)} warnings, {to.stat().st_size:,} bytes")
