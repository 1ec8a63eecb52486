"""Files and editions, imported, cut short, taken back in any order: what is stated counts."""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.take_back import take_back
from services.ingest.imports.tally import Tally
from shared.access import ANYONE
from shared.errors import Conflict
from tests.ingest.said import NOW, rows_of
from tests.ingest.standing import STANDING

SEEDS = [int(seed) for seed in os.environ.get("LOCALPOUND_ORDER_SEEDS", "4,5").split(",")]
STEPS = 18
LEEDS = "GB-LAE-LDS"
HEADER = "payment_date,amount,organisational_unit,beneficiary_name,payment_reference"
_seconds = count()


def clock() -> datetime:
    """A second later each time."""
    return NOW + timedelta(seconds=next(_seconds))


class Brought:
    """A file of payees, some of them repeated, with their pounds; `read` are those it states."""

    def __init__(self, path: Path, lines: list[tuple[str, int, str]]) -> None:
        self.lines = [(payee, pounds * 100) for payee, pounds, _ in lines]
        said = [f"2024-04-30,{pounds}.00,Adults,{payee},{ref}" for payee, pounds, ref in lines]
        path.write_text("\n".join([HEADER, *said, ""]))
        self.path = path
        self.read = self.begun = 0
        self.unfinished: str | None = None
        self.finished: list[str] = []

    async def bring(self, engine: AsyncEngine, batches: int, **said: Any) -> None:
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
            run = await import_file(engine, self.path, LEEDS, clock, told, **said)
        except InterruptedError:
            [row] = await rows_of(
                engine,
                "select import_id from imports where name = :name order by run desc limit 1",
                name=self.path.name,
            )
            self.unfinished = str(row.import_id)
        else:
            assert run.state == "finished"
            self.read, self.unfinished, self.begun = len(self.lines) + 1, None, 0
            if run.import_id not in self.finished:
                self.finished.append(run.import_id)

    async def take_back(self, engine: AsyncEngine, run: int = -1) -> None:
        """Take back what is unfinished of it, else one of its runs with those after it."""
        import_id = self.unfinished or (self.finished[run] if self.finished else None)
        if import_id is None:
            return
        said = (ANYONE, "Finance officer", "the wrong file", clock())
        await take_back(engine, UUID(import_id), *said)
        if self.unfinished is None:
            del self.finished[run:]
        self.unfinished, self.begun = None, 0
        self.read = self.read if self.finished else 0  # an earlier run states all of it

    def states(self) -> Counter[tuple[str, int]]:
        """How often it says each row, of those that were read."""
        return Counter(self.lines[: max(0, self.read - 1)])


class Series:
    """Editions of one list, each of which replaces the one that stands."""

    def __init__(self, make: Callable[[str, list[tuple[str, int, str]]], Brought]) -> None:
        self._files = [make(f"edition {number}", lines) for number, lines in enumerate(_EDITIONS)]
        self._standing: list[Brought] = []

    async def step(self, engine: AsyncEngine, chance: random.Random, *, blocked: bool) -> None:
        """Bring an edition whole or in part, or take one back; `blocked` by an unfinished file."""
        file = chance.choice(self._files)
        top = self._standing[-1] if self._standing else None
        if chance.random() < 0.5:
            await self._take_back(engine, file)
        elif file in self._standing or top is None:
            await file.bring(engine, chance.randrange(1, 6), adds=True)
            self._standing = self._standing or [file]
        elif blocked or any(each.unfinished for each in self._files if each is not file):
            with pytest.raises(Conflict, match="not finished"):
                await file.bring(engine, 9)
        else:
            await file.bring(engine, chance.randrange(1, 6), replaces=top.finished[0])
            self._standing.append(file)

    async def _take_back(self, engine: AsyncEngine, file: Brought) -> None:
        if file not in self._standing or file is self._standing[-1] or file.unfinished:
            await file.take_back(engine)
            if file in self._standing and not file.finished:
                self._standing.remove(file)
        else:
            with pytest.raises(Conflict, match="take that back first"):
                await file.take_back(engine, run=0)

    def states(self) -> Counter[tuple[str, int]] | None:
        """The lines of the edition that stands; None while it is not imported whole."""
        if not self._standing:
            return Counter()
        top = self._standing[-1]
        return None if top.unfinished and not top.finished else Counter(top.lines)


_EDITIONS = [
    [(f"LISTED {line}", 100 + line + 10 * changed, f"R{line}") for line, changed in edition]
    for edition in (
        [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0)],
        [(1, 0), (2, 1), (3, 0), (4, 2), (6, 0), (7, 0)],
        [(1, 1), (2, 0), (4, 2), (5, 0), (5, 0), (6, 0), (8, 0)],
    )
]


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_any_file_states_counts_and_nothing_else(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("services.ingest.imports.import_rows.BATCH_ROWS", 2)
    chance = random.Random(seed)

    def make(name: str, lines: list[tuple[str, int, str]]) -> Brought:
        return Brought(tmp_path / f"{name}.csv", lines)

    files = [
        make(name, [(f"PAYEE {chance.randrange(5)}", 10, "") for _ in range(8)]) for name in "abc"
    ]
    series = Series(make)
    for _ in range(STEPS):
        file = chance.choice([*files, None])
        if file is None:
            blocked = any(each.unfinished for each in files)
            await series.step(engine, chance, blocked=blocked)
        elif chance.random() < 0.4:
            await file.take_back(engine)
        else:
            await file.bring(engine, chance.randrange(1, 5), adds=True)
        stated: Counter[tuple[str, int]] = Counter()
        for each in files:
            stated |= each.states()  # the most that any of them says
        rows = await rows_of(engine, STANDING)
        standing = Counter((row.who, row.pence) for row in rows)
        listed = Counter({one: standing[one] for one in standing if one[0].startswith("LISTED")})
        assert standing - listed == stated
        assert series.states() in (None, listed)
