"""Agreements and their versions as a caller may see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreement_terms import Terms, by_year, marks
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
    VersionAnswer,
)
from services.api.routes.agreements.notices import show_notices
from services.api.routes.agreements.obligations import show_obligations
from services.api.withheld.own import own_acknowledgements, own_rows
from services.api.withheld.personal import may_be_person
from services.api.withheld.withheld_ids import withheld_id
from shared.access import Caller
from shared.agreement_parts import ExtensionOption
from shared.extension import Offer, options_used
from shared.money import format_pounds

_FREE = ("title", "duration_rationale", "reason")
"""Written freely, as `end_reason` and the descriptions of lines are: each may name any provider of
the agreement, past or to come. The reference stays: it is a number."""
_TERMS = tuple(
    name
    for name in TermsAnswer.model_fields
    if name not in {"supplier_id", "organisation", "marks", "version", "recorded_at"}
)
"""What a version may change of the one before it."""


class _Shown(NamedTuple):
    """The versions of an agreement as they are answered, and as the rules take them.

    `withheld`: some of it was kept back, for the provider of one of them may be a person;
    `persons` are those of whom it was, by supplier.
    """

    versions: list[dict[str, Any]]
    terms: list[Terms]
    withheld: bool
    persons: frozenset[str]


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
    lines = await read_lines(connection, [_key(each) for each in told])
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
        known = _show_versions(row, histories[key], lines, members, officer=officer)
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
                "notices": show_notices(notices[key]),
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


def _show_versions(
    agreement: Row,
    history: Sequence[Row],
    lines: Mapping[tuple[str, int], Sequence[Row]],
    members: Mapping[str, Row],
    *,
    officer: bool,
) -> _Shown:
    """Every version by the day from which it holds."""
    options = [_options(row) for row in history]
    offers = [
        Offer(max(row["effective_on"], row["start"]), row["end"], each, tuple(row["changes"]))
        for row, each in zip(history, options, strict=True)
    ]
    shown: list[dict[str, Any]] = []
    terms: list[Terms] = []
    persons = [not officer and provider_may_be_person(row) for row in history]
    withheld = any(persons)
    for row, own, used in zip(history, options, options_used(offers), strict=True):
        terms.append(_terms(row, lines[_key(row)]))
        said = (
            {name: row[name] for name in VersionAnswer.model_fields if name in row}
            | _show_lines(lines[_key(row)], withheld=withheld)
            | {
                "effective_on": None if row["effective_on"] == date.min else row["effective_on"],
                "total_amount": _pounds(row["total_amount_pence"]),
                "in_force": row["version"] == agreement["version"],
                "extension_options": [
                    option.model_dump(mode="json") | {"used": done}
                    for option, done in zip(own, used, strict=True)
                ],
                "members": [
                    _show_member(each, members, agreement["buyer"], officer=officer)
                    for each in row["members"]
                ],
                "marks": marks(terms[-1], terms[-2] if shown else None),
            }
        )
        shown.append(said | {"changed": _changed(shown[-1], said) if shown else []})
    # Last, so that a change of what is withheld is told as one.
    return _Shown(
        [
            said
            | (dict.fromkeys(_FREE) if withheld else {})
            | (no_provider(said["supplier_id"], agreement["buyer"]) if person else {})
            for said, person in zip(shown, persons, strict=True)
        ],
        terms,
        withheld,
        frozenset(
            row["supplier_id"] for row, person in zip(history, persons, strict=True) if person
        ),
    )


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


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else format_pounds(pence)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in _TERMS if after[name] != before[name]]


def _key(row: Row) -> tuple[str, int]:
    """By which the lines of a version are found."""
    return row["agreement_id"], row["version"]


def _options(row: Row) -> tuple[ExtensionOption, ...]:
    return tuple(
        ExtensionOption.model_validate(each, strict=False) for each in row["extension_options"]
    )


def _terms(row: Row, lines: Sequence[Row]) -> Terms:
    return Terms(
        row["effective_on"],
        row["start"],
        row["end"],
        row["maximum_end"],
        sum(line["annual_amount_pence"] for line in lines),
        row["duration_rationale"] is not None,
    )


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


def _show_member(
    member: Mapping[str, Any], organisations: Mapping[str, Row], buyer: str, *, officer: bool
) -> dict[str, Any]:
    supplier = member["supplier_id"]
    known = organisations.get(supplier)
    withheld = not officer and (known is None or provider_may_be_person(known))
    return {
        "name": None if withheld else member["name"],
        "share_percent": member["share_percent"],
        "supplier_id": withheld_id(supplier, buyer) if withheld else supplier,
        "organisation": known["organisation"] if known and not withheld else None,
    }


def no_provider(supplier_id: str, buyer: str) -> dict[str, str | None]:
    """What stands in the place of a provider that may be a person."""
    return {
        "provider": None,
        "supplier_id": withheld_id(supplier_id, buyer),
        "organisation": None,
    }


def provider_may_be_person(row: Row) -> bool:
    """Whether nothing shows the provider of a version to be an organisation."""
    return may_be_person(
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        redacted=row["redacted"],
    )


def _show_lines(lines: Sequence[Row], *, withheld: bool) -> dict[str, Any]:
    return {
        "annual_amount": format_pounds(sum(line["annual_amount_pence"] for line in lines)),
        "lines": [
            {
                "programme": line["programme"],
                "description": None if withheld else line["description"],
                "annual_amount": format_pounds(line["annual_amount_pence"]),
                "recurrent": line["recurrent"],
            }
            for line in lines
        ],
    }
