"""Agreements as a caller may see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreement_terms import Terms, by_year
from services.api.queries.agreements import (
    Row,
    read_acknowledgements,
    read_contacts,
    read_lines,
    read_notices,
    read_obligations,
    read_organisations,
    read_versions,
)
from services.api.routes.agreements.agreement_answer import (
    AgreementAnswer,
    ContactAnswer,
    TermsAnswer,
)
from services.api.routes.agreements.notices import show_notices
from services.api.routes.agreements.obligations import show_obligations
from services.api.routes.agreements.show_versions import show_versions, version_key
from services.api.withheld.own import own_acknowledgements, own_notices, own_rows
from services.api.withheld.withheld_ids import withheld_id
from shared.access import Caller
from shared.money import format_pounds


async def show_agreements(
    connection: AsyncConnection, rows: Sequence[Row], caller: Caller, *, versions: bool = False
) -> list[dict[str, Any]]:
    """Agreements with lines and obligations as this caller may see them, `versions` on request."""
    ids = [row["agreement_id"] for row in rows]
    # To a provider those before it, or after it, are others' terms.
    histories = {
        key: own_rows(caller, each) for key, each in (await read_versions(connection, ids)).items()
    }
    told = [each for history in histories.values() for each in history]
    lines = await read_lines(connection, [version_key(each) for each in told])
    members = await read_organisations(
        connection, [member["supplier_id"] for each in told for member in each["members"]]
    )
    contacts = await read_contacts(connection, ids)
    obligations = await _shown_obligations(connection, ids)
    notices = await read_notices(connection, ids)
    shown = []
    for row in rows:
        key = row["agreement_id"]
        officer = caller.may_see_personal(row["buyer"])
        known = show_versions(row, histories[key], lines, members, officer=officer)
        in_force = next((o for o in histories[key] if o["version"] == row["version"]), None)
        if in_force is None:  # the read model was emptied since, to be built anew
            continue
        said = known.versions[histories[key].index(in_force)]
        one = (
            {name: row[name] for name in AgreementAnswer.model_fields if name in row}
            | {name: said[name] for name in TermsAnswer.model_fields}
            | {
                **({"end_reason": None} if known.withheld else {}),
                "withheld": known.withheld,
                "organisation_name": None
                if in_force["supplier_id"] in known.persons
                else in_force["organisation_name"],
                "by_year": _show_years(known.terms, row["ended_on"]),
                **_show_contacts(contacts.get(key), officer=officer),
                "obligations": _show_recipients(
                    own_acknowledgements(caller, obligations[key]), known.persons, row["buyer"]
                ),
                "notices": own_notices(caller, show_notices(notices[key])),
            }
        )
        shown.append(one | {"versions": known.versions} if versions else one)
    return shown


async def _shown_obligations(
    connection: AsyncConnection, ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """What each agreement brings, as it is answered."""
    obligations = await read_obligations(connection, ids)
    acknowledged = await read_acknowledgements(
        connection, [each["obligation_id"] for own in obligations.values() for each in own]
    )
    return {key: show_obligations(own, acknowledged) for key, own in obligations.items()}


def _show_recipients(
    obligations: Sequence[Mapping[str, Any]], persons: Collection[str], buyer: str
) -> list[dict[str, Any]]:
    """Obligations that name whoever acknowledged them, persons by the id that is shown of them."""
    return [
        {
            **each,
            "acknowledgements": [
                one | {"recipient": withheld_id(one["recipient"], buyer)}
                if one["recipient"] in persons
                else one
                for one in each["acknowledgements"]
            ],
        }
        for each in obligations
    ]


def _show_years(terms: Sequence[Terms], ended_on: date | None) -> list[dict[str, str]] | None:
    years = by_year(terms, ended_on)
    if years is None:
        return None
    return [
        {"financial_year": year, "amount": format_pounds(pence)} for year, pence in years.items()
    ]


def _show_contacts(row: Row | None, *, officer: bool) -> dict[str, Any]:
    if row is None:
        return {"contacts_confirmed_on": None, "contacts": []}
    people = [{name: each[name] for name in ContactAnswer.model_fields} for each in row["contacts"]]
    return {
        "contacts_confirmed_on": row["confirmed_on"],
        "contacts": people if officer else None,
    }
