"""Many files, dry: two of them side by side, one that is wrong never stopping another."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import date
from functools import partial
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from services.ingest.agreement_files.whose import ALL
from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead

_SMALL = 8_000_000
"""Bytes of all files up to which a second process would cost more than it saves."""
_PROCESSES = 2
_POLL_SECONDS = 0.2

Told = Callable[[int, int], None]
"""Hears how many files are done, and how many rows were read since it was told last."""

_told_rows: "SimpleQueue[int] | None" = None


def dry_run_files(
    paths: Sequence[Path], mapped: Mapping[str, str], today: date, told: Told, buyer: str = ALL
) -> list[SheetRead]:
    """Read every file as an import would; the lines stand in the order of the files."""
    size = sum(path.stat().st_size for path in paths if path.is_file())
    processes = min(_PROCESSES, os.cpu_count() or 1, len(paths))
    if processes > 1 and size > _SMALL:
        return _side_by_side(paths, mapped, today, told, buyer, processes)
    reads: list[SheetRead] = []
    for done, path in enumerate(paths, 1):
        reads += dry_run_file(path, mapped, today, partial(told, done - 1), buyer)
        told(done, 0)
    return reads


def _side_by_side(
    paths: Sequence[Path],
    mapped: Mapping[str, str],
    today: date,
    told: Told,
    buyer: str,
    processes: int,
) -> list[SheetRead]:
    context = multiprocessing.get_context("spawn")  # polars' threads do not survive a fork
    rows: SimpleQueue[int] = context.SimpleQueue()
    results: dict[Path, Future[list[SheetRead]]] = {}
    with ProcessPoolExecutor(processes, context, _listen, (rows,)) as pool:
        largest_first = sorted(paths, key=lambda path: -_size(path))
        for path in largest_first:
            results[path] = pool.submit(_read_one, path, dict(mapped), today, buyer)
        waiting = set(results.values())
        try:
            while waiting:
                waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED).not_done
                told(len(results) - len(waiting), sum(_drained(rows)))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    return [read for path in paths for read in results[path].result()]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _listen(rows: "SimpleQueue[int]") -> None:
    global _told_rows  # noqa: PLW0603 - a worker process has one queue for its life
    _told_rows = rows


def _read_one(path: Path, mapped: Mapping[str, str], today: date, buyer: str) -> list[SheetRead]:
    return dry_run_file(path, mapped, today, _tell, buyer)


def _tell(rows: int) -> None:
    if _told_rows is not None:
        _told_rows.put(rows)


def _drained(rows: "SimpleQueue[int]") -> Iterator[int]:
    while not rows.empty():
        yield rows.get()
