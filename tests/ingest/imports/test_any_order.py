"""Files that overlap, imported, cut short, given up in any order: what is stated counts."""

import os
import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.take_back import take_back
from services.ingest.imports.tally import Tally
from shared.access import ANYONE
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.said import NOW, rows_of

SEEDS = [int(seed) for seed in os.environ.get("LOCALPOUND_ORDER_SEEDS", "4,5").split(",")]
STEPS = 14
LEEDS = "GB-LAE-LDS"
_STANDING = """
    select p.payee, count(*) as rows from payments p left join lateral (
        select withdrawn from payment_revisions r where r.payment_id = p.payment_id
        order by revision desc limit 1
    ) last on true where not coalesce(last.withdrawn, false) group by 1
"""


_seconds = count()


def clock() -> datetime:
    """A second later each time."""
    return NOW + timedelta(seconds=next(_seconds))


class Brought:
    """A file with rows of few kinds, some of them repeated; `read` are those that it states."""

    def __init__(self, folder: Path, name: str, chance: random.Random) -> None:
        self.payees = [f"PAYEE {chance.randrange(5)}" for _ in range(8)]
        lines = [f"2024-04-30,10.00,Adults,{payee}" for payee in self.payees]
        self.path = write_csv(folder, lines, f"{name}.csv")
        self.read = self.begun = 0
        self.unfinished: str | None = None
        self.is_finished = False

    async def bring(self, engine: AsyncEngine, batches: int) -> None:
        """Import so many batches of it, or all there is; two rows each, the header is one."""
        left = batches

        def told(done: int, _: Tally) -> None:
            nonlocal left
            if done > self.begun:
                self.begun, left = done, left - 1
                self.read = max(self.read, done)
                if left == 0:
                    raise InterruptedError

        try:
            run = await import_file(engine, self.path, LEEDS, clock, told, adds=True)
        except InterruptedError:
            [row] = await rows_of(
                engine,
                "select import_id from imports where name = :name order by run desc limit 1",
                name=self.path.name,
            )
            self.unfinished = str(row.import_id)
        else:
            self.read, self.unfinished, self.is_finished = run.tally.read, None, True
            self.begun = 0

    async def give_up(self, engine: AsyncEngine) -> None:
        """Abandon what is unfinished of it."""
        if self.unfinished is None:
            return
        said = (ANYONE, "Finance officer", "the wrong file", clock())
        await take_back(engine, UUID(self.unfinished), *said)
        self.unfinished, self.begun = None, 0
        self.read = self.read if self.is_finished else 0  # an earlier run states all of it

    def states(self) -> Counter[str]:
        """How often it says each row, of those that were read."""
        return Counter(self.payees[: max(0, self.read - 1)])


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_any_file_states_counts_and_nothing_else(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("services.ingest.imports.import_file.BATCH_ROWS", 2)
    chance = random.Random(seed)
    files = [Brought(tmp_path, name, chance) for name in "abc"]
    for _ in range(STEPS):
        file = chance.choice(files)
        if chance.random() < 0.4:
            await file.give_up(engine)
        else:
            await file.bring(engine, chance.randrange(1, 5))
        stated: Counter[str] = Counter()
        for each in files:
            stated |= each.states()  # the most that any of them says
        standing = {row.payee: row.rows for row in await rows_of(engine, _STANDING)}
        assert standing == dict(stated)
