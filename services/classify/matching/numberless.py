"""Organisations that a register prints without a number, found by the name as it is printed."""

from services.classify.matching.known import Known
from services.classify.matching.names import comparable
from services.classify.organisation import Organisation

_LONGEST = 200
"""As much of a name as candidates show."""


def printed_without_number(name: str, legal_form: str | None, known: Known) -> list[Organisation]:
    """One of each form that bears this very name, case aside; of this form where one is given."""
    found: dict[str, Organisation] = {}
    for bearer in known.by_words.get(comparable(name).words, ()):
        organisation = bearer.organisation
        if (
            organisation.org_id is None
            and bearer.name[:_LONGEST].casefold() == name.casefold()
            and legal_form in {None, organisation.legal_form}
        ):
            found.setdefault(organisation.legal_form, organisation)
    return list(found.values())
