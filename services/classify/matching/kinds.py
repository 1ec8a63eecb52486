"""Kinds of organisations, as far as they compete for a payee."""

from enum import IntEnum

from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    COLLEGE,
    COMMUNITY_INTEREST_COMPANY,
    GUARANTEE_COMPANY,
    PRIVATE_COMPANY,
    REGISTERED_SOCIETY,
    ROYAL_CHARTER,
    SCHOOL,
    SPORTS_CLUB,
    UNIVERSITY,
    Organisation,
)


class Kind(IntEnum):
    """What an organisation is, in the matter of who else a payee could be."""

    CHARITY = 0
    COMMUNITY_INTEREST = 1
    SOCIETY = 2
    SPORTS_CLUB = 3
    GUARANTEE = 4
    COMPANY = 5
    TEACHING = 6
    PUBLIC = 7


_KINDS = {
    COMMUNITY_INTEREST_COMPANY: Kind.COMMUNITY_INTEREST,
    REGISTERED_SOCIETY: Kind.SOCIETY,
    SPORTS_CLUB: Kind.SPORTS_CLUB,
    GUARANTEE_COMPANY: Kind.GUARANTEE,
    ROYAL_CHARTER: Kind.GUARANTEE,
    **dict.fromkeys(("community benefit society", "co-operative society"), Kind.SOCIETY),
    PRIVATE_COMPANY: Kind.COMPANY,
    **dict.fromkeys(
        ("public limited company", "limited liability partnership", "other company or partnership"),
        Kind.COMPANY,
    ),
    **dict.fromkeys((SCHOOL, COLLEGE, UNIVERSITY), Kind.TEACHING),
}
_CHARITY_FORMS = {CHARITY, CHARITABLE_COMPANY, CHARITABLE_INCORPORATED}
_CHARITY_REGISTERS = {
    "charity-commission",
    "scottish-charity-regulator",
    "charity-commission-northern-ireland",
}
VCSE = (Kind.CHARITY, Kind.COMMUNITY_INTEREST, Kind.SOCIETY, Kind.SPORTS_CLUB)


def kind_of(organisation: Organisation) -> Kind:
    """The kind of an organisation; what is neither a charity nor a company is a public body."""
    if organisation.register in _CHARITY_REGISTERS or organisation.legal_form in _CHARITY_FORMS:
        return Kind.CHARITY
    return _KINDS.get(organisation.legal_form, Kind.PUBLIC)
