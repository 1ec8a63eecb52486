"""Batches worked on in several processes that share what this one holds, answered in order."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

InT = TypeVar("InT")
OutT = TypeVar("OutT")
_AHEAD = 2  # batches a process that wait for it, or for their turn
_kept: list[Callable[[Any], Any]] = []
"""The work of this process, where it is one of several."""


def processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def side_by_side(
    work: Callable[[InT], OutT], processes: int
) -> Iterator[Callable[[Iterable[InT]], Iterator[OutT]]]:
    """A `map` of `work` over batches by that many processes; no more is read than is worked on.

    They are forks, which share the memory of what `work` holds; by one process where the system
    has none. What is alive before is no longer looked through for garbage: it would be copied.
    """
    gc.collect()
    gc.freeze()
    try:
        if processes < 2 or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004 - more than one
            yield partial(map, work)
            return
        fork = multiprocessing.get_context("fork")
        pool = ProcessPoolExecutor(processes, fork, initializer=_keep, initargs=(work,))
        try:
            # All are started by the first call: now, before there are threads or open files.
            pool.submit(os.getpid).result()
            yield partial(_in_order, pool, processes * _AHEAD)
        finally:
            pool.shutdown(cancel_futures=True)
    finally:
        gc.unfreeze()


def _keep(work: Callable[[Any], Any]) -> None:
    _kept[:] = [work]


def _do(batch: Any) -> Any:
    [work] = _kept
    return work(batch)


def _in_order(pool: ProcessPoolExecutor, most: int, batches: Iterable[Any]) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    for batch in batches:
        waiting.append(pool.submit(_do, batch))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
