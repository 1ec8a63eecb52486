"""`python -m tests.bench.registers`: how fast whole registers load, and in how much memory.

Files of the published form and size are generated: 5.5 million companies, the full extract of
390,000 charities. They are loaded twice: as the first edition and in the place of one in force.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.classify.queries.companies import find_companies
from shared.database import migrate, open_engine, raw_connection
from tests.bench.figures import figure, percentile, say
from tests.classify.company_data import COLUMNS, company

_SCHEMA = "bench_registers"
_AT = "2026-11-01T00:00:00"
_LOOKED_UP = 2000
_CATEGORIES = {
    "Private Limited Company": 930,
    "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)": 25,
    "PRI/LBG/NSC (Private, Limited by guarantee, no share capital, use of 'Limited' exemption)": 9,
    "Community Interest Company": 6,
    "Charitable Incorporated Organisation": 7,
    "Limited Liability Partnership": 10,
    "Public Limited Company": 2,
    "Registered Society": 1,
    "Limited Partnership": 10,
}


def main() -> None:
    """Generate, load, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=5_500_000)
    parser.add_argument("--charities", type=int, default=390_000)
    arguments = parser.parse_args()
    with stack() as addresses, tempfile.TemporaryDirectory() as folder:
        asyncio.run(_fresh_schema(addresses))
        if arguments.companies:
            path = Path(folder) / "BasicCompanyDataAsOneFile-2026-11-01.zip"
            say(f"writing {arguments.companies:,} companies")
            _write(path, f"{path.stem}.csv", _companies(arguments.companies))
            _measure(addresses, path, "companies", arguments.companies)
            asyncio.run(_look_up(addresses))
        if arguments.charities:
            say(f"writing {arguments.charities:,} charities")
            path = _write_extract(Path(folder), arguments.charities)
            _measure(addresses, path, "charity-commission-extract", arguments.charities)
        asyncio.run(_fresh_schema(addresses, ended=True))


async def _fresh_schema(addresses: Addresses, *, ended: bool = False) -> None:
    engine = open_engine(addresses.database, _SCHEMA)
    async with engine.begin() as tx:
        await tx.execute(text(f"drop schema if exists {_SCHEMA} cascade"))
    if not ended:
        await migrate(engine, "classify", _SCHEMA)
    await engine.dispose()


def _measure(addresses: Addresses, path: Path, source: str, rows: int) -> None:
    for edition in ("first", "second"):
        started = time.perf_counter()
        loading = subprocess.Popen(
            [sys.executable, "-m", "services.classify", "registers", "load", str(path)],
            env={
                "LOCALPOUND_KAFKA": addresses.kafka,
                "LOCALPOUND_CLASSIFY_DATABASE": addresses.database,
                "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": _SCHEMA,
            },
            stdout=sys.stderr,
        )
        _, status, usage = os.wait4(loading.pid, 0)
        if status:
            raise RuntimeError(f"{path.name} was not loaded")
        seconds = time.perf_counter() - started
        settings = {"register": source, "rows": rows, "edition": edition}
        figure("register_load_seconds", seconds, "s", **settings)
        figure("register_load_cpu_seconds", usage.ru_utime + usage.ru_stime, "s", **settings)
        figure("register_load_rows_per_second", rows / seconds, "1/s", **settings)
        # Linux tells kilobytes, macOS bytes.
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        figure("register_load_peak_mb", peak / 2**20, "MB", **settings)


async def _look_up(addresses: Addresses) -> None:
    engine: AsyncEngine = open_engine(addresses.database, _SCHEMA)
    async with engine.connect() as connection:
        raw = await raw_connection(connection)
        known = await raw.fetch("select number, words from companies tablesample system (0.5)")
        batches = [known[at : at + _LOOKED_UP] for at in range(0, len(known), _LOOKED_UP)][:20]
        seconds = []
        for batch in batches:
            started = time.perf_counter()
            found = await find_companies(
                raw, [row["words"] for row in batch], [f"GB-COH-{row['number']}" for row in batch]
            )
            seconds.append(time.perf_counter() - started)
            if not found:
                raise RuntimeError("companies that are in the table were not found")
    await engine.dispose()
    figure("companies_looked_up_p50_ms", percentile(seconds, 0.5) * 1000, "ms", names=_LOOKED_UP)


def _write(path: Path, member: str, lines: Iterable[str]) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w", force_zip64=True) as file,
    ):
        for line in lines:
            file.write(line.encode())


def _words(chance: random.Random) -> list[str]:
    starts = ("THORN", "HARROW", "BECK", "LANTERN", "OAK", "RIVER", "NORTH", "ELM", "SILVER", "ASH")
    ends = ("FELL", "ROW", "SIDE", "WORKS", "CARE", "LINE", "FORD", "GATE", "LEIGH", "HURST")
    middles = [f"{a}{b}" for a in "BCDFGLMNPRST" for b in ("AN", "EL", "IR", "OT", "UM")]
    words = [s + m + e for s in starts for m in middles for e in ends]
    chance.shuffle(words)
    return words


def _companies(count: int) -> Iterator[str]:
    """Lines of the published form; one company in twelve has a former name."""
    chance = random.Random(20261101)
    words = _words(chance)
    cells = ",".join(f'"%({column})s"' for column in COLUMNS) + "\r\n"
    blank = dict.fromkeys(COLUMNS, "")
    yield ",".join(COLUMNS) + "\r\n"
    categories = chance.choices(list(_CATEGORIES), list(_CATEGORIES.values()), k=10_000)
    for n in range(count):
        name = f"{words[n % 5987]} {words[(n * 7) % 5981]} {words[n // 5987 % 5953]}"
        row = blank | company(
            f"{n + 1:08d}",
            f"{name} LIMITED",
            CompanyCategory=categories[n % 10_000],
            IncorporationDate=f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1950 + n % 76}",
        )
        if n % 12 == 0:
            row["PreviousName_1.CONDATE"] = "01/04/2020"
            row[" PreviousName_1.CompanyName"] = f"{name} SERVICES LIMITED"
        yield cells % row


def _write_extract(folder: Path, count: int) -> Path:
    """The tables of the extract that are read, as JSON arrays."""
    chance = random.Random(20261101)
    words = _words(chance)
    numbers = range(200_000, 200_000 + count)
    removed = {number for number in numbers if number % 9 > 3}

    def base(number: int) -> dict[str, object]:
        return {
            "date_of_extract": _AT,
            "organisation_number": number,
            "registered_charity_number": number,
            "linked_charity_number": 0,
        }

    def charities() -> Iterator[dict[str, object]]:
        for number in numbers:
            yield base(number) | {
                "charity_name": f"{words[number % 5987]} {words[number % 5981]} TRUST",
                "charity_type": "CIO" if number % 11 == 0 else None,
                "charity_registration_status": "Removed" if number in removed else "Registered",
                "date_of_registration": "1996-03-06T00:00:00",
                "date_of_removal": "2018-11-06T00:00:00" if number in removed else None,
                "latest_income": number % 97 * 1000.0,
                **{f"charity_contact_address{n}": f"{n} ROW" for n in range(1, 6)},
                "charity_contact_postcode": "LS1 4AB",
                "charity_company_registration_number": None,
                "charity_activities": "TO RELIEVE NEED IN BECK AND AROUND IT. " * 8,
            }

    def spread(each: int, *told: dict[str, object]) -> Iterator[dict[str, object]]:
        for number in numbers:
            for n in range(each):
                yield base(number) | told[(number + n) % len(told)]

    names: list[dict[str, object]] = [
        {"charity_name_type": "Working name", "charity_name": f"{word} FUND"} for word in words
    ]
    areas: list[dict[str, object]] = [
        {"geographic_area_description": word.title()} for word in words[:400]
    ]
    classes: list[dict[str, object]] = [
        {"classification_code": code, "classification_description": words[code]}
        for code in range(101, 118)
    ]
    events = (
        base(number)
        | {
            "event_type": "Removed",
            "date_of_event": "2018-11-06T00:00:00",
            "reason": "Ceased to exist",
            "assoc_registered_charity_number": None,
        }
        for number in sorted(removed)
    )
    tables: dict[str, Iterable[dict[str, object]]] = {
        "charity": charities(),
        "charity_other_names": spread(1, *names),
        "charity_area_of_operation": spread(3, *areas),
        "charity_classification": spread(6, *classes),
        "charity_event_history": events,
    }
    for table, rows in tables.items():
        path = folder / f"publicextract.{table}.zip"
        lines = (("[" if n == 0 else ",\r\n") + json.dumps(row) for n, row in enumerate(rows))
        _write(path, f"publicextract.{table}.json", chain(lines, ["]"]))
    return folder / "publicextract.charity.zip"


if __name__ == "__main__":
    main()
