"""Legal forms that names state of themselves, and whether they fit what a register says."""

from enum import IntEnum

from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    COMMUNITY_INTEREST_COMPANY,
    GUARANTEE_COMPANY,
    PRIVATE_COMPANY,
    SOCIETIES,
    SPORTS_CLUB,
    Organisation,
)


class Agreement(IntEnum):
    """How well two statements of legal form fit each other."""

    CONFLICT = 0
    OPEN = 1
    AGREE = 2


_IS: dict[str, set[str]] = {
    "LIMITED": {CHARITABLE_COMPANY, GUARANTEE_COMPANY, PRIVATE_COMPANY, *SOCIETIES},
    "CIC": {COMMUNITY_INTEREST_COMPANY},
    "CIO": {CHARITABLE_INCORPORATED},
}
"""What the register calls an organisation that may state this of itself."""

_MAY_BE: dict[str, set[str]] = {"LIMITED": {CHARITY, SPORTS_CLUB}, "CIO": {CHARITY}}
"""What the register calls an organisation of which it does not say whether it is incorporated."""


def agreement(stated: str | None, printed: str | None, organisation: Organisation) -> Agreement:
    """Whether a payee that states the form `stated` can be this organisation.

    `printed` is the form within the name that the register prints. OPEN: the register does not say
    whether the organisation is incorporated.
    """
    if stated is None or stated == printed or organisation.legal_form in _IS.get(stated, ()):
        return Agreement.AGREE
    if printed is None and organisation.legal_form in _MAY_BE.get(stated, ()):
        return Agreement.OPEN
    return Agreement.CONFLICT


STATED = ("", "LIMITED", "PLC", "LLP", "CIC", "CIO")
"""None first; their places are their codes."""
