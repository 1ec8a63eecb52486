"""Grants of the 360Giving Data Standard 1.1, as JSON, as entries.

https://standard.threesixtygiving.org/en/latest/technical/reference/; its spreadsheets are tables,
whose titles header_words.toml knows.
"""

from collections.abc import Mapping
from typing import Any

from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.raw_terms import make_entry
from services.ingest.agreement_files.row_entries import for_supplier
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.day_form import DayForm
from shared.errors import Rejected

_FORM = DayForm()
_NUMBERS = {"company_number": "companyNumber", "charity_number": "charityNumber"}


def read_grant(grant: Mapping[str, Any]) -> tuple[Entry | Rejected, ...]:
    """One agreement for each recipient of a grant: planned dates, else the actual ones."""
    funder = _first(grant, "fundingOrganization")
    dates = _first(grant, "plannedDates") or _first(grant, "actualDates")
    cells = {
        "reference": grant.get("id"),
        "title": grant.get("title") or grant.get("description"),
        "start": dates.get("startDate"),
        "end": dates.get("endDate"),
        "duration_months": dates.get("duration"),
        "award_date": grant.get("awardDate"),
        "total_value": grant.get("amountAwarded"),
        "currency": grant.get("currency"),
        "programme": _first(grant, "grantProgramme").get("title"),
        "updated": grant.get("dateModified"),
    }
    buyer = BuyerNamed(
        str(funder.get("name") or ""), tuple(filter(None, [as_text(funder.get("id"))]))
    )
    recipients = _all(grant, "recipientOrganization") or _all(grant, "recipientIndividual")
    if not recipients:
        return (Rejected("the grant names no recipient", "recipientOrganization"),)
    return tuple(_read(cells, buyer, recipient, len(recipients)) for recipient in recipients)


def _read(
    cells: Mapping[str, Any], buyer: BuyerNamed, recipient: Mapping[str, Any], count: int
) -> Entry | Rejected:
    own = for_supplier(cells, str(recipient.get("name") or ""), count)
    own |= {field: recipient.get(name) for field, name in _NUMBERS.items()}
    own["provider_id"] = [str(recipient.get("id") or "")]
    try:
        return make_entry(own, "grant", buyer, _FORM)
    except Rejected as error:
        return error.bare()


def _all(grant: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = grant.get(name)
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _first(grant: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(iter(_all(grant, name)), {})
