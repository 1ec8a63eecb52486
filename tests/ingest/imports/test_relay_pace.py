"""An import waits for a relay that works, and for none that does not."""

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports import relay_pace
from services.ingest.imports.relay_pace import RelayPace
from shared.database import begin

FILL = "insert into outbox (topic, records) select 'payments.v1', '' from generate_series(1, 10)"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_pace, "_MOST_WAITING", 5)
    monkeypatch.setattr(relay_pace, "_PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(relay_pace, "_LOOK_SECONDS", 0.02)


async def test_it_waits_while_a_relay_works(engine: AsyncEngine) -> None:
    async with begin(engine) as tx:
        await tx.execute(text(FILL))
    waiting = asyncio.ensure_future(RelayPace(engine).wait())
    for _ in range(5):
        assert not waiting.done()
        async with begin(engine) as tx:
            await tx.execute(text("delete from outbox where seq = (select min(seq) from outbox)"))
        await asyncio.sleep(0.05)
    await asyncio.wait_for(waiting, 5)


async def test_it_goes_on_where_no_relay_works(engine: AsyncEngine) -> None:
    async with begin(engine) as tx:
        await tx.execute(text(FILL))
    pace = RelayPace(engine)
    started = time.monotonic()
    await pace.wait()
    assert time.monotonic() - started >= 0.3
    started = time.monotonic()
    await pace.wait()
    assert time.monotonic() - started < 0.3
