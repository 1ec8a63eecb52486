"""Who is who in an OCDS release: the buyer, the suppliers, and the numbers that they have."""

from collections.abc import Mapping
from typing import Any

from services.ingest.agreement_files.entry import BuyerNamed

Object = Mapping[str, Any]


def object_in(source: Object, name: str) -> Object:
    """The object of that name, an empty one where there is none."""
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(source: Object, name: str) -> list[Object]:
    """The objects in the array of that name."""
    value = source.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def buyer_of(release: Object) -> BuyerNamed:
    """The buyer, by its own section or by its role among the parties."""
    buyer = object_in(release, "buyer")
    if not buyer:
        buyer = next(
            (
                each
                for each in objects_in(release, "parties")
                if "buyer" in (each.get("roles") or ())
            ),
            {},
        )
    return BuyerNamed(name_of(release, buyer), tuple(org_ids_of(release, buyer)))


def _party(release: Object, reference: Object) -> Object:
    return next(
        (each for each in objects_in(release, "parties") if each.get("id") == reference.get("id")),
        {},
    )


def name_of(release: Object, reference: Object) -> str:
    """The name by which a reference to a party calls it, else its own."""
    return str(reference.get("name") or _party(release, reference).get("name") or "")


def org_ids_of(release: Object, reference: Object) -> list[str]:
    """Every identifier of a party as an org-id, its id among the parties first."""
    party = _party(release, reference)
    found = [str(reference.get("id") or "")]
    for source in (reference, party):
        identifiers = [
            object_in(source, "identifier"),
            *objects_in(source, "additionalIdentifiers"),
        ]
        found += [
            f"{each['scheme']}-{each['id']}"
            for each in identifiers
            if each.get("scheme") and each.get("id")
        ]
    return list(dict.fromkeys(filter(None, found)))
