"""The facts that are told."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from services.notify.tables.metadata import ID, INSTANT, metadata

facts = Table(
    "facts",
    metadata,
    Column("event_id", ID, primary_key=True),
    Column("event_type", Text, nullable=False),
    Column("obligation_id", ID, comment="null where it is of a subscription"),
    Column("agreement_id", ID),
    Column("buyer", Text, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="the fact as it was published, JSON"),
    Column("wording", Text, nullable=False, comment="the template that says it"),
    Column("words", LargeBinary, nullable=False, comment="what the template is filled with, JSON"),
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
