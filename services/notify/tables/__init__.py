"""The tables that notify owns."""

from services.notify.tables.after_end import alarms, late_payments, watches
from services.notify.tables.agreements import agreements, notices, obligations, terms
from services.notify.tables.calendars import calendars, keys, plans
from services.notify.tables.contacts import contact_lists, contacts
from services.notify.tables.escalations import escalation_steps, escalations
from services.notify.tables.facts import facts
from services.notify.tables.metadata import answers, audit, metadata, outbox, rejects
from services.notify.tables.notifications import (
    acknowledgements,
    bounces,
    deliveries,
    notifications,
)
from services.notify.tables.subscriptions import replays, subscriptions
from services.notify.tables.suppliers import buyers, suppliers

__all__ = [
    "acknowledgements",
    "agreements",
    "alarms",
    "answers",
    "audit",
    "bounces",
    "buyers",
    "calendars",
    "contact_lists",
    "contacts",
    "deliveries",
    "escalation_steps",
    "escalations",
    "facts",
    "keys",
    "late_payments",
    "metadata",
    "notices",
    "notifications",
    "obligations",
    "outbox",
    "plans",
    "rejects",
    "replays",
    "subscriptions",
    "suppliers",
    "terms",
    "watches",
]
