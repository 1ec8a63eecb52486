"""Personal data: what matches no organisation may be a person (DESIGN 5.8).

The payee's name is for officers of the buyers that pay. Which organisations of public registers it
may be is shown to whoever reads, once one is likely enough for a person to settle it; not where the
payee itself reads as a person's name, which a namesake among the charities would tell.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.classify.matching.evidence import of_organisations
from services.classify.matching.persons import NAMES_A_PERSON
from services.classify.queries.reviews import Paid
from shared.access import ANYONE, Caller

# Measures may go by the ledger's postcode; a hardly likely candidate would tell a person's name.
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
    if not is_withheld(supplier, caller, paid):
        return dict(supplier)
    shown = {**supplier, **_WITHHELD}
    if supplier["tier"] == "review" and supplier["rule"] != NAMES_A_PERSON:
        shown["evidence"] = of_organisations(supplier["evidence"])
        shown["candidates"] = supplier["candidates"]
    return shown


_ASK = (
    "ask as a buyer that pays: python -m services.api tokens issue --subject NAME --scope "
    "spend:read --scope personal:read --scope review:write --buyer ORG-ID prints the bearer token"
)


def how_to_see(caller: Caller) -> str:
    """What a caller from whom a payee is withheld can do about it."""
    if caller == ANYONE:
        return (
            "At a door without a token key nobody can prove to speak for a buyer. Start the "
            f"services with LOCALPOUND_TOKEN_KEY (32 bytes or more), and {_ASK}"
        )
    return f"The token lacks personal:read, or speaks for no buyer that pays: {_ASK}"
