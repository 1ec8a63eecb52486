"""The tables of the read model together, and what could not be projected into them."""

from sqlalchemy import MetaData

from shared.inbox import rejects_table

metadata = MetaData()

rejects = rejects_table(metadata)
