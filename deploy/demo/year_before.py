"""What the ICB's ledger posted in 2023-24: the same lines by quarters, but for what changed since.

Between it and the sample's year stand one of each thing that a bridge from year to year explains:
a provider that is new and one that ended, money that moved between programmes, another volume, a
slip of the keyboard that is corrected later, a charity that registers came to know later.
"""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from deploy.demo.agreements import pence_before
from deploy.demo.lines import AGREEMENTS, BUYER, PLACE
from deploy.demo.names import OtherPayee
from deploy.demo.payments import Posting, instalments, payday

YEAR_BEFORE = "2023-24"
NOT_REGISTERED_YET = "Lantern Row Bereavement Support"
NEW_SINCE = "Brackenshaw Harriers and Walkers Club"
ENDED_SINCE = OtherPayee("HARROWFELL RIDING FOR RECOVERY", "Children and young people", 24_000)
_CODED_OTHERWISE = ("LDS-VCSE-002", "Older people", "End of life")
"""A line whose first year was posted to the programme of the agreement's other line."""
_OTHERS = (
    OtherPayee("WHARFHOLME MENTAL HEALTH NHS FOUNDATION TRUST", "Adult mental health", 5_430_000),
    OtherPayee("HARROWFELL GP FEDERATION LTD", "Social prescribing", 612_000),
    OtherPayee("ALDERSYKE CARE HOMES LTD", "Older people", 1_374_000),
    OtherPayee("WHARFHOLME BOROUGH COUNCIL", "Children and young people", 480_000),
    ENDED_SINCE,
)
_SLIP = ("LDS-VCSE-005", 2, 194_500_00)
"""The third quarter of an agreement, posted with two digits changed: £194,500 for £149,500."""
_QUARTERS = range(-12, 0, 3)
_SEED = 2023


class Slip(NamedTuple):
    """A payment that was posted with a wrong amount, and the right one, in pence."""

    id: str
    posted: int
    right: int


class YearBefore(NamedTuple):
    """Its payments as they were posted, and which of them says something wrong."""

    payments: tuple[Posting, ...]
    slip: Slip


def year_before() -> YearBefore:
    """The payments in the order of the ledger; the same ones each time."""
    chance = random.Random(_SEED)  # noqa: S311 - it decides on paydays
    posted = [*_to_providers(chance), *_to_others(chance)]
    posted.sort(key=lambda data: data["payment_date"])
    payments = tuple(
        Posting(f"LDS-23-{number:05}", data | {"transaction": f"T23{number:05}"})
        for number, data in enumerate(posted, 1)
    )
    reference, quarter, pence = _SLIP
    of_agreement = [each for each in payments if each.data.get("reference") == reference]
    wrong, others = of_agreement[quarter], of_agreement[quarter + 1]
    slip = Slip(wrong.id, pence, others.data["amount_pence"])
    return YearBefore(payments, slip)


def _to_providers(chance: random.Random) -> Iterator[dict[str, Any]]:
    for agreement in AGREEMENTS:
        if agreement.provider.name == NEW_SINCE:
            continue
        for line in agreement.lines:
            shares = instalments(pence_before(agreement, line), len(_QUARTERS))
            for quarter, (month, pence) in enumerate(zip(_QUARTERS, shares, strict=True)):
                slipped = (agreement.reference, quarter) == _SLIP[:2]
                yield _payment(
                    agreement.provider.ledger_name or agreement.provider.name.upper(),
                    _SLIP[2] if slipped else pence,
                    payday(month, chance),
                    programme=_coded(agreement.reference, line.programme),
                    reference=agreement.reference,
                    purpose=agreement.title,
                )


def _coded(reference: str, programme: str) -> str:
    *line, otherwise = _CODED_OTHERWISE
    return otherwise if [reference, programme] == line else programme


def _to_others(chance: random.Random) -> Iterator[dict[str, Any]]:
    for other in _OTHERS:
        shares = instalments(other.pounds * 100, len(_QUARTERS))
        for month, pence in zip(_QUARTERS, shares, strict=True):
            yield _payment(other.name, pence, payday(month, chance), programme=other.heading)


def _payment(payee: str, pence: int, day: date, **said: str | None) -> dict[str, Any]:
    return {
        "buyer": BUYER,
        "place": PLACE,
        "payee": payee,
        "payment_date": day.isoformat(),
        "amount_pence": pence,
        **said,
    }
