"""Whom the parties of an agreement name to be told."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, text

from services.notify.tables.metadata import ID, metadata
from services.notify.tables.subscriptions import subscriptions

# Which list of an agreement's contacts is in force; who is on it stands in `contacts`.
contact_lists = Table(
    "contact_lists",
    metadata,
    Column("agreement_id", ID, primary_key=True),
    Column("confirmed_on", Date, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# A contact with a mailbox is a subscription to one agreement. Names are not kept, and the mailbox
# of one who is named no more is erased.
contacts = Table(
    "contacts",
    metadata,
    Column("subscription_id", ID, ForeignKey(subscriptions.c.subscription_id), primary_key=True),
    Column("agreement_id", ID, nullable=False),
    Column("party", Text, nullable=False, comment="buyer or provider"),
    Column("position", Integer, comment="in the order of the list; null: named no more"),
    Index("contacts_by_agreement", "agreement_id"),
    Index("contacts_named_no_more", "subscription_id", postgresql_where=text("position is null")),
)
