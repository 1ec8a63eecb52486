"""What a supplier is to a buyer of one Place: local, regional, national, or not known."""

from collections.abc import Sequence
from typing import Literal

Locality = Literal["local", "regional", "national", "unknown"]
LOCALITIES: tuple[Locality, ...] = ("local", "regional", "national", "unknown")


def locality(
    buyer_place: str, place: str | None, places: Sequence[str], reach: str | None
) -> Locality:
    """Local where its postcode or an area of its work lies in the buyer's Place.

    Regional where either lies in another Place of the system, national where it is only known to
    lie or to work beyond it.
    """
    if buyer_place in {place, *places}:
        return "local"
    if place is not None or places:
        return "regional"
    return "national" if reach == "national" else "unknown"
