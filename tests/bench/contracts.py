"""`python -m tests.bench.contracts`: published agreements, and what would be told of them.

Each real file into an empty register, then the calendar rehearsed under the plans that are shipped.
"""

import argparse
import asyncio
import gzip
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.stack import stack
from services.ingest.agreement_files.find_agreements import find_agreement_sheets
from services.ingest.agreement_files.import_agreements import buyers_named
from services.ingest.agreement_files.whose import ALL
from services.ingest.agreements.agreement import ENDED, REGISTERED, VARIED, Step, published
from services.ingest.buyers.buyer import Buyer
from services.ingest.dry_run.dry_run_agreements import known_by_name
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.queries.buyers import put_buyer
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.take_id_key import take_id_key
from services.notify.calendars.keep_calendars import keep_shipped_calendars
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.agreement import AgreementFact
from services.notify.planning.plan import load_plans
from services.notify.planning.plan_obligations import plan_obligations
from services.notify.rehearsal.rehearse_calendar import Rehearsed, rehearse_calendar
from services.notify.wording.message import Wordings
from shared.database import begin, driver, migrate, open_engine
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried
from tests.bench.figures import say
from tests.support.data import data_folder

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
FIRST, LAST = date(2026, 12, 1), date(2029, 11, 30)
_EXETER = Buyer("GB-LAE-EXE", "Exeter City Council", "council")
_DEVON = Buyer("GB-LAE-DEV", "Devon County Council", "council")
_AT_ONCE = 500
_FACTS: dict[str, type[AgreementRegistered | AgreementVaried | AgreementEnded]] = {
    REGISTERED: AgreementRegistered,
    VARIED: AgreementVaried,
    ENDED: AgreementEnded,
}
_COLUMNS = (
    "| file | buyer | rows | rows accepted | known | skipped | rejected | agreements | with an end "
    "| of these not over | without | too late at the start | facts in three years |"
)


class Listed(NamedTuple):
    """A file, and whose it is."""

    path: str
    buyer: Buyer | None = None
    order: str | None = None


FILES = (
    Listed("contracts/exeter_contracts_register_2026-04.csv", _EXETER),
    Listed("contracts/cf_notices_2025-11.csv.gz"),
    Listed("contracts/cf_notices_2020-09.csv.gz"),
    Listed("contracts/lancashire_contracts_finder.csv.gz"),
    Listed("contracts/ocds_releases_uk.jsonl.gz"),
    Listed("grants/grants_360g_covid_2020.csv.gz"),
    Listed("grants/grants_devon_cc_2014_2017.csv.gz", _DEVON),
    Listed("grants/grants_devon_cc_2014_2017.csv.gz", _DEVON, "day first"),
)


def main() -> None:
    """Register, rehearse, print a table, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of real data")
    data: Path = parser.parse_args().data
    _print(_COLUMNS)
    _print("|---|---|--:|--:|--:|---|---|--:|--:|--:|--:|--:|---|")
    with stack() as addresses, TemporaryDirectory() as folder:
        for listed in FILES:
            path = _unpacked(data / listed.path, Path(folder))
            _print(asyncio.run(_measure(addresses.database, path, listed)))


def _unpacked(path: Path, folder: Path) -> Path:
    if path.suffix != ".gz":
        return path
    unpacked = folder / path.stem
    unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    return unpacked


async def _measure(database: str, path: Path, listed: Listed) -> str:
    engines = {}
    for service in ("ingest", "notify"):
        engines[service] = open_engine(database, f"bench_contracts_{service}")
        await _drop(engines[service], service)
        await migrate(engines[service], service, f"bench_contracts_{service}")
    await take_id_key(engines["ingest"])
    ingest, notify = engines["ingest"], engines["notify"]
    async with begin(ingest) as tx:
        for buyer in [listed.buyer] if listed.buyer else _named_in(path):
            await put_buyer(tx, buyer)
    say(f"{path.name}: importing")
    run = await import_file(
        *(ingest, path, listed.buyer.org_id if listed.buyer else ALL),
        *(lambda: NOW, lambda *_: None),
        mapped={"order": listed.order} if listed.order else None,
    )
    await adopt_plans(notify, load_plans(), NOW)
    await keep_shipped_calendars(notify, NOW)
    facts = await _facts(ingest)
    for start in range(0, len(facts), _AT_ONCE):
        await plan_obligations(notify, facts[start : start + _AT_ONCE], [], NOW.date(), NOW)
    rehearsed = await rehearse_calendar(notify, Wordings(), FIRST, LAST, NOW, lambda _: None)
    for service, engine in engines.items():
        await _drop(engine, service)
        await engine.dispose()
    return _row(path, listed, run, rehearsed, _not_over(facts))


def _named_in(path: Path) -> list[Buyer]:
    """Every body that the file names, by the name in the file."""
    with open_file(path, Limits()) as opened:
        sheets = find_agreement_sheets(opened.sheets, lambda _: {}) or []
        return list(known_by_name(buyers_named(sheets)).values())


async def _facts(engine: AsyncEngine) -> list[AgreementFact]:
    """The canonical facts as agreements.v1 would carry them."""
    async with begin(engine) as tx:
        connection = await driver(tx)
        rows = await connection.fetch(
            "select agreement_id, version, type, data::text, event_id from agreement_facts "
            "order by agreement_id, version"
        )
    return [_fact(*row) for row in rows]


def _fact(agreement_id: UUID, version: int, kind: str, data: str, event_id: UUID) -> AgreementFact:
    step = Step(str(event_id), kind, orjson.loads(data), published=True)
    return _FACTS[kind].model_validate_json(published(str(agreement_id), version, step, NOW))


def _not_over(facts: Sequence[AgreementFact]) -> int:
    """How many agreements end on the first day of the rehearsal or later, by their last terms."""
    ends = {fact.agreement_id: fact.end for fact in facts if not isinstance(fact, AgreementEnded)}
    return sum(end is not None and end >= FIRST for end in ends.values())


def _row(path: Path, listed: Listed, run: Run, rehearsed: Rehearsed, not_over: int) -> str:
    tally = run.tally
    facts = Counter(told.what for told in rehearsed.told if not told.recipient)
    cells = (
        path.name + (f" (--map order={listed.order!r})" if listed.order else ""),
        listed.buyer.org_id if listed.buyer else ALL,
        f"{tally.read:,}" if run.state == "finished" else run.state,
        f"{tally.accepted.rows:,}",
        f"{tally.already_known.rows:,}",
        _counts({kind: count.rows for kind, count in tally.skipped_by_kind.items()}),
        _counts({reason: count.rows for reason, count in tally.rejected_by_reason.items()}),
        f"{rehearsed.agreements:,}",
        f"{rehearsed.dated:,}",
        f"{not_over:,}",
        f"{rehearsed.undated:,}",
        f"{rehearsed.too_late:,}",
        _counts(facts),
    )
    return f"| {' | '.join(cells)} |"


def _counts(counts: dict[str, int] | Counter[str]) -> str:
    return "; ".join(f"{name} {number:,}" for name, number in _largest_first(counts)) or "-"


def _largest_first(counts: dict[str, int] | Counter[str]) -> Iterator[tuple[str, int]]:
    yield from sorted(counts.items(), key=lambda item: -item[1])


async def _drop(engine: AsyncEngine, service: str) -> None:
    async with begin(engine) as tx:
        connection = await driver(tx)
        await connection.execute(f'drop schema if exists "bench_contracts_{service}" cascade')


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
