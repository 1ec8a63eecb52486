"""Names in what is published: those of organisations alone, whoever asks for the file."""

from typing import Any

from services.api.exports.exported import Gap
from services.api.withheld.personal import may_be_person

REDACTED = "REDACTED PERSONAL DATA"
"""What bodies print in the place of a name that may be a person's."""
_BY_THE_LEDGER = "the ledger itself withholds the payee: published as redacted"
_UNSETTLED = (
    "no organisation is known to be this payee, so it may be a person: published as redacted until"
    " a person or a register settles who it is"
)


def redaction(paid: Any, field: str) -> Gap | None:
    """Why the name of a supplier is not published; None where it is.

    `paid` has `redacted`, `organisation` and `organisation_name`, as the supplier is known now.
    """
    if paid["redacted"]:
        return Gap(field, _BY_THE_LEDGER)
    unknown = may_be_person(
        organisation=paid["organisation"],
        organisation_name=paid["organisation_name"],
        redacted=paid["redacted"],
    )
    return Gap(field, _UNSETTLED) if unknown else None
