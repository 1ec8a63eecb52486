"""Agreements and payments of a year, with what a case does not care about filled in."""

from datetime import date
from typing import Any

from services.api.commitments.known import (
    Agreement,
    KnownYear,
    Notice,
    Obligation,
    Spending,
    Version,
)
from services.api.commitments.measured import Measured
from services.api.commitments.measures import judge
from services.api.commitments.promise import read_promises

SINCE, UNTIL = date(2025, 4, 1), date(2026, 3, 31)
PROMISES = {one.number: one for one in read_promises().promises}


def day(text: str) -> date:
    return date.fromisoformat(text)


def version(
    start: str = "2024-04-01",
    end: str | None = "2027-03-31",
    since: str | None = None,
    pence: int = 100_000_00,
    **given: Any,
) -> Version:
    effective_on = date.min if since is None else day(since)
    return Version(effective_on, day(start), day(end) if end else None, pence, **given)


def agreement(*history: Version, number: int = 1, **given: Any) -> Agreement:
    ended_on = given.pop("ended_on", None)
    return Agreement(
        f"id-{number}",
        f"WY-{number}",
        history or (version(),),
        day(ended_on) if ended_on else None,
        **given,
    )


def notice(served: str, last: str, number: int = 1, **given: Any) -> Notice:
    said = {"kind": "termination", "given_by": "buyer"} | given
    return Notice(f"id-{number}", served_on=day(served), last_day=day(last), **said)


def obligation(kind: str, due: str, number: int = 1, **given: Any) -> Obligation:
    said = {"raised": True, "open": True} | given
    return Obligation(f"id-{number}", kind, day(due), **said)


def spending(vcse: int = 50_000, **given: Any) -> Spending:
    said = {
        "pence": 100_000,
        "programmed_pence": 100_000,
        "placed_pence": 100_000,
        "vcse_pence": vcse,
        "vcse_lines": 10,
        "local_pence": vcse,
        "nowhere_pence": 0,
        "small_pence": vcse // 10,
        "unsized_pence": 0,
        "matched_share": 1.0,
    }
    return Spending(**said | given)


def known(*agreements: Agreement, at: str = "2026-03-31", **given: Any) -> KnownYear:
    return KnownYear(SINCE, UNTIL, day(at), agreements=agreements, **given)


def measure(number: str, of: KnownYear) -> Measured:
    return judge(PROMISES[number], of).measured


def status(number: str, of: KnownYear) -> str:
    return measure(number, of).status
