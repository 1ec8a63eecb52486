"""Doubts about the charity beside a body: the foundation of a bank is not the bank."""

from services.classify.matching.claim import Claim, Doubt
from services.classify.matching.names import comparable

_CHARITIES = frozenset(
    (
        *("FOUNDATION", "CHARITABLE", "CHARITY", "BENEVOLENT", "BENEVOLENCE", "GIVING", "GIVE"),
        *("PENSION", "ENDOWMENT", "WELFARE", "FUND"),
    )
)
"""Words that a charity adds to the name of the body that founded it."""
_MERE = {"CHARITY", "COMPANY", "UK"}
"""What a charity adds to the name by which it works itself."""
_OWN = {"HOSPICE", "CARER", "FOUNDATION", "CHARITY"}
"""Words by which the payee says that it is such a body."""
_TRUST = {"TRUST"}
_COMPANIES = {"LIMITED", "PLC"}
"""What a payee states that is the company, and not the trust that bears its name."""
_COMMUNITY = {"COMMUNITY", "TRUST"}
_BODIES = frozenset(
    (
        *("BANK", "CLUB", "FC", "AFC", "RFC", "CFC", "FOOTBALL", "GROUP", "COMPANY", "PLC", "UK"),
        *("INSURANCE", "STORE", "SUPERMARKET", "LLP"),
    )
)
"""Words that the body may have and its charity not."""
_SHORTEST_CUT = 4


def beside_a_body(claim: Claim) -> Doubt | None:
    """All of the payee is in the name, which adds that it is a foundation or fund."""
    added = claim.added
    if claim.same or claim.best.values["initialism"] or added <= _MERE:
        return None
    if not _OWN.isdisjoint(claim.read):
        return None
    telling = added & _CHARITIES
    if comparable(claim.payee).form in _COMPANIES and comparable(claim.name).form is None:
        telling = telling | (added & _TRUST)
    if added >= _COMMUNITY:
        telling = telling | _COMMUNITY
    if not telling or set(claim.read) - set(claim.theirs) - _BODIES:
        return None
    if not claim.read or any(_is_cut(claim.read[-1], word) for word in telling):
        return None
    word = min(telling)
    said = f"The payee is not called {word}: it may be the body that the charity is named after."
    return Doubt("charity-beside", said)


def _is_cut(last: str, word: str) -> bool:
    """Whether the payee's last word is the beginning of this one, cut by the ledger."""
    return len(last) >= _SHORTEST_CUT and word.startswith(last)
