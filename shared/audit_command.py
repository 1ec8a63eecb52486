"""The verb `audit` of every service's command line."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.access.audit import read_audit
from shared.command_line import with_engine
from shared.settings import ServiceSettings

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
Since = Annotated[
    datetime | None, typer.Option(formats=_FORMATS, help="From this moment on, in UTC")
]
Until = Annotated[datetime | None, typer.Option(formats=_FORMATS, help="Before it, in UTC")]


def audit_command(settings: type[ServiceSettings]) -> Callable[..., None]:
    """The verb, on the database of the service with these settings."""

    def audit(
        *,
        since: Since = None,
        until: Until = None,
        subject: Annotated[str | None, typer.Option(help="Of this subject alone")] = None,
        about: Annotated[str | None, typer.Option(help="Of this thing alone, by its id")] = None,
        limit: Annotated[int, typer.Option(min=1, help="At most so many")] = 100,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
    ) -> None:
        """Print who wrote, and who read personal data, the newest first."""

        async def work(engine: AsyncEngine, _: ServiceSettings) -> Sequence[Row[Any]]:
            async with engine.connect() as connection:
                return await read_audit(
                    connection,
                    since=since and since.replace(tzinfo=UTC),
                    until=until and until.replace(tzinfo=UTC),
                    subject=subject,
                    about=about,
                    limit=limit,
                )

        for row in with_engine(settings(), work):
            typer.echo(_as_json(row) if as_json else _as_line(row))

    return audit


def _as_json(row: Row[Any]) -> str:
    return orjson.dumps(row._asdict()).decode()


def _as_line(row: Row[Any]) -> str:
    who = row.subject + (f" ({row.issuer})" if row.issuer else "")
    when = f"{row.at:%Y-%m-%d %H:%M:%S}"
    return f"{when}  {row.outcome:9}  {row.act:13}  {who}  {row.route}  {row.about}"
