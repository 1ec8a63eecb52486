"""Files of payments that are brought by two doors, and what must come of them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx

HEADER = "payment_date,amount,organisational_unit,beneficiary_name"
BUYERS = ("GB-LAE-LDS", "GB-LAE-BRD")
_BAD_EVERY, _TWICE_EVERY = 997, 500


@dataclass(frozen=True)
class Brought:
    """A file of one month of a buyer: unusable rows and real equal rows are among its rows."""

    buyer: str
    month: str
    rows: int

    @property
    def name(self) -> str:
        """Its name."""
        return f"{self.month}.csv"

    def lines(self) -> list[str]:
        """Every row below its header, a total at the end."""
        rows = [self._row(number) for number in range(self.rows)]
        rows[1::_TWICE_EVERY] = rows[0 : self.rows - 1 : _TWICE_EVERY]
        return [*rows, "Total,1.00,,"]

    def _row(self, number: int) -> str:
        day = 31 if number % _BAD_EVERY == 7 else number % 28 + 1
        return f"{self.month}-{day:02},{1 + number / 100:.2f},Adults,PAYEE {number % 50}"

    def content(self) -> bytes:
        """Its bytes."""
        return "\n".join([HEADER, *self.lines(), ""]).encode()

    def used(self) -> tuple[int, int]:
        """Rows and pence that must count."""
        days = [line.split(",") for line in self.lines()[:-1]]
        usable = [row for row in days if not row[0].endswith("-31")]
        return len(usable), sum(round(float(row[1]) * 100) for row in usable)


def brought(files: int, rows: int) -> list[Brought]:
    """Files of short months, so that the 31st is no day of theirs."""
    months = [f"20{year}-{month:02}" for year in (18, 19, 20) for month in (4, 6, 9, 11)]
    return [Brought(BUYERS[n % 2], months[n // 2], rows - n * 7) for n in range(files)]


async def upload(door: str, file: Brought) -> str:
    """Send a file; the same again until the service has said that it took it."""
    async with httpx.AsyncClient(base_url=door, timeout=30) as client:
        sent = await client.post(
            "/v1/imports",
            data={"buyer": file.buyer},
            files={"file": (file.name, file.content())},
        )
        sent.raise_for_status()
        return str(sent.json()["import_id"])


def put(folder: Path, file: Brought) -> Path:
    """Put a file into the folder of its buyer, whole at once."""
    target = folder / file.buyer / file.name
    target.parent.mkdir(exist_ok=True)
    part = target.with_name(f"{file.name}.part")
    part.write_bytes(file.content())
    return part.rename(target)


def totals(files: list[Brought]) -> Counter[tuple[str, str, str]]:
    """Rows and pence by buyer and month."""
    said: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        rows, pence = file.used()
        said[file.buyer, file.month, "rows"] += rows
        said[file.buyer, file.month, "pence"] += pence
    return said
