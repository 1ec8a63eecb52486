"""Describe organisations of the registers: every property that data extension and previews give."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.classification import measure
from services.classify.definitions.definition import Definitions
from services.classify.definitions.flag import flags
from services.classify.definitions.membership import count
from services.classify.matching.bodies import bodies
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.organisation import Organisation
from services.classify.queries.organisations import names_of
from services.classify.queries.registers import look_up
from shared.database import raw_connection

Value = str | int | date
Values = dict[str, list[Value]]
_CHARITY_SCHEMES = {"GB-CHC-", "GB-SC-", "GB-NIC-"}


async def describe_organisations(
    engine: AsyncEngine, definitions: Definitions, org_ids: Sequence[str], today: date
) -> dict[str, tuple[Organisation, Values]]:
    """Those that are known, by org-id, with the values of every property."""
    async with engine.connect() as connection:
        driver = await raw_connection(connection)
        known = await look_up(driver, [], org_ids)
        names = await names_of(driver, org_ids)
    return {
        org_id: (
            known.by_id[org_id],
            _values(known.by_id[org_id], names.get(org_id, []), known, definitions, today),
        )
        for org_id in org_ids
        if org_id in known.by_id
    }


def _values(
    organisation: Organisation,
    names: Sequence[str],
    known: Known,
    definitions: Definitions,
    today: date,
) -> Values:
    org_id = organisation.org_id or ""
    scheme = next((each for each in _CHARITY_SCHEMES if org_id.startswith(each)), None)
    itself = Match(
        "auto", "published-identifier", (), organisation, tuple(bodies([organisation], known))
    )
    measured = measure(organisation, definitions.measures)
    counted = count(itself, definitions, known).memberships
    values: dict[str, Sequence[Value | None]] = {
        "postcode": [organisation.postcode],
        "charity_number": [org_id.removeprefix(scheme) if scheme else None],
        "company_number": [organisation.company_number],
        "name": [organisation.name],
        "other_names": [name for name in names if name != organisation.name],
        "legal_form": [organisation.legal_form],
        "register": [organisation.register],
        "registered_on": [organisation.registered_on],
        "removed_on": [organisation.removed_on],
        "income": [measured.income],
        "income_band": [measured.income_band],
        "size": [measured.size],
        "place": [measured.place],
        "places": measured.places,
        "reach": [measured.reach],
        "areas": organisation.areas,
        "codes": organisation.codes,
        "flags": [flag.flag for flag in flags(itself, definitions)],
        "definitions": [
            each.definition
            for each in counted
            if (each.since or date.min) <= today <= (each.until or date.max)
        ],
    }
    return {name: [each for each in given if each is not None] for name, given in values.items()}
