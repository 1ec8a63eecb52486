"""Ids of suppliers in facts that tests make up: equal for equal names, as a deployment's are."""

from shared.identity import identify, normalise_payee


def supplier_id(
    payee: str, charity_number: str | None = None, company_number: str | None = None
) -> str:
    """The id of a made-up supplier; ingest's own are under its key."""
    return identify("supplier", normalise_payee(payee), charity_number or "", company_number or "")
