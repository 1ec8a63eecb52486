"""Doubts about payees whose words tell another body from the one that was found."""

from services.classify.matching.claim import Claim, Doubt
from services.classify.matching.names import comparable

_BESIDE = frozenset(
    (
        *("PENSION", "SUPERANNUATION", "STAFF", "EMPLOYEE", "NURSERY", "SOLICITOR", "PUBLISHER"),
        *("TAXI", "TAVERN", "CATERING", "RESTAURANT", "GARAGE"),
    )
)
"""Words that tell a body beside a charity from it; likewise a pair of words."""
_PAIRS = (frozenset(("ESTATE", "AGENT")), frozenset(("LETTING", "AGENT")))
_COMPANY = frozenset(("ACTIVITY", "DIRECT", "HOME", "SUPPLY", "SOLUTION", "CONSULTING", "STORE"))
"""Words that tell a company beside a charity from it, where it says LIMITED."""
_NATIONS = (
    (frozenset(("SCOTLAND", "SCOTTISH", "ALBA")), "GB-SC-"),
    (frozenset(("NI", "IRELAND", "IRISH")), "GB-NIC-"),
    (frozenset(("WALES", "CYMRU", "WELSH")), None),
)
"""Words of a nation and the register of its charities; that of Wales is England's as well."""
_GENERIC = frozenset(
    (
        *("VARIOUS", "SUNDRY", "CASH", "HOSPITAL", "HOSPICE", "CHARITY", "CHARITABLE", "TRUST"),
        *("FOUNDATION", "FUND", "SCHOOL", "CHURCH", "CLUB", "SOCIETY", "ASSOCIATION", "COMMUNITY"),
        *("NURSERY", "PRESCHOOL", "PLAYGROUP", "COLLEGE", "VILLAGE", "HALL", "CENTRE", "SERVICE"),
        *("SUPPLIER", "PAYEE", "GROUP", "CARE", "SUPPORT", "MISC", "MISCELLANEOUS"),
    )
)
_TERRITORIES = frozenset(("DIOCESE", "ARCHDIOCESE", "DEANERY", "CIRCUIT", "PRESBYTERY"))
"""Parts of a church, in each of which many charities are; a name says in which one is."""
_TERRITORY_AND_PLACE = 3  # words

_TELLING = 5  # letters: all audited suppliers with as many were the charity
_WELL_KNOWN = 6 / 8  # a million pounds a year, as the feature has it


def another_body(claim: Claim) -> Doubt | None:
    """The payee's words are those of a pension fund, or of a company, beside the charity."""
    left = claim.left
    limited = comparable(claim.payee).form == "LIMITED"
    telling = left & (_BESIDE | _COMPANY if limited else _BESIDE)
    telling = telling.union(*(pair for pair in _PAIRS if pair <= left))
    if not telling:
        return None
    return Doubt("body-beside", f"{min(telling)} tells another body, beside the charity.")


def another_nation(claim: Claim) -> Doubt | None:
    """The payee says of which nation it is, and the organisation is on another's register."""
    ours = set(comparable(claim.payee).words.split())
    theirs = set(comparable(claim.name).words.split())
    for words, register in _NATIONS:
        of_nation = register is not None and (claim.org_id or "").startswith(register)
        if ours & words and not theirs & words and not of_nation:
            return Doubt("another-nation", f"It is not said to be of {min(ours & words)}.")
    return None


def misspelled(claim: Claim) -> Doubt | None:
    """The one word of the payee is a letter away from that of the registered name."""
    printed = "".join(claim.ours)
    if not claim.best.reading.respelled or len(claim.read) > 1:
        return None
    if printed in {claim.read[0], f"{claim.read[0]}AA"}:  # parted, or a character that was lost
        return None
    return Doubt("misspelled", f"{claim.read[0]} is another spelling than the payee's one word.")


def hardly_named(claim: Claim) -> Doubt | None:
    """Four first letters or fewer name none but a large charity, known by them; nor do words that
    any charity may have.
    """
    brief = len("".join(claim.read)) < _TELLING and claim.best.values["income"] < _WELL_KNOWN
    if claim.best.values["initialism"] and brief and not claim.same:
        return Doubt("initialism", "First letters alone do not say that it is a charity.")
    if set(claim.ours) <= _GENERIC:
        return Doubt("generic-name", "Words that any charity may have do not say which it is.")
    whole = claim.same and not claim.best.values["name_within"]
    if not whole and len(claim.ours) <= _TERRITORY_AND_PLACE and _TERRITORIES & set(claim.ours):
        said = "A part of a church is none of the charities that are in it."
        return Doubt("territory", said)
    return None
