"""What the ingest service owns: buyers, ledger, register of agreements, imports, answers."""

from services.ingest.tables.agreements import agreement_facts, agreements, listed_agreements
from services.ingest.tables.buyers import buyers, successions
from services.ingest.tables.file_answers import entities, mappings
from services.ingest.tables.files import file_chunks, files
from services.ingest.tables.imports import import_requests, imports
from services.ingest.tables.metadata import answers, audit, id_key, metadata, outbox, rejects
from services.ingest.tables.payments import payment_revisions, payments
from services.ingest.tables.programmes import programme_maps
from services.ingest.tables.reject_corrections import reject_corrections

__all__ = [
    "agreement_facts",
    "agreements",
    "answers",
    "audit",
    "buyers",
    "entities",
    "file_chunks",
    "files",
    "id_key",
    "import_requests",
    "imports",
    "listed_agreements",
    "mappings",
    "metadata",
    "outbox",
    "payment_revisions",
    "payments",
    "programme_maps",
    "reject_corrections",
    "rejects",
    "successions",
]
