"""Personal data: what matches no organisation may be a person (DESIGN 5.8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.classify.queries.reviews import Paid
from shared.access import Caller

# Rules that name a candidate, and its measures, would tell the payee's name.
_WITHHELD: dict[str, Any] = {
    "payee": None,
    "evidence": [],
    "candidates": [],
    "exclusions": [],
    "flags": [],
    "income": None,
    "income_band": None,
    "size": None,
    "place": None,
    "places": [],
    "reach": None,
    "locality_rule": None,
}


def is_withheld(supplier: Mapping[str, Any], caller: Caller, paid: Sequence[Paid]) -> bool:
    """Whether the payee may be a person whose name this caller must not see.

    Only officers of a buyer that pays see it; of one that was never paid, who speaks for all.
    """
    named = supplier["organisation"] is not None or supplier["organisation_name"] is not None
    if named:
        return False
    if not paid:
        return not caller.may_see_personal()
    return not any(caller.may_see_personal(each.buyer) for each in paid)


def withhold(supplier: Mapping[str, Any], caller: Caller, paid: Sequence[Paid]) -> dict[str, Any]:
    """A supplier as this caller may see it: nothing that could tell a person's name."""
    shown = dict(supplier)
    if is_withheld(supplier, caller, paid):
        shown |= _WITHHELD
    return shown
