"""Files: each row once, however often, in however many files, wherever it was cut short."""

import asyncio
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from asyncpg.exceptions import LockNotAvailableError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.ingest.imports import import_rows as module
from services.ingest.imports import occurrences, payment_rows
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.imports.tally import Count, Tally
from services.ingest.imports.tell_imports import tell_imports
from services.ingest.queries.imports import imported_for_another, latest_run, lock_latest_run
from shared.database import begin, open_engine
from shared.errors import Conflict, Rejected
from tests.ingest.said import NOW, published_data, rows_of

HEADER = "payment_date,amount,organisational_unit,beneficiary_name"
LEEDS = "GB-LAE-LDS"


def write_csv(folder: Any, lines: Iterable[str], name: str = "spend.csv") -> Path:
    path = Path(folder) / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


async def bring(
    engine: AsyncEngine, path: Path, buyer: str = LEEDS, *, anyway: bool = False
) -> Run:
    # Most of these files look like one another's next edition: they only add.
    return await import_file(
        *(engine, path, buyer, lambda: NOW, lambda *_: None), anyway=anyway, adds=True
    )


def outcome(run: Run) -> tuple[int, int, int, int]:
    tally = run.tally
    below = tally.read - tally.skipped_by_kind.get("header", Count()).rows
    return below, tally.accepted.rows, tally.already_known.rows, tally.rejected.rows


ROWS = [
    "2024-04-30,12.50,Adults,Leeds Mind",
    "30/04/2024,12.50,Adults,Leeds Mind",
    "2024-04-30,£12.5,Adults, Leeds Mind ",
    '2024-05-01,"-1,000.00",,Leeds Women\'s Aid',
]


async def test_who_only_looks_locks_no_run_and_bytes_are_taken_for_one_buyer_at_a_time(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    run = await bring(engine, write_csv(tmp_path, ROWS))
    async with engine.connect() as looking, begin(engine) as tx, begin(engine) as other:
        found = await latest_run(looking, run.file_id)
        assert found is not None
        await other.execute(text("set local lock_timeout = '50ms'"))
        assert await lock_latest_run(other, run.file_id) == found
        assert await imported_for_another(tx, "of nobody yet", LEEDS) is None
        with pytest.raises(LockNotAvailableError):
            await imported_for_another(other, "of nobody yet", "GB-LAE-CLD")


async def test_repeated_rows_stay_and_the_same_file_again_adds_nothing(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ROWS)
    first, again = await bring(engine, path), await bring(engine, path)
    assert (outcome(first), outcome(again)) == ((4, 4, 0, 0), (4, 0, 4, 0))
    assert first.tally.accepted.pence == 3 * 1250 - 100_000
    assert first.tally.accepted == again.tally.already_known
    assert (first.number, again.number, first.file_id) == (1, 2, again.file_id)
    ledger = await rows_of(engine, "select * from payments order by source_id")
    assert [row.source_id for row in ledger] == ["2", "3", "4", "5"]
    assert {row.source for row in ledger} == {f"/files/{first.file_id}"}
    assert len(await published_data(engine, "payments.v1")) == 4


async def test_metrics_tell_imports_that_no_service_made(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ROWS)
    await bring(engine, path)
    await bring(engine, path)
    await tell_imports(engine)
    assert REGISTRY.get_sample_value("localpound_ingest_ledger_imports", {"state": "finished"}) == 2
    assert REGISTRY.get_sample_value("localpound_ingest_ledger_imports", {"state": "failed"}) == 0
    rows = {
        outcome: REGISTRY.get_sample_value("localpound_ingest_ledger_rows", {"outcome": outcome})
        for outcome in ("accepted", "known", "rejected")
    }
    assert rows == {"accepted": 4, "known": 4, "rejected": 0}


async def test_an_overlapping_file_adds_what_is_new_in_it(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, ROWS))
    longer = [*ROWS, ROWS[0], "2024-06-01,7,Adults,Leeds Mind"]
    assert outcome(await bring(engine, write_csv(tmp_path, longer, "june.csv"))) == (6, 2, 4, 0)


async def test_another_buyer_has_payments_of_its_own(engine: AsyncEngine, tmp_path: Path) -> None:
    path = write_csv(tmp_path, ROWS)
    await bring(engine, path)
    with pytest.raises(
        Rejected, match=f"imported for {LEEDS} on 2026-11-23 09:30 UTC as spend.csv"
    ):
        await bring(engine, path, "GB-LAE-CLD")
    assert outcome(await bring(engine, path, "GB-LAE-CLD", anyway=True)) == (4, 4, 0, 0)
    assert outcome(await bring(engine, path, "GB-LAE-CLD")) == (4, 0, 4, 0), "asked once"


async def test_rows_that_cannot_be_used_are_kept_and_counted_by_reason(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path,
        [
            ROWS[0],
            "529.33,10.00,Adults,Leeds Mind",
            "No,20.00,Adults,Leeds Mind",
            ",30.00,Adults,Leeds Mind",
            "2024-04-30,,Adults,Leeds Mind",
            "2024-04-30,1.005,Adults,Leeds Mind",
            "2024-04-30,40.00,Adults,  ",
            "2024-04-30,50.00,Adults,Leeds Mind,too many",
            "1973-01-01,60.00,Adults,Leeds Mind",
            "2024-04-30,70.00,Adults,Leeds \u202edniM",
        ],
    )
    run = await bring(engine, path)
    assert outcome(run) == (10, 1, 0, 9)
    assert dict(run.tally.rejected_by_reason) == {
        "payment_date is not a date such as 2024-04-30 or 30/04/2024": Count(2, 3000, (3, 4)),
        "payment_date is blank": Count(1, 3000, (5,)),
        "amount is blank": Count(1, 0, (6,)),
        "amount is not pounds and pence such as 1234.56": Count(1, 0, (7,)),
        "payee is blank": Count(1, 4000, (8,)),
        "the row has more fields than the header's 4": Count(1, 5000, (9,)),
        "payment_date must be 1990-01-01 or later": Count(1, 6000, (10,)),
        "payee holds a character that ends a line or turns the direction of reading": Count(
            1, 7000, (11,)
        ),
    }
    kept = {row.origin: row for row in await rows_of(engine, "select * from rejects")}
    odd = kept[f"file:{run.file_id}/3"]
    assert (odd.buyer, odd.field) == (LEEDS, "payment_date")
    assert json.loads(odd.content) == {
        "payment_date": "529.33",
        "amount": "10.00",
        "organisational_unit": "Adults",
        "beneficiary_name": "Leeds Mind",
    }
    await bring(engine, path)
    assert len(await rows_of(engine, "select * from rejects")) == 9


async def test_a_column_that_a_payment_knows_is_taken(engine: AsyncEngine, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text(
        "Charity_Number,Payment_Date,amount,organisational_unit,beneficiary_name,programme,VAT\n"
        "1007625,2024-04-30,1.00,Adults,Leeds Mind,Mental health,0.20\n",
    )
    await bring(engine, path)
    [row] = await rows_of(engine, "select * from payments")
    assert (row.charity_number, row.programme, row.place) == ("1007625", "Mental health", "Leeds")


MORE = HEADER + ",purpose,charity_number\n"


async def test_an_edition_that_describes_its_payments_anew_adds_no_pound_and_says_so(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, write_csv(tmp_path, ROWS))
    anew = tmp_path / "anew.csv"
    anew.write_text(
        MORE
        + "2024-04-30,12.50,Adults,Leeds Mind,Counselling,1007625\n"
        + "2024-04-30,12.50,Adults,Leeds Mind,Counselling,\n"
        + "2024-04-30,12.50,Adults,Leeds Mind,,1007625\n"
        + "2024-04-30,12.50,Adults,Leeds Mind,Counselling,\n"
    )
    run = await bring(engine, anew)
    assert outcome(run) == (4, 1, 3, 0)  # the fourth of its kind is new
    assert run.tally.reworded_by_field == {
        "purpose": Count(2, 2500),
        "charity_number": Count(1, 1250),
    }
    [(lines, pence)] = await rows_of(engine, "select count(*), sum(amount_pence) from payments")
    assert (lines, pence) == (5, 4 * 1250 - 100_000)
    again = await bring(engine, write_csv(tmp_path, ROWS, "again.csv"))
    assert outcome(again) == (4, 0, 4, 0)
    assert again.tally.reworded_by_field == {}


async def test_equal_payments_told_apart_by_a_description_may_change_places(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    header = "payment_date,amount,organisational_unit,beneficiary_name,transaction,programme\n"
    lines = [
        f"2024-04-30,1.00,Adults,Leeds Mind,{transaction},{programme}\n"
        for transaction, programme in (("T1", ""), ("T2", ""), ("", "Care"), ("", ""), ("T1", ""))
    ]
    path = tmp_path / "spend.csv"
    path.write_text(header + "".join(lines))
    run = await bring(engine, path)
    assert outcome(run) == (5, 5, 0, 0)
    assert run.tally.repeated == Count(2, 200, (5, 6))  # kept, and flagged
    path.write_text(header + "".join(reversed(lines)))
    assert outcome(await bring(engine, path)) == (5, 0, 5, 0)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=12), min_size=1, max_size=4))
async def test_the_ledger_holds_the_most_of_each_row_that_any_file_holds(
    engine: AsyncEngine, tmp_path: Path, files: list[list[int]]
) -> None:
    before = await rows_of(engine, "select count(*) from payments")
    [(base,)] = await rows_of(engine, "select coalesce(max(amount_pence), 0) from payments")
    most: dict[int, int] = {}
    for rows in files:
        lines = [f"2024-04-30,0.{base + row:02d},Adults,Leeds Mind" for row in rows]
        if base + 4 > 99:
            lines = [f"2024-04-30,{(base + row) / 100:.2f},Adults,Leeds Mind" for row in rows]
        await bring(engine, write_csv(tmp_path, lines))
        for row in rows:
            most[row] = max(most.get(row, 0), rows.count(row))
    after = await rows_of(engine, "select count(*) from payments")
    assert after[0][0] - before[0][0] == sum(most.values())
    assert len(await published_data(engine, "payments.v1")) == after[0][0]


async def test_an_import_cut_short_goes_on_where_it_was(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"2024-04-{1 + n % 3:02d},{n % 7}.00,Adults,Leeds Mind" for n in range(100)]
    path = write_csv(tmp_path, lines)
    monkeypatch.setattr(module, "BATCH_ROWS", 30)

    def cut(done: int, _: Tally) -> None:
        if done == 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_file(engine, path, LEEDS, lambda: NOW, cut)
    as_unit = {"payee": "organisational_unit"}
    begun = r"begun with other columns \(.*payee as beneficiary_name, not organisational_unit"
    with pytest.raises(Conflict, match=begun):
        await import_file(engine, path, LEEDS, lambda: NOW, cut, mapped=as_unit)
    monkeypatch.setattr(module, "BATCH_ROWS", 25)
    run = await bring(engine, path)
    assert (run.number, run.resumed_after, outcome(run)) == (1, 60, (100, 100, 0, 0))
    assert len(await rows_of(engine, "select * from payments")) == 100
    assert outcome(await bring(engine, path)) == (100, 0, 100, 0)


async def test_a_batch_stands_only_together_with_how_far_its_import_came(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> bool:
        raise EOFError

    path = write_csv(tmp_path, ROWS)
    with monkeypatch.context() as killed:
        killed.setattr(module, "advance_run", die)
        with pytest.raises(EOFError):
            await bring(engine, path)
    for table in ("payments", "outbox"):
        assert await rows_of(engine, f"select * from {table}") == []
    run = await bring(engine, path)
    assert (run.number, run.resumed_after, outcome(run)) == (1, 0, (4, 4, 0, 0))
    assert len(await published_data(engine, "payments.v1")) == 4


async def test_two_processes_do_not_import_one_file_at_once(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path, [f"2024-04-30,{n}.00,Adults,Leeds Mind" for n in range(50)])
    monkeypatch.setattr(module, "BATCH_ROWS", 5)
    done = await asyncio.gather(*(bring(engine, path) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(each, Run) for each in done) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 2
    [kept] = await rows_of(engine, "select read, accepted, state from imports")
    assert tuple(kept) == (51, 50, "finished")
    assert len(await published_data(engine, "payments.v1")) == 50


async def test_an_import_that_another_process_moved_on_stops(
    stack: Addresses,
    prefix: str,
    engine: AsyncEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_csv(tmp_path, [f"2024-04-30,{n}.00,Adults,Leeds Mind" for n in range(50)])
    monkeypatch.setattr(module, "BATCH_ROWS", 5)

    async def another() -> None:
        own = open_engine(stack.database, f"{prefix}_ingest")

        def cut(done: int, _: Tally) -> None:
            if done == 20:
                raise EOFError

        try:
            await import_file(own, path, LEEDS, lambda: NOW, cut)
        finally:
            await own.dispose()

    def meanwhile(done: int, _: Tally) -> None:
        if done == 5:
            with ThreadPoolExecutor() as pool, pytest.raises(EOFError):
                pool.submit(asyncio.run, another()).result()

    with pytest.raises(Conflict, match=r"another process is importing spend\.csv"):
        await import_file(engine, path, LEEDS, lambda: NOW, meanwhile)
    [kept] = await rows_of(engine, "select read, accepted, state from imports")
    assert tuple(kept) == (20, 19, "running")


async def test_an_unknown_buyer_or_a_lacking_column_imports_nothing(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    with pytest.raises(Rejected, match="GB-LAE-XXX is not known"):
        await bring(engine, write_csv(tmp_path, ROWS), "GB-LAE-XXX")
    path = tmp_path / "other.csv"
    path.write_text("amount,organisational_unit\n")
    with pytest.raises(Rejected, match=r"other\.csv holds no payments: no column is the"):
        await bring(engine, path)
    assert await rows_of(engine, "select * from imports") == []


@pytest.mark.parametrize(
    ("council", "buyer"), [("calderdale", "GB-LAE-CLD"), ("bradford", "GB-LAE-BRD")]
)
async def test_real_spend_adds_up_to_what_polars_says(
    engine: AsyncEngine, data: Path, tmp_path: Path, council: str, buyer: str
) -> None:
    frame = pl.read_parquet(data / "spend" / "west_yorkshire" / f"{council}.parquet")
    odd = frame.filter(pl.col("amount").is_null()).head(40)
    frame = pl.concat([frame.head(25_000), odd])
    path = tmp_path / f"{council}.parquet"
    frame.write_parquet(path)
    tally = (await bring(engine, path, buyer)).tally

    good = frame.filter(pl.col("amount").is_not_null())
    pence = int((good["amount"] * 100).round().cast(pl.Int64).sum())
    assert (tally.read, tally.accepted) == (frame.height, Count(good.height, pence))
    assert tally.rejected.rows + tally.skipped.rows == odd.height
    assert str(tally.first_date) == good["payment_date"].min()
    assert str(tally.last_date) == good["payment_date"].max()
    ledger = await rows_of(
        engine,
        "select to_char(payment_date, 'YYYY-MM') as month, count(*) as lines, "
        "sum(amount_pence)::bigint as pence from payments group by 1 order by 1",
    )
    expected = (
        good.with_columns(
            pl.col("payment_date").str.slice(0, 7).alias("month"),
            (pl.col("amount") * 100).round().cast(pl.Int64).alias("pence"),
        )
        .group_by("month")
        .agg(pl.len(), pl.col("pence").sum())
        .sort("month")
    )
    assert [tuple(row) for row in ledger] == expected.rows()


async def test_a_quote_that_stays_open_swallows_no_payment(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    lines = [
        '2024-04-30,11.00,U,"ACME',
        "2024-05-01,12.00,U,BETA",
        "2024-05-02,13.00,U,GAMMA",
        '2024-05-03,14.00,U,"DELTA"',
        '2024-05-04,15.00,U,"EPSILON "the" LTD"',
        "2024-05-05,16.00,U,ZETA",
        '2024-05-06,17.00,U,"ETA',
    ]
    run = await bring(engine, write_csv(tmp_path, lines))
    assert outcome(run) == (7, 4, 0, 3)
    assert run.tally.accepted.pence == 1200 + 1300 + 1400 + 1600
    [(reason, count)] = run.tally.rejected_by_reason.items()
    assert reason == (
        "the line can't be read as a row: a quote in it is not closed, or has text after it"
    )
    assert count == Count(3, 1100 + 1500 + 1700, (2, 6, 8))
    kept = {row.origin: row.content for row in await rows_of(engine, "select * from rejects")}
    assert kept[f"file:{run.file_id}/2"] == b'2024-04-30,11.00,U,"ACME\n'


_FIELD = st.sampled_from(["U", '"U"', '"U', 'U"', 'the "U"', '"a, b"', '"', ""])


@settings(
    max_examples=settings().max_examples // 4,  # each is an import
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fields=st.lists(st.tuples(_FIELD, _FIELD), min_size=1, max_size=8))
async def test_whatever_the_quotes_every_line_is_counted_with_its_pounds(
    engine: AsyncEngine, tmp_path: Path, fields: list[tuple[str, str]]
) -> None:
    lines = [f"2024-04-{n:02},{n}.00,{unit},{payee}" for n, (unit, payee) in enumerate(fields, 1)]
    tally = (await bring(engine, write_csv(tmp_path, lines))).tally
    assert tally.read == 1 + len(lines)
    pence = tally.accepted.pence + tally.already_known.pence + tally.rejected.pence
    assert pence == sum(100 * n for n in range(1, len(lines) + 1))


async def test_blank_rows_are_counted_as_such(engine: AsyncEngine, tmp_path: Path) -> None:
    lines = ["", ROWS[0], ",,,", " , ,, ", ",,,Leeds Mind", "", ROWS[0]]
    run = await bring(engine, write_csv(tmp_path, lines))
    assert outcome(run) == (7, 2, 0, 0)
    kinds = {kind: count.rows for kind, count in run.tally.skipped_by_kind.items()}
    assert kinds == {"header": 1, "blank": 4, "note": 1}
    again = await bring(engine, write_csv(tmp_path, lines))
    assert again.tally.skipped_by_kind == run.tally.skipped_by_kind


async def test_more_equal_rows_than_can_be_told_apart_are_rejected_with_their_pounds(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occurrences, "MOST", 3)
    monkeypatch.setattr(payment_rows, "MOST", 3)
    run = await bring(engine, write_csv(tmp_path, [ROWS[0]] * 5))
    assert outcome(run) == (5, 3, 0, 2)
    [(reason, count)] = run.tally.rejected_by_reason.items()
    assert "no more can be told apart" in reason
    assert count == Count(2, 2500, (5, 6))


async def test_parquet_days_out_of_the_calendar_are_rejected_rows(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    days = pl.Series([10_000_000, 19_843], dtype=pl.Int32).cast(pl.Date)
    path = tmp_path / "spend.parquet"
    pl.DataFrame(
        {
            "payment_date": days,
            "amount": [1.5, 2.5],
            "organisational_unit": ["Adults", None],
            "beneficiary_name": ["Leeds Mind", "Leeds Mind"],
        }
    ).write_parquet(path)
    tally = (await bring(engine, path)).tally
    assert (tally.accepted, tally.rejected) == (Count(1, 250), Count(1, 150))
