"""Payments as a finance system posts them, real where the data are here, generated elsewhere."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import orjson
import polars as pl

COUNCILS = {
    "bradford": "GB-LAE-BRD",
    "calderdale": "GB-LAE-CLD",
    "wakefield": "GB-LAE-WKF",
    "leeds": "GB-LAE-LDS",
}


class Posting(NamedTuple):
    """One record for `finance.payments`: its key is the buyer, its value the payment as JSON."""

    buyer: str
    id: str
    month: str
    pence: int
    value: bytes


def real_postings(data: Path, most: int) -> Iterator[Posting]:
    """The first `most` usable rows of the councils' real payments."""
    left = most
    for council, buyer in COUNCILS.items():
        path = data / "spend" / "west_yorkshire" / f"{council}.parquet"
        frame = (
            pl.scan_parquet(path)
            .select("payment_date", "amount", "organisational_unit", "beneficiary_name")
            .filter(
                pl.col("payment_date").str.contains(r"^\d{4}-\d\d-\d\d$"),
                pl.col("amount").is_not_null(),
                pl.col("beneficiary_name").str.strip_chars().str.len_chars().is_between(1, 200),
            )
            .head(left)
            .collect()
        )
        for number, (day, amount, unit, payee) in enumerate(frame.iter_rows()):
            yield _posting(buyer, str(number), day, round(amount * 100), payee, unit.strip())
        left -= frame.height
        if left <= 0:
            return


def generated_postings(most: int, seed: int = 2024) -> Iterator[Posting]:
    """As many invented payments of two buyers to 15,000 payees, posted day by day over ten years.

    Their ids tell them from those of another seed: an id that says something else is a clash.
    """
    chance = random.Random(seed)
    payees = [f"INVENTED PAYEE {number} LTD" for number in range(15_000)]
    buyers = list(COUNCILS.values())[:2]
    for number in range(most):
        day = date(2013, 4, 1) + timedelta(days=3650 * number // most)
        payee = payees[int(chance.paretovariate(0.6)) % len(payees)]
        pence = chance.randrange(-50_000, 5_000_000)
        buyer = chance.choice(buyers)
        yield _posting(buyer, f"{seed}-{number}", day.isoformat(), pence, payee, "Adult Services")


def postings(data: Path | None, most: int) -> Iterator[Posting]:
    """Real payments where `data` is given, else generated ones."""
    return generated_postings(most) if data is None else real_postings(data, most)


def _posting(buyer: str, number: str, day: str, pence: int, payee: str, unit: str) -> Posting:
    payment: dict[str, str | int] = {
        "buyer": buyer,
        "payee": payee,
        "payment_date": day,
        "amount_pence": pence,
    }
    if unit:
        payment["unit"] = unit
    # Of its own length: orjson's bytes hold a page of memory each, 19 GB for West Yorkshire.
    value = bytes(memoryview(orjson.dumps(payment)))
    return Posting(buyer, number, day[:7], pence, value)
