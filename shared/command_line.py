"""What the services' command lines share: a verb on the database, and errors in one sentence."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
import uvloop
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.access.audit import audit_commits, keep_command
from shared.access.command_act import note_command
from shared.database import DATABASE_ERRORS, check_schema, is_of_ours, open_engine
from shared.errors import Conflict, Misconfigured, Rejected, Retryable
from shared.settings import ServiceSettings

FAILED, WRONG, WAITS, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: of the world, of what was asked or set, of a question to a person, of Ctrl-C."""

_CONNECTIONS = 3
_SETTINGS = "Settings"  # what each service calls its own
SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
ResultT = TypeVar("ResultT")


def with_engine(
    settings: SettingsT,
    work: Callable[[AsyncEngine, SettingsT], Awaitable[ResultT]],
    *,
    checked: bool = True,
) -> ResultT:
    """Run one verb on the database; what is wrong is said in one sentence, with its exit code.

    The schema is `checked` first, unless the verb is to bring it up to date, and what the verb
    writes is audited, as is that it reads names which may be persons'.
    """

    async def main() -> ResultT:
        engine = open_engine(settings.database, settings.schema_name, connections=_CONNECTIONS)
        try:
            if not checked:
                return await work(engine, settings)
            await check_schema(engine, settings.service, settings.schema_name)
            return await _audited(engine, settings, work)
        finally:
            await engine.dispose()

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main())
    except (Rejected, Misconfigured) as error:
        raise failed(str(error), WRONG) from error
    except (Conflict, Retryable) as error:
        raise failed(str(error), FAILED) from error
    except DATABASE_ERRORS as error:
        if is_of_ours(error):
            raise  # as any error of the program: with where it happened
        raise failed(_of_database(error, settings), FAILED) from error
    except KafkaError as error:
        raise failed(
            f"the broker does not answer as it should: {error!r}; once the one that "
            "LOCALPOUND_KAFKA names does, run the same command again",
            FAILED,
        ) from error
    except KeyboardInterrupt:
        raise failed("interrupted: the same command again goes on", INTERRUPTED) from None


def _of_database(error: BaseException, settings: ServiceSettings) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        # A server is never told of by a file's name.
        return f"{error.filename}: {error.strerror}"
    said = next(iter(str(error).splitlines()), type(error).__name__)
    asked = "the database does not answer as it should"
    if "database" not in settings.model_fields_set:
        asked = (
            f"LOCALPOUND_DATABASE is not set, and the default {settings.database} does not "
            "answer as it should"
        )
    return (
        f"{asked}: {said}; once the one that LOCALPOUND_DATABASE names does, run the same "
        "command again"
    )


async def _audited(
    engine: AsyncEngine,
    settings: SettingsT,
    work: Callable[[AsyncEngine, SettingsT], Awaitable[ResultT]],
) -> ResultT:
    audit_commits(engine)
    act = note_command(work)
    try:
        return await work(engine, settings)
    finally:
        if act.personal:
            await keep_command(engine, "shown")


def run_commands(app: typer.Typer) -> None:
    """Run a service's command line; a setting that can't be is one sentence that tells no value."""
    try:
        app()
    except ValidationError as error:
        if error.title != _SETTINGS:
            raise
        for fault in error.errors(include_url=False, include_input=False):
            name = f"LOCALPOUND_{'_'.join(str(part) for part in fault['loc']).upper()}"
            sys.stderr.write(f"{name}: {fault['msg'].removeprefix('Value error, ')}\n")
        sys.exit(WRONG)


def failed(sentence: str, code: int) -> typer.Exit:
    """Say what went wrong; the exit to raise."""
    sys.stderr.write(f"{sentence}\n")
    return typer.Exit(code)
