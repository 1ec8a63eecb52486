"""A supplier as a ledger or an agreement first shows it."""

from typing import NamedTuple


class Supplier(NamedTuple):
    """A payee and the identifiers printed beside it; `supplier_id` is a UUID as text."""

    supplier_id: str
    payee: str
    charity_number: str | None = None
    company_number: str | None = None
    postcode: str | None = None
