"""Read a corrected spreadsheet of rejects, and correct them in batches."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.reading.limits import Limits
from services.ingest.rejects.correct_rejects import MOST_AT_ONCE, Correction, correct_rejects
from services.ingest.rejects.dismiss_rejects import dismiss_rejects
from services.ingest.rejects.open_rejects import Corrected, May
from services.ingest.rejects.reject_sheet import read_sheet

_MOST_NAMED = 1_000


@dataclass
class CorrectedFile:
    """How many rejects came to which outcome, and the first that were rejected again.

    `left` of those rejected again were given as they were, and `refused` are others of them.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    left: int = 0
    refused: list[Corrected] = field(default_factory=list)
    _left: list[Corrected] = field(default_factory=list)

    @property
    def rejected(self) -> list[Corrected]:
        """The first that are rejected again, what was changed of them before what was not."""
        return (self.refused + self._left)[:_MOST_NAMED]

    def add(self, done: list[Corrected]) -> None:
        """Count what became of a batch."""
        self.outcomes.update(each.outcome for each in done)
        again = [each for each in done if each.outcome == REJECTED_AGAIN]
        left = [each for each in again if each.left]
        refused = [each for each in again if not each.left]
        self.left += len(left)
        self._left += left[: _MOST_NAMED - len(self._left)]
        self.refused += refused[: _MOST_NAMED - len(self.refused)]


async def correct_file(
    engine: AsyncEngine,
    path: Path,
    name: str,
    who: str,
    may: May,
    clock: Callable[[], datetime],
    limits: Limits,
    told: Callable[[int], None] = lambda _: None,
) -> CorrectedFile:
    """Correct the rejects of a spreadsheet that was exported; `told` hears how many are done.

    A row with a reason in its column for that is dismissed. The same file again finds them
    settled. Rejected, before any is corrected: a row can't be read, or there are no reject ids.
    """
    await asyncio.to_thread(deque, read_sheet(path, name, limits), 0)
    whole = CorrectedFile()
    sent = read_sheet(path, name, limits)
    while batch := await asyncio.to_thread(list, islice(sent, MOST_AT_ONCE)):
        whys = {each.reject_id: each.dismissed for each in batch if each.dismissed}
        if whys:
            whole.add(await dismiss_rejects(engine, whys, who, may, clock()))
        corrections = [
            Correction(each.reject_id, each.cells) for each in batch if not each.dismissed
        ]
        if corrections:
            whole.add(await correct_rejects(engine, corrections, who, may, clock(), limits))
        told(whole.outcomes.total())
    return whole
