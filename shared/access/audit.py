"""The audit: every write at a door and every read of personal data; who, when, what, how it ended.

A write's row is in the transaction that makes it. The rows hold identifiers, never what is in the
thing itself. Nothing here is changed once written.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    MetaData,
    Row,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.access.act import COMMAND, CURRENT, Act

WRITE, READ = "write", "read-personal"
_COLUMNS = "at, subject, issuer, act, route, about, outcome"
_VALUES = "clock_timestamp(), :subject, :issuer, :act, :route, :about, :outcome"
_ALONE = text(f"insert into audit ({_COLUMNS}) values ({_VALUES})")  # noqa: S608 - our own names
# A transaction that wrote nothing has no id: it gets no row, so that reading costs one.
_WITH_ITS_WRITE = text(
    f"insert into audit ({_COLUMNS}) select {_VALUES}"
    " where pg_current_xact_id_if_assigned() is not null"
)


def audit_table(metadata: MetaData) -> Table:
    """The service's audit."""
    return Table(
        "audit",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("subject", Text, nullable=False),
        Column("issuer", Text, nullable=False, comment="of the token; empty: there was none"),
        Column("act", Text, nullable=False, comment=f"{WRITE}, or {READ}"),
        Column("route", Text, nullable=False),
        Column("about", Text, nullable=False, comment="identifiers, never names"),
        Column("outcome", Text, nullable=False, comment="committed, or the answer's status"),
        Index("audit_by_at", "at"),
        Index("audit_by_subject", "subject", "at"),
    )


def audit_commits(engine: AsyncEngine) -> None:
    """From now on each transaction that a caller's request commits on `engine` holds its row."""
    if not event.contains(engine.sync_engine, "commit", _keep_with_its_write):
        event.listen(engine.sync_engine, "commit", _keep_with_its_write)


def _keep_with_its_write(connection: Connection) -> None:
    act = CURRENT.get()
    if act is None or act.over or not act.writes or not act.subject:
        return
    if connection.get_execution_options().get("postgresql_readonly"):  # no row can be, or need be
        return
    if act.method == COMMAND and act.committed:  # one row for a verb, with the first that it writes
        return
    kept = connection.execute(_WITH_ITS_WRITE, _values(act, WRITE, "committed"))
    act.committed += kept.rowcount


async def keep_command(engine: AsyncEngine, outcome: str, about: str | None = None) -> None:
    """Keep the row of the verb that is run, which read names or does what no table holds."""
    act = CURRENT.get()
    if act is None:
        raise RuntimeError("no verb of the command line is run here")
    act.over = True
    said = _values(act, READ if act.personal else WRITE, outcome)
    async with engine.begin() as tx:
        await tx.execute(_ALONE, said if about is None else said | {"about": about})


async def keep_act(engine: AsyncEngine, act: Act, outcome: str) -> None:
    """Keep the row of an act that wrote nothing, or that read."""
    async with engine.begin() as tx:
        await tx.execute(_ALONE, _values(act, WRITE if act.writes else READ, outcome))


def _values(act: Act, kind: str, outcome: str) -> dict[str, str]:
    return {
        "subject": act.subject,
        "issuer": act.issuer,
        "act": kind,
        "route": act.route,
        "about": act.about,
        "outcome": outcome,
    }


async def read_audit(
    connection: AsyncConnection,
    *,
    since: datetime | None,
    until: datetime | None,
    subject: str | None,
    about: str | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The newest `limit` rows from `since` on and before `until`, of a subject or about a thing."""
    found = await connection.execute(
        text(
            f"select {_COLUMNS} from audit"  # noqa: S608
            " where (cast(:since as timestamptz) is null or at >= :since)"
            " and (cast(:until as timestamptz) is null or at < :until)"
            " and (cast(:subject as text) is null or subject = :subject)"
            " and (cast(:about as text) is null or about = :about)"
            " order by seq desc limit :limit"
        ),
        {"since": since, "until": until, "subject": subject, "about": about, "limit": limit},
    )
    return found.all()
