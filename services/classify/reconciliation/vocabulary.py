"""What the reconciliation service knows of: types of organisation, properties, features."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.definitions.vocabulary import LEGAL_FORMS
from services.classify.organisation import Organisation

ORGANISATION, CHARITY = "organisation", "charity"
_CHARITY_REGISTERS = {
    *("charity-commission", "scottish-charity-regulator"),
    "charity-commission-northern-ireland",
}


class Term(NamedTuple):
    """A type, property or feature: its id, its name, and what it means."""

    id: str
    name: str
    description: str


def _form_id(legal_form: str) -> str:
    return legal_form.replace(" ", "-")


TYPES: Sequence[Term] = (
    Term(ORGANISATION, "Organisation", "Any organisation with an org-id in a register"),
    Term(CHARITY, "Charity", "Any organisation on a register of charities, or removed from one"),
    *(
        Term(
            _form_id(form),
            form[:1].upper() + form[1:],
            f"An organisation whose legal form is: {form}",
        )
        for form in sorted(LEGAL_FORMS)
    ),
)

POSTCODE, CHARITY_NUMBER, COMPANY_NUMBER = "postcode", "charity_number", "company_number"

ASKED: Sequence[Term] = (
    Term(POSTCODE, "Postcode", "Of the organisation's registered address"),
    Term(CHARITY_NUMBER, "Charity number", "Of any charity register of the United Kingdom"),
    Term(COMPANY_NUMBER, "Company number", "Of Companies House; zeros in front may be missing"),
)
"""Properties that refine a query."""

TOLD: Sequence[Term] = (
    *ASKED,
    Term("name", "Registered name", "As its register prints it"),
    Term("other_names", "Other names", "Working, previous and merged names"),
    Term("legal_form", "Legal form", "As its register has it"),
    Term("register", "Register", "Which register says so"),
    Term("registered_on", "Registered on", "The day of registration"),
    Term("removed_on", "Removed on", "The day of removal"),
    Term("income", "Income", "Latest yearly income on a register, in whole pounds"),
    Term("income_band", "Income band", "Of the Charity Commission's annual return"),
    Term("size", "Size", "By income, as the UK Civil Society Almanac has it"),
    Term("place", "Place", "The Place of the system in which its postcode lies"),
    Term("places", "Places of work", "The Places in which it says that it works"),
    Term("reach", "Reach", "local, regional or national"),
    Term("areas", "Areas of operation", "As its register prints them"),
    Term("codes", "Classification codes", "As its register prints them"),
    Term("flags", "Flags", "Charities of the NHS and of public bodies"),
    Term("definitions", "Counts today as", "Definitions of VCSE under which it counts today"),
)
"""Properties that data extension gives."""

FEATURES: Sequence[Term] = (
    Term("name_exact", "Same name", "One of its names is the query, case and form set aside"),
    Term("name_similarity", "Similar name", "0 to 1: words in common with its nearest name"),
    Term("legal_form", "Legal form", "1 agrees with what the query states, 0.5 open, 0 does not"),
    Term("charity_number", "Charity number", "Whether it bears the charity number asked for"),
    Term("company_number", "Company number", "Whether it bears the company number asked for"),
    Term("postcode", "Postcode", "Whether its postcode is the one asked for"),
    Term("postcode_district", "Postcode district", "Whether its district is the one asked for"),
    Term("removed", "Removed", "Whether it left its register"),
)
"""What a candidate's score goes by; a feature `rule:<name>` names the rule that decided."""

RULE = "rule:"


def types_of(organisation: Organisation) -> list[str]:
    """The ids of all types of an organisation, the narrowest first."""
    charity = [CHARITY] if organisation.register in _CHARITY_REGISTERS else []
    return [_form_id(organisation.legal_form), *charity, ORGANISATION]


_NAMES = {term.id: term.name for term in TYPES}


def show_types(organisation: Organisation) -> list[dict[str, str]]:
    """The types as the protocol prints them."""
    return [{"id": each, "name": _NAMES.get(each, each)} for each in types_of(organisation)]


def begins(terms: Sequence[Term], prefix: str) -> list[Term]:
    """The terms whose id, or a word of whose name, begins with a prefix, whatever its case."""
    looked_for = prefix.strip().casefold()
    return [
        term
        for term in terms
        if term.id.casefold().startswith(looked_for)
        or f" {term.name.casefold()}".find(f" {looked_for}") >= 0
    ]
