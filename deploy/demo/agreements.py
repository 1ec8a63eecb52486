"""What the sample's buyer says of its agreements: registrations, variations, contacts.

A few agreements say more than a register of contracts does: options to extend, notice terms of each
side, money that does not recur, members under a lead provider, why the term is what it is.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from deploy.demo.lines import AGREEMENTS, BUYER, NOTICE_THIS_WEEK, Agreement, Line
from shared.events import AgreementPosted, AgreementVariationPosted, ContactsPosted

WITH_OPTIONS = "LDS-VCSE-001"
NOT_RECURRENT = "LDS-VCSE-002"
EXTENDED = "LDS-VCSE-012"
MORE_VALUE = "LDS-VCSE-013"
LESS_WORK = "LDS-VCSE-008"
LED = "LDS-VCSE-017"

_A_YEAR = relativedelta(years=1)
_EXTENDED_ON = "2025-04-01"
_VARIED_ON = "2024-04-01"
_NIGHT_LINE_PENCE = 601_270_00
"""With it the year before the sample's comes to 550,000 pounds more, as section 2.2 prints it."""


class AgreementFact(NamedTuple):
    """One event of an agreement: its CloudEvents id and type, and its data."""

    id: str
    type: str
    data: dict[str, Any]


def agreement_facts(today: date) -> list[AgreementFact]:
    """Every event, in the order in which it is sent; one variation is ahead of its registration."""
    return [fact for agreement in AGREEMENTS for fact in _facts_of(agreement, today)]


def _facts_of(agreement: Agreement, today: date) -> Iterator[AgreementFact]:
    terms = _in_full(agreement, today)
    registered = AgreementFact(agreement.reference, AgreementPosted.TYPE, terms)
    if agreement.reference == EXTENDED:
        why = "One of two years to come, as the contract allows"
        yield _varied(terms, _EXTENDED_ON, why, "extension")
        yield registered._replace(data=terms | {"end": _earlier(terms["end"], _A_YEAR)})
    elif agreement.reference == MORE_VALUE:
        yield registered._replace(data=terms | {"lines": _lines_before(agreement, terms)})
        yield _varied(terms, _VARIED_ON, "Net uplift and more sessions", "value")
    elif agreement.reference == LESS_WORK:
        yield registered._replace(data=terms | {"lines": _lines_before(agreement, terms)})
        why = "An NHS trust answers the night line from now on"
        yield _varied(terms, _VARIED_ON, why, "specification", "value")
    else:
        yield registered
    if agreement.reference == NOTICE_THIS_WEEK:
        yield _contacts(agreement, today)


def _in_full(agreement: Agreement, today: date) -> dict[str, Any]:
    """The terms that hold now."""
    terms = agreement.terms(today)
    end = agreement.end(today)
    if agreement.reference == WITH_OPTIONS and end is not None:
        del terms["notice_period"]
        return terms | {
            "maximum_end": (end + relativedelta(years=2, day=31)).isoformat(),
            "extension_options": [
                {"length": "P1Y", "exercise_by": _earlier(end.isoformat(), _A_YEAR)},
                {"length": "P1Y"},
            ],
            "notice_terms": {
                "buyer_period": "P12M",
                "provider_period": "P6M",
                "expires_on": "month-end",
                "deemed_service": [{"channel": "post", "rule": "2WD"}],
                "division": "england-and-wales",
            },
        }
    if agreement.reference == EXTENDED and end is not None:
        first = end - _A_YEAR
        return terms | {
            "maximum_end": (first + relativedelta(years=2, day=31)).isoformat(),
            "extension_options": [{"length": "P1Y"}, {"length": "P1Y"}],
        }
    if agreement.reference == NOT_RECURRENT:
        once = terms["lines"][-1] | {"recurrent": False, "description": "Winter surge, this once"}
        return terms | {
            "lines": [*terms["lines"][:-1], once],
            "duration_rationale": "To the day on which the service is bought with the council",
        }
    if agreement.reference == LED:
        return terms | {
            "route": "lead-provider",
            "members": [
                {"name": "Northbeck Veterans' Wellbeing CIC", "share_percent": "20.00"},
                {"name": "Kestrel Gate Refugee Welcome Group", "share_percent": "7.50"},
            ],
        }
    return terms


def _varied(terms: dict[str, Any], since: str, why: str, *changes: str) -> AgreementFact:
    data = terms | {"effective_on": since, "changes": list(changes), "reason": why}
    return AgreementFact(f"{terms['reference']}/{changes[0]}", AgreementVariationPosted.TYPE, data)


def pence_before(agreement: Agreement, line: Line) -> int:
    """What a line came to in the year before the sample's, at the terms that then held."""
    if agreement.reference == MORE_VALUE:
        return line.pounds * 100 * 9 // 10
    if agreement.reference == LESS_WORK:
        return line.pounds * 100 + _NIGHT_LINE_PENCE
    return line.pounds * 100


def _lines_before(agreement: Agreement, terms: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        said | {"annual_amount_pence": pence_before(agreement, line)}
        for line, said in zip(agreement.lines, terms["lines"], strict=True)
    ]


def _earlier(day: str, by: relativedelta) -> str:
    return (date.fromisoformat(day) - by).isoformat()


def _contacts(agreement: Agreement, today: date) -> AgreementFact:
    """Invented persons, reachable nowhere."""
    people = [
        {
            "party": "provider",
            "role": "Contract manager",
            "name": "Robin Fellgate",
            "channel": "email",
            "address": "contracts@kestrel-gate.example",
        },
        {
            "party": "buyer",
            "role": "Commissioning officer",
            "name": "Sam Millrace",
            "channel": "email",
            "address": "commissioning@icb.example",
        },
    ]
    data = {
        "buyer": BUYER,
        "reference": agreement.reference,
        "confirmed_on": today.replace(day=1).isoformat(),
        "contacts": people,
    }
    return AgreementFact(f"{agreement.reference}/contacts", ContactsPosted.TYPE, data)
