"""Rows that the database copies out, by column."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.api.withheld.personal import may_be_person, may_be_persons
from shared.lists import copied_rows
from shared.lists.copied_rows import copy_rows, stop_copying
from shared.lists.pounds import pounds_of
from shared.lists.read_ahead import ReadAhead
from shared.money import MAX_PENCE, format_pounds
from tests.conftest import MakeEngine

_STATEMENT = text("""
    select n, payee, date '2024-02-29' as day, n > 1 as later,
        timestamptz '2024-05-07 15:30:00.50+01' as recorded_at, n / 4.0::float8 as share
    from unnest(cast(:payees as text[])) with ordinality as row (payee, n) where n >= :first
""")
PAYEES = [
    None,
    "",
    'a "quoted", and\nbroken\r\nname',
    "N\\A",
    "\\.",
    "Caf\N{LATIN SMALL LETTER E WITH ACUTE}",
    "'$1",
]


async def test_rows_come_by_column_as_they_are(
    engine_for: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_BYTES_AT_ONCE", 1)
    engine = await engine_for("api")
    async with engine.connect() as connection:
        await connection.execute(text("set local datestyle = 'German'"))
        asked = {"payees": PAYEES, "first": 1}
        rows = [
            row
            async for some in copy_rows(connection, _STATEMENT, asked)
            for row in some.to_pylist()
        ]
        assert [row["payee"] for row in rows] == PAYEES, "null is not empty text"
        assert rows[2] == {
            "n": 3,
            "payee": PAYEES[2],
            "day": date(2024, 2, 29),
            "later": True,
            "recorded_at": "2024-05-07T14:30:00.500000+00:00",
            "share": 0.75,
        }
        none = [some async for some in copy_rows(connection, _STATEMENT, asked | {"first": 99})]
        assert none == []
        await anext(copy_rows(connection, _STATEMENT, asked))
        await stop_copying(connection)
        await connection.rollback()
        assert await connection.scalar(text("select 1")) == 1, "the connection is of use again"
        with pytest.raises(asyncpg.DivisionByZeroError):
            [some async for some in copy_rows(connection, text("select 1 / 0 as n"), {})]


async def test_copying_is_stopped_at_any_moment(
    engine_for: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_PIECES_WAITING", 1_000)  # it never waits for who takes them
    engine = await engine_for("api")
    many = text("select n, repeat('x', 200) as t from generate_series(1, 200000) as n")
    for moment in range(15):
        async with engine.connect() as connection:
            await connection.execute(text("set local work_mem = '8MB'"))  # its transaction begins
            rows = ReadAhead(copy_rows(connection, many, {}))
            await rows.first()
            for _ in range(moment):
                await asyncio.sleep(0)
            await rows.close()
            await stop_copying(connection)
            assert await connection.scalar(text("select 1")) == 1, moment


@given(st.lists(st.integers(-MAX_PENCE, MAX_PENCE)))
def test_pounds_of_a_column_are_written_as_each_is(pence: list[int]) -> None:
    column = pa.chunked_array([pence], pa.int64())
    assert pounds_of(column).to_pylist() == list(map(format_pounds, pence))


def test_who_may_be_a_person_is_told_of_a_column_as_of_each() -> None:
    cases: list[dict[str, Any]] = [
        {"organisation": organisation, "organisation_name": name, "redacted": redacted}
        for organisation in (None, "GB-CHC-1")
        for name in (None, "Example Hospice")
        for redacted in (None, False, True)
    ]
    told = may_be_persons(pa.Table.from_pylist(cases)).to_pylist()
    assert told == [may_be_person(**case) for case in cases]
