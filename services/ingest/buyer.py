"""Who pays: public bodies, with the dates between which they exist."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from shared.errors import Rejected
from shared.fields import OrgId


class Buyer(NamedTuple):
    """A public body. `place` is None where it serves several; both dates are days that count."""

    org_id: str
    name: str
    kind: str
    place: str | None = None
    since: date | None = None
    until: date | None = None


Buyers = Mapping[str, Buyer]

_ORG_ID: TypeAdapter[str] = TypeAdapter(OrgId)


def check_buyer(buyer: Buyer) -> None:
    """Rejected unless the buyer is one that payments can name, with dates in order."""
    try:
        _ORG_ID.validate_python(buyer.org_id)
    except ValidationError as error:
        raise Rejected(
            f"{buyer.org_id!r} is not an org-id such as GB-LAE-LDS (https://org-id.guide)", "org_id"
        ) from error
    if not buyer.name.strip() or not buyer.kind.strip():
        raise Rejected("a buyer needs a name and a kind", "name")
    if buyer.since is not None and buyer.until is not None and buyer.until < buyer.since:
        raise Rejected("until is before since", "until")


def find_buyer(buyers: Buyers, org_id: str) -> Buyer:
    """The buyer of that name; Rejected says how to make it known."""
    buyer = buyers.get(org_id)
    if buyer is None:
        raise Rejected(
            f"the buyer {org_id} is not known here: correct it, or have it added with "
            f"`python -m services.ingest buyers add {org_id} --name NAME --kind KIND`",
            "buyer",
        )
    return buyer


def check_exists_on(buyer: Buyer, day: date, field: str) -> None:
    """Rejected unless the buyer existed on that day: bodies merge, begin and end."""
    if buyer.since is not None and day < buyer.since:
        raise Rejected(f"{field} is before {buyer.name} began on {buyer.since}", field)
    if buyer.until is not None and day > buyer.until:
        raise Rejected(f"{field} is after {buyer.name} ended on {buyer.until}", field)
