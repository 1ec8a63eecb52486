"""Which names and numbers a batch of suppliers asks the registers for."""

from collections.abc import Iterable
from typing import NamedTuple

from services.classify.matching.identifiers import read_charity_number, read_company_number
from services.classify.matching.names import comparable
from services.classify.supplier import Supplier


class Asked(NamedTuple):
    """Comparable words and org-ids, each once."""

    words: list[str]
    org_ids: list[str]


def asked(suppliers: Iterable[Supplier]) -> Asked:
    """What must be looked up to match these suppliers."""
    words: dict[str, None] = {}
    org_ids: dict[str, None] = {}
    for supplier in suppliers:
        words[comparable(supplier.payee).words] = None
        for org_id in (
            read_charity_number(supplier.charity_number or ""),
            read_company_number(supplier.company_number or ""),
        ):
            if org_id:
                org_ids[org_id] = None
    words.pop("", None)
    return Asked(list(words), list(org_ids))
