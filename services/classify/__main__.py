"""The command line of the classifier."""

import contextlib

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.decisions.decision_commands import decisions_app
from services.classify.definitions.definition import JUDGED
from services.classify.main import build, definitions_of
from services.classify.match_files.match_commands import fit, match
from services.classify.registers.register_commands import registers_app
from services.classify.runs.run_commands import reclassify, recount, runs_app
from services.classify.settings import Settings
from shared import database, service
from shared.audit_command import audit_command
from shared.command_line import WRONG, failed, with_engine
from shared.errors import Misconfigured

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Which organisation a supplier is, and whether it is VCSE under each definition.",
)
app.add_typer(registers_app, name="registers")
app.add_typer(runs_app, name="runs")
app.add_typer(decisions_app, name="decisions")
app.command()(reclassify)
app.command()(recount)
app.command()(match)
app.command()(fit)
app.command("audit")(audit_command(Settings))


@app.command()
def serve() -> None:
    """Run the service until it is told to stop."""
    raise typer.Exit(service.run(build, Settings()))


@app.command()
def migrate() -> None:
    """Bring the schema up to date."""

    async def run(engine: AsyncEngine, settings: Settings) -> None:
        await database.migrate(engine, settings.service, settings.schema_name)

    with_engine(Settings(), run, checked=False)
    print("the classify schema stands at its newest revision")


@app.command(name="definitions")
def show_definitions() -> None:
    """Check every file of definitions, flags, bands and Places, and list what is in force today."""
    try:
        found = definitions_of(Settings())
    except Misconfigured as error:
        raise failed(str(error), WRONG) from error
    measures = found.measures
    for kind, editions in (
        ("definition", found),
        ("flag", found.flags),
        ("scale", (measures.bands, measures.sizes)),
        ("system", (measures.system,)),
    ):
        for each in editions:
            version = f"version {each.version}, in use from {each.since}"
            read_on = getattr(each, "read_on", None)
            read = f", its source read on {read_on}" if read_on else ""
            print(f"{kind} {each.name}, {version}{read}: {each.title}")
    print(JUDGED)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        app()
