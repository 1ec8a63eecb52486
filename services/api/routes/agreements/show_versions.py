"""The versions of an agreement as a caller may see them, and where its providers may be persons."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.api.agreements.agreement_terms import Terms, marks
from services.api.queries.agreements import Row
from services.api.routes.agreements.agreement_answer import TermsAnswer, VersionAnswer
from services.api.withheld.personal import may_be_person
from services.api.withheld.withheld_ids import withheld_id
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


class ShownVersions(NamedTuple):
    """The versions of an agreement as they are answered, and as the rules take them.

    `withheld`: some of it was kept back, for the provider of one of them may be a person;
    `persons` are those of whom it was, by supplier.
    """

    versions: list[dict[str, Any]]
    terms: list[Terms]
    withheld: bool
    persons: frozenset[str]


def show_versions(
    agreement: Row,
    history: Sequence[Row],
    lines: Mapping[tuple[str, int], Sequence[Row]],
    members: Mapping[str, Row],
    *,
    officer: bool,
) -> ShownVersions:
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
        terms.append(_terms(row, lines[version_key(row)]))
        said = (
            {name: row[name] for name in VersionAnswer.model_fields if name in row}
            | _show_lines(lines[version_key(row)], withheld=withheld)
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
    return ShownVersions(
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


def version_key(row: Row) -> tuple[str, int]:
    """By which the lines of a version are found."""
    return row["agreement_id"], row["version"]


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


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in _TERMS if after[name] != before[name]]


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


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else format_pounds(pence)
