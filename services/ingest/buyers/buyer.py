"""Who pays: public bodies, with the dates between which they exist."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from shared.errors import Rejected
from shared.fields import Line, OrgId


class Buyer(NamedTuple):
    """A public body. `place` is None where it serves several; both dates are days that count."""

    org_id: str
    name: str
    kind: str
    place: str | None = None
    since: date | None = None
    until: date | None = None


Buyers = Mapping[str, Buyer]
KINDS = (
    "council",
    "combined authority",
    "integrated care board",
    "clinical commissioning group",
    "NHS trust",
    "NHS England",
    "government department",
    "other public body",
)
"""What a buyer may be; the last is for what none of the others says."""

_ORG_ID: TypeAdapter[str] = TypeAdapter(OrgId)
_LINE: TypeAdapter[str] = TypeAdapter(Line)


def check_buyer(buyer: Buyer) -> Buyer:
    """The buyer as it is kept: text trimmed, a blank Place none.

    Rejected unless its kind is one of KINDS, payments can name it, and can carry its Place: these
    are held to what events are held to, or no reader could read the payments of this buyer.
    """
    if as_org_id(buyer.org_id) is None:
        raise Rejected(
            f"{buyer.org_id!r} is not an org-id such as GB-LAE-LDS (https://org-id.guide)", "org_id"
        )
    if buyer.since is not None and buyer.until is not None and buyer.until < buyer.since:
        raise Rejected("until is before since", "until")
    return buyer._replace(
        name=_line(buyer.name, "name"),
        kind=_kind(buyer.kind),
        place=_line(buyer.place, "place") if buyer.place and buyer.place.strip() else None,
    )


def _kind(text: str) -> str:
    said = " ".join(text.split()).casefold()
    for kind in KINDS:
        if kind.casefold() == said:
            return kind
    raise Rejected(f"{text[:80]!r} is no kind of buyer; known are: {', '.join(KINDS)}", "kind")


def _line(text: str, field: str) -> str:
    try:
        return _LINE.validate_python(text)
    except ValidationError as error:
        raise Rejected(
            f"a buyer's {field} is text of 1 to 200 characters that can be seen, without control "
            "characters",
            field,
        ) from error


def as_org_id(text: object) -> str | None:
    """The same text where it is an org-id, as which an unusable record may name its buyer."""
    try:
        return _ORG_ID.validate_python(text)
    except ValidationError:
        return None


def find_buyer(buyers: Buyers, org_id: str) -> Buyer:
    """The buyer of that name; Rejected says how to make it known."""
    buyer = buyers.get(org_id)
    if buyer is None:
        raise Rejected(
            f"the buyer {org_id} is not known here: correct it (GET /v1/buyers lists those that "
            "are; an NHS body's org-id is GB-NHS- and its ODS code, as GB-NHS-QWO), or have it "
            "added by whoever runs the service, with "
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
