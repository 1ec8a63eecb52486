"""An agreement as the standards are given it: the terms in force, and what they were before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from services.api.exports.exported import Gap
from services.api.exports.publication import redaction
from services.api.exports.whole_amount import whole_pence
from shared.agreement_parts import UNKNOWN_PROGRAMME

Row = Any
"""A row as it is read, by the names of its columns."""
PROVIDER = "provider"
"""The field of a gap that is about the provider's name; each standard has its own name for it."""
_SCHEME = re.compile(r"^([A-Z]{2}-[A-Z0-9]+)-(.+)$")


class OrgId(NamedTuple):
    """An org-id in its parts, `GB-CHC` and `1234567`; it is org-id.guide that lists the schemes."""

    scheme: str
    number: str


def parts_of(org_id: str | None) -> OrgId | None:
    """An org-id in its parts; None for what is none."""
    match = _SCHEME.match(org_id or "")
    return None if match is None else OrgId(match[1], match[2])


class Amendment(NamedTuple):
    """A variation of the terms that has taken effect."""

    version: int
    effective_on: date
    changes: tuple[str, ...]
    reason: str | None


class Paid(NamedTuple):
    """A payment that prints the reference of the agreement."""

    payment_id: str
    payment_date: date
    pence: int
    recorded_at: datetime


@dataclass(frozen=True)
class Agreement:
    """One agreement of a buyer, as it stands on the day of asking.

    `title` is None and `withheld` says why where its provider, now or in another version, may be a
    person. `pence` is what it pays over its whole term, None where nobody can tell exactly.
    `definitions` are those under which the provider counts on the day of award, else the first day.
    """

    agreement_id: str
    reference: str
    kind: str
    title: str | None
    provider: str
    supplier_id: str
    organisation: str | None
    organisation_name: str | None
    withheld: Gap | None
    start: date
    end: date | None
    maximum_end: date | None
    ended_on: date | None
    awarded_on: date | None
    pence: int | None
    programmes: tuple[str, ...]
    definitions: frozenset[str]
    amendments: tuple[Amendment, ...]
    payments: tuple[Paid, ...]
    recorded_at: datetime

    @property
    def last_day(self) -> date | None:
        """The day on which it did end or will; None while no end is known."""
        return min((day for day in (self.end, self.ended_on) if day is not None), default=None)

    @property
    def number(self) -> OrgId | None:
        """The provider's number in a register."""
        return parts_of(self.organisation)


def put_together(
    agreement: Row,
    history: Sequence[Row],
    lines: Mapping[tuple[str, int], Sequence[Row]],
    definitions: Mapping[str, Sequence[tuple[str, date, date]]],
    payments: Sequence[Paid],
    today: date,
) -> Agreement | None:
    """The agreement of its rows; None where the read model was emptied since it was asked.

    Terms from a later day than its end never came into force.

    `history` has its versions by the day from which they hold, `lines` those of each version, and
    `definitions` by supplier the days over which it counts under each.
    """
    last = min(today, agreement["ended_on"] or today)
    held = [each for each in history if each["effective_on"] <= last]
    terms = next((each for each in held if each["version"] == agreement["version"]), None)
    if terms is None:
        return None
    own = lines[agreement["agreement_id"], terms["version"]]
    annual = [
        sum(line["annual_amount_pence"] for line in lines[each["agreement_id"], each["version"]])
        for each in held
    ]
    withheld = next(filter(None, (redaction(each, PROVIDER) for each in history)), None)
    programmes = dict.fromkeys(line["programme"] for line in own)
    decided = terms["awarded_on"] or terms["start"]
    return Agreement(
        agreement["agreement_id"],
        agreement["reference"],
        terms["kind"],
        None if withheld else terms["title"],
        terms["provider"],
        terms["supplier_id"],
        terms["organisation"],
        terms["organisation_name"],
        withheld,
        terms["start"],
        terms["end"],
        terms["maximum_end"],
        agreement["ended_on"],
        terms["awarded_on"],
        whole_pence(terms["total_amount_pence"], annual, terms["start"], terms["end"]),
        tuple(name for name in programmes if name != UNKNOWN_PROGRAMME),
        frozenset(
            name
            for name, since, until in definitions.get(terms["supplier_id"], ())
            if since <= decided <= until
        ),
        tuple(
            Amendment(
                each["version"],
                each["effective_on"],
                tuple(each["changes"]),
                None if withheld else each["reason"],
            )
            for each in held
            if each["effective_on"] != date.min
        ),
        tuple(payments),
        max(each["recorded_at"] for each in held),
    )
