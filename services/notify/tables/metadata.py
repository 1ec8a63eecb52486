"""The tables of notify together, and those that every service or door has."""

from sqlalchemy import DateTime, MetaData, Uuid

from shared.access.audit import audit_table
from shared.door.answers import answers_table
from shared.inbox import rejects_table
from shared.outbox import outbox_table

metadata = MetaData()

ID = Uuid(as_uuid=False)
INSTANT = DateTime(timezone=True)

outbox = outbox_table(metadata)
rejects = rejects_table(metadata)
answers = answers_table(metadata)
audit = audit_table(metadata)
