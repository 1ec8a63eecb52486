"""What the verbs of the command line share: the database, a progress bar, errors in a sentence."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator

import typer
import uvloop
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.settings import Settings
from shared import database
from shared.database import DATABASE_ERRORS
from shared.errors import Misconfigured, Rejected

FAILED, WRONG, INTERRUPTED = 1, 2, 130


@contextlib.contextmanager
def show_progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress


def with_engine(
    run: Callable[[AsyncEngine, Settings], Awaitable[None]], *, checked: bool = True
) -> None:
    """Run one verb on the database; what is wrong is said in one sentence, with its exit code."""
    settings = Settings()

    async def main() -> None:
        engine = database.open_engine(settings.database, settings.schema_name, connections=2)
        try:
            if checked:
                await database.check_schema(engine, settings.service, settings.schema_name)
            await run(engine, settings)
        finally:
            await engine.dispose()

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    except (Rejected, Misconfigured) as error:
        raise failed(str(error), WRONG) from error
    except DATABASE_ERRORS as error:
        raise failed(f"the database does not answer as it should: {error}", FAILED) from error
    except KafkaError as error:
        raise failed(f"the broker does not answer as it should: {error!r}", FAILED) from error
    except KeyboardInterrupt:
        raise failed("interrupted: what was loaded stays; run it again", INTERRUPTED) from None


def failed(sentence: str, code: int) -> typer.Exit:
    """Say what is wrong on standard error; the exception ends the command with its code."""
    sys.stderr.write(f"{sentence}\n")
    return typer.Exit(code)
