"""What the ICB's ledger posts in 2024-25: each agreement line by instalments, and others beside."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from deploy.demo.lines import AGREEMENTS, BUYER, PLACE, Agreement, Line
from deploy.demo.names import PAID_BY_THE_ICB, Provider

YEAR = "2024-25"
_FIRST_DAY = date(2024, 4, 1)
_THIRD_QUARTER = range(6, 9)
_PAID_TWICE = (("LDS-VCSE-010", 4), ("LDS-VCSE-024", 1), ("LDS-VCSE-037", 2))
_SEED = 2024


class Posting(NamedTuple):
    """One payment as a finance system posts it: its CloudEvents id and its data."""

    id: str
    data: dict[str, Any]


def icb_payments() -> list[Posting]:
    """A year's payments, in the order of the ledger; the same ones each time.

    Each line's payments come to its yearly amount: what was paid twice is credited back.
    """
    chance = random.Random(_SEED)  # noqa: S311 - it decides on paydays
    posted = [*_to_providers(chance), *_to_others(chance)]
    posted.sort(key=lambda data: data["payment_date"])
    return [
        Posting(f"LDS-{number:05}", data | {"transaction": f"T{number:06}"})
        for number, data in enumerate(posted, 1)
    ]


def _to_providers(chance: random.Random) -> Iterator[dict[str, Any]]:
    for agreement in AGREEMENTS:
        months = range(0, 12, 3) if agreement.kind == "grant" else range(12)
        for line in agreement.lines:
            shares = instalments(line.pounds * 100, len(months))
            for number, (month, pence) in enumerate(zip(months, shares, strict=True)):
                day = payday(month, chance)
                payment = _payment(agreement, line, month, day, pence)
                yield payment
                if (agreement.reference, number) in _PAID_TWICE:
                    yield payment
                    yield payment | {
                        "amount_pence": -pence,
                        "payment_date": (day + timedelta(days=21)).isoformat(),
                        "purpose": f"Credit: {agreement.title} was paid twice",
                    }


def _payment(agreement: Agreement, line: Line, month: int, day: date, pence: int) -> dict[str, Any]:
    return _payee(agreement.provider, month) | {
        "buyer": BUYER,
        "place": PLACE,
        "payment_date": day.isoformat(),
        "amount_pence": pence,
        "programme": line.programme,
        "reference": agreement.reference,
        "purpose": agreement.title,
    }


def _payee(provider: Provider, month: int) -> dict[str, Any]:
    if provider.sometimes is None or month not in _THIRD_QUARTER:
        return {"payee": provider.ledger_name or provider.name.upper()}
    if provider.number_printed:
        return {"payee": provider.sometimes, "charity_number": provider.charity_number}
    return {"payee": provider.sometimes}


def _to_others(chance: random.Random) -> Iterator[dict[str, Any]]:
    for other in PAID_BY_THE_ICB:
        for month, pence in enumerate(instalments(other.pounds * 100, 12)):
            payment = {
                "buyer": BUYER,
                "place": PLACE,
                "payee": other.name,
                "payment_date": payday(month, chance).isoformat(),
                "amount_pence": pence,
            }
            yield payment | ({"programme": other.heading} if other.heading else {})


def instalments(pence: int, count: int) -> list[int]:
    """Equal parts of an amount; the last one takes what does not divide."""
    part = pence // count
    return [part] * (count - 1) + [pence - part * (count - 1)]


def payday(month: int, chance: random.Random) -> date:
    """A weekday after the middle of the month, counted from April 2024 as 0."""
    year, number = divmod(_FIRST_DAY.month - 1 + month, 12)
    day = date(_FIRST_DAY.year + year, number + 1, chance.randrange(15, 25))
    return day - timedelta(days=max(0, day.weekday() - 4))
