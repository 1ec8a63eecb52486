"""The tables of ingest together, and those that every service or door has."""

from sqlalchemy import MetaData

from shared.access.audit import audit_table
from shared.door.answers import answers_table
from shared.id_key import id_key_table
from shared.inbox import rejects_table
from shared.outbox import outbox_table

metadata = MetaData()

outbox = outbox_table(metadata)
rejects = rejects_table(metadata)
# One row, made with the schema: ids that a payee's name goes into are made under it. Who has the
# ledger without it can record nothing of it again.
id_key = id_key_table(metadata)
answers = answers_table(metadata)
audit = audit_table(metadata)
