"""Record what a mail server reports of a message, once, where the message is signed as ours."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.bounces.bounce import Bounce, check_size, read_bounce
from services.notify.channels.outcome import Kind
from services.notify.channels.return_path import ReturnPaths
from services.notify.deliveries.hear_report import hear_report, lock_heard
from services.notify.queries.reports import find_reported, keep_bounce
from shared.access import Caller, Refused
from shared.database import begin
from shared.errors import NotKnown
from shared.identity import identify

_FORBIDDEN = 403
_SOFT_LINE_END = re.compile(rb"=\r?\n")  # of quoted-printable: it may stand within a token


class Recorded(NamedTuple):
    """What a bounce said of which notification, and whether it was new."""

    notification_id: str
    outcome: Kind
    status: str
    reason: str
    new: bool


async def record_bounce(
    engine: AsyncEngine,
    raw: bytes,
    recipient: str,
    caller: Caller,
    return_paths: ReturnPaths,
    schedule: Sequence[float],
    now: datetime,
) -> Recorded:
    """Record a mail that came to the address for bounces, `recipient` as the mail server has it.

    Raises Rejected where it is no delivery status notification, Refused where it is of no message
    that this deployment signed, NotKnown where that message is not known any more.
    """
    key, bounce = await asyncio.to_thread(_read_ours, raw, recipient, return_paths)
    said = bounce.outcome
    async with begin(engine) as tx:
        reported = await find_reported(tx, key)
        if reported is None:
            raise NotKnown(f"there is no notification {key}")
        if not caller.speaks_for(reported.buyer):
            raise Refused(_FORBIDDEN, "the token speaks for other buyers")
        # Locked before it is referred to, which locks it as well.
        heard = await lock_heard(tx, key, said)
        bounce_id = identify("bounce", key, bounce.digest)
        new = await keep_bounce(tx, bounce_id, key, said.kind, bounce.status, now)
        if new:
            await hear_report(tx, heard, said, schedule, now, now)
    return Recorded(key, said.kind, bounce.status, said.detail, new)


def _read_ours(raw: bytes, recipient: str, return_paths: ReturnPaths) -> tuple[str, Bounce]:
    """The message that a bounce names, and the bounce.

    Mail is parsed only where a token of ours stands in it: anybody may send some, and parsing is
    what makes it dear.
    """
    check_size(raw)
    whole = _SOFT_LINE_END.sub(b"", raw).decode("latin-1")
    _named(f"{recipient}\n{whole}", return_paths)
    bounce = read_bounce(raw, recipient)
    return _named(bounce.named, return_paths), bounce


def _named(text: str, return_paths: ReturnPaths) -> str:
    key = return_paths.find(text)
    if key is not None:
        return key
    raise Refused(
        _FORBIDDEN,
        "the message that it names was signed by somebody else, or changed"
        if return_paths.looks_signed(text)
        else "it names no message of ours",
    )
