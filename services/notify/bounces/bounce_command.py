"""`python -m services.notify bounces`: what mail servers report, piped or in folders."""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from mailbox import Maildir, mbox
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.bounces.record_bounce import Recorded, record_bounce
from services.notify.channels.return_path import ReturnPaths
from services.notify.main import clock
from services.notify.queries.keys import LINKS_KEY, kept_key
from services.notify.settings import Settings
from services.notify.wire_channels import return_paths_of
from shared.access import ANYONE, Refused
from shared.command_line import FAILED, WRONG, failed, with_engine
from shared.errors import NotKnown, Rejected
from shared.logs import configure_logs

_NOT_USABLE, _LATER = 65, 75  # EX_DATAERR and EX_TEMPFAIL of sysexits.h, which mail servers know
_MBOX = b"From "
_LARGEST = 32 * 1024 * 1024


def bounces(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...|-", help="A mail, an mbox, a Maildir, or a pipe")
    ],
    *,
    recipient: Annotated[
        str, typer.Option(help="To whom it was delivered, as the mail server has it")
    ] = "",
) -> None:
    """Record delivery status notifications; each counts once, however often it is read.

    Exit code 65: nothing in it could be used; 75: the database is away, deliver it again later.
    """
    settings = Settings()
    configure_logs(settings.service, "WARNING")
    read, used = 0, 0

    async def work(engine: AsyncEngine, settings: Settings) -> None:
        nonlocal read, used
        paths = await _return_paths(engine, settings)
        for name, raw in mails(files):
            read += 1
            try:
                recorded = await record_bounce(
                    engine, raw, recipient, ANYONE, paths, settings.delivery_schedule, clock()
                )
            except (Rejected, Refused, NotKnown) as error:
                sys.stderr.write(f"{name}: {error}\n")
                continue
            used += 1
            sys.stdout.write(f"{line_of(recorded)}\n")
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{read:,} mails read")

    try:
        with_engine(settings, work)
    except typer.Exit as error:
        raise (typer.Exit(_LATER) if error.exit_code == FAILED else error) from error
    if read and not used:
        raise typer.Exit(_NOT_USABLE)


def line_of(recorded: Recorded) -> str:
    """What a bounce said, in a line."""
    known = "" if recorded.new else "  (recorded before)"
    return f"{recorded.notification_id}  {recorded.outcome}  {recorded.reason}{known}"


def mails(files: list[str]) -> Iterator[tuple[str, bytes]]:
    """Each mail of files, with a name for it; raises typer.Exit where one can't be read."""
    for name in files:
        if name == "-":
            yield from _of_bytes("standard input", sys.stdin.buffer.read(_LARGEST))
            continue
        path = Path(name)
        try:
            if path.is_dir():
                yield from _of_maildir(path)
            else:
                yield from _of_file(path)
        except OSError as error:
            raise failed(f"{name}: {error.strerror}", WRONG) from error


def _of_file(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        beginning = file.read(len(_MBOX))
        if beginning != _MBOX:
            yield str(path), beginning + file.read(_LARGEST)
            return
    yield from _of_mbox(str(path), path)


def _of_bytes(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """One mail, or an mbox: some mail servers begin what they pipe with a `From ` line."""
    if not raw.startswith(_MBOX):
        yield name, raw
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        yield from _of_mbox(name, Path(file.name))


def _of_mbox(name: str, path: Path) -> Iterator[tuple[str, bytes]]:
    box = mbox(path, create=False)
    for number, key in enumerate(box.iterkeys(), 1):
        yield f"{name}, mail {number}", box.get_bytes(key)


def _of_maildir(path: Path) -> Iterator[tuple[str, bytes]]:
    if not all((path / part).is_dir() for part in ("cur", "new")):
        raise failed(f"{path}: a Maildir has the folders cur and new", WRONG)
    box = Maildir(path, create=False)
    for key in sorted(box.keys()):
        yield f"{path}/{key}", box.get_bytes(key)


async def _return_paths(engine: AsyncEngine, settings: Settings) -> ReturnPaths:
    paths = return_paths_of(settings)
    if settings.link_key is None:
        paths.use(await kept_key(engine, LINKS_KEY, secrets.token_urlsafe(32)))
    return paths
