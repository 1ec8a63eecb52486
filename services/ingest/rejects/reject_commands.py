"""`rejects`: list what could not be used, export it to be corrected, bring it back."""

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, cast, get_args
from uuid import UUID

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.clock import clock
from services.ingest.imports.import_report import progress_bar
from services.ingest.ledger_command import with_ledger
from services.ingest.payments.correction import plain_reason
from services.ingest.queries.rejects import (
    RejectFilter,
    RejectState,
    find_reject,
    list_rejects,
    reject_of_number,
)
from services.ingest.rejects.correct_file import correct_file
from services.ingest.rejects.dismiss_rejects import dismiss_rejects, reopen_rejects
from services.ingest.rejects.export_rejects import export_rejects
from services.ingest.rejects.open_rejects import NOT_KNOWN, Corrected
from services.ingest.rejects.reject_place import place_rejects
from services.ingest.rejects.reject_report import (
    MOST_PRINTED,
    print_acted,
    print_corrected,
    print_rejects,
    reject_as_json,
)
from services.ingest.rejects.reject_sheet import CSV, XLSX
from services.ingest.settings import Settings
from shared.access.act import note_personal
from shared.command_line import FAILED, WAITS, WRONG, failed, with_engine

rejects_app = typer.Typer(no_args_is_help=True, help="What could not be used, and why.")

_BUYER = Annotated[str | None, typer.Option(help="Of this buyer only")]
_IMPORT = Annotated[UUID | None, typer.Option("--import", help="Of the file of this import")]
_REASON = Annotated[str | None, typer.Option(help="With this in the reason")]
_FIELD = Annotated[str | None, typer.Option(help="With this field at fault")]
_STATES = get_args(RejectState)
_ANY = "any"
_STATE = Annotated[str, typer.Option(help=f"In this state: {', '.join((*_STATES, _ANY))}")]
_REJECTS = Annotated[
    list[str],
    typer.Argument(metavar="REJECT-ID...", help="Or their numbers, as `rejects list` shows them"),
]
_WHY = Annotated[str, typer.Option(help="Why, for whoever looks at it later")]
_WHO = Annotated[str | None, typer.Option(help="Who says so; by default who is logged in")]
_SINCE = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Received from this day (UTC) on")
]
_UNTIL = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Received before this day (UTC)")
]
_DIGITS = 19
"""Of the largest number that the database counts to; an id is longer, and has letters."""


def _wanted(
    buyer: str | None,
    import_id: UUID | None,
    reason: str | None,
    field: str | None,
    state: str,
    since: datetime | None,
    until: datetime | None,
) -> RejectFilter:
    if state not in (_ANY, *_STATES):
        known = ", ".join((*_STATES, _ANY))
        raise failed(f"--state {state}: one of {known} is expected", WRONG)
    return RejectFilter(
        None if buyer is None else {buyer},
        import_id,
        reason,
        field,
        None if state == _ANY else cast("RejectState", state),
        None if since is None else since.replace(tzinfo=UTC),
        None if until is None else until.replace(tzinfo=UTC),
    )


@rejects_app.command(name="list")
def list_rejected(
    buyer: _BUYER = None,
    import_id: _IMPORT = None,
    reason: _REASON = None,
    field: _FIELD = None,
    state: _STATE = _ANY,
    since: _SINCE = None,
    until: _UNTIL = None,
    after: Annotated[int, typer.Option(help="After this number in the order of arrival")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many")] = 50,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
    personal: Annotated[
        bool, typer.Option("--personal", help="With the content, which may hold persons' names")
    ] = False,
) -> None:
    """List what could not be used, in the order of arrival.

    The row of a file has the number that a spreadsheet shows.
    """
    wanted = _wanted(buyer, import_id, reason, field, state, since, until)

    async def run(engine: AsyncEngine, _: Settings) -> None:
        if personal:
            note_personal()
        async with engine.connect() as connection:
            rows = await list_rejects(connection, after, limit, wanted)
            places = await place_rejects(connection, [row.origin for row in rows])
        if json:
            for row in rows:
                said = reject_as_json(row, places[row.origin], withheld=not personal)
                print(orjson.dumps(said).decode())
        else:
            print_rejects([(row, places[row.origin]) for row in rows], full=len(rows) == limit)

    with_engine(Settings(), run)


@rejects_app.command(name="export")
def export(
    out: Annotated[Path, typer.Option(help="Where to write: FILE.xlsx or FILE.csv")],
    buyer: _BUYER = None,
    import_id: _IMPORT = None,
    reason: _REASON = None,
    field: _FIELD = None,
    state: _STATE = "open",
    since: _SINCE = None,
    until: _UNTIL = None,
) -> None:
    """Write rejects into a spreadsheet with their own columns, to be corrected there.

    It holds what the rows held, persons' names too: treat it as the ledger itself.
    """
    wanted = _wanted(buyer, import_id, reason, field, state, since, until)
    form = out.suffix.lower().removeprefix(".")
    if form not in (CSV, XLSX):
        raise failed(f"{out}: the file must end in .xlsx or .csv", WRONG)

    async def run(engine: AsyncEngine, _: Settings) -> None:
        note_personal()
        count = await export_rejects(engine, out, form, wanted)
        print(
            f"{count:,} rejects in {out}. Correct it, then run: "
            f"python -m services.ingest rejects correct {out}"
        )

    with_engine(Settings(), run)


@rejects_app.command(name="correct")
def correct(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What was exported, corrected")],
    who: _WHO = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar")] = False,
) -> None:
    """Bring corrected rejects back: each goes through the path that it came by.

    One with a reason in its column "dismiss because" is dismissed.
    The same file again finds what is settled. What is corrected and still refused stays open with
    the new reason, and the exit code is 3; 1 where a reject is not known. Rows that are left as
    they were are counted, and stay open.
    """

    async def run(engine: AsyncEngine, settings: Settings) -> None:
        with progress_bar(quiet=quiet) as progress:
            task = progress.add_task(path.name, total=None, speed=0.0, pounds="")
            done = await correct_file(
                *(engine, path, path.name, who or getpass.getuser(), lambda _: True, clock),
                settings.limits,
                lambda rows: progress.update(task, completed=rows),
            )
        if json:
            said = {
                "outcomes": done.outcomes,
                "left": done.left,
                "rejected": [each._asdict() for each in done.rejected],
            }
            print(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
        else:
            named = [each.reject_id for each in done.refused[:MOST_PRINTED]]
            async with engine.connect() as connection:
                found = [await find_reject(connection, each) for each in named]
                rows = [row for row in found if row is not None]
                places = await place_rejects(connection, [row.origin for row in rows])
            print_corrected(done, {row.reject_id: places[row.origin] for row in rows})
        if done.outcomes[NOT_KNOWN]:
            raise typer.Exit(FAILED)
        if done.refused:
            raise typer.Exit(WAITS)

    with_ledger(run)


@rejects_app.command()
def dismiss(reject_ids: _REJECTS, why: _WHY, who: _WHO = None) -> None:
    """Say that rejects are no payment or agreement: they are open no longer, and counted apart."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        whys = dict.fromkeys(await _ids(engine, reject_ids), _plain(why))
        officer = who or getpass.getuser()
        _tell(await dismiss_rejects(engine, whys, officer, lambda _: True, clock()))

    with_engine(Settings(), run)


@rejects_app.command()
def reopen(reject_ids: _REJECTS, why: _WHY, who: _WHO = None) -> None:
    """Take dismissals back: the rejects are open again as they were."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        acting = (_plain(why), who or getpass.getuser(), lambda _: True, clock())
        _tell(await reopen_rejects(engine, await _ids(engine, reject_ids), *acting))

    with_engine(Settings(), run)


async def _ids(engine: AsyncEngine, named: Sequence[str]) -> list[str]:
    """The ids of rejects, some of which may be named by their numbers."""
    async with engine.connect() as connection:
        return [
            (await reject_of_number(connection, int(each)) or each) if _is_number(each) else each
            for each in named
        ]


def _is_number(named: str) -> bool:
    return named.isdecimal() and len(named) < _DIGITS


def _tell(done: Sequence[Corrected]) -> None:
    """Print what became of each; exit code 1 where one is not known."""
    print_acted(done)
    if any(each.outcome == NOT_KNOWN for each in done):
        raise typer.Exit(FAILED)


def _plain(why: str) -> str:
    if not (plain := plain_reason(why)):
        raise failed("--why: say why", WRONG)
    return plain
