"""How a process that handles batches keeps its memory."""

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def spare_the_collector() -> None:
    """Collect cycles once in 300,000 objects: two batches make many objects and no cycles.

    Measured on reading, checking and writing payments: 11 us each, 20 with Python's own thresholds.
    With 100,000, which a batch of 8,000 records exceeds, `api` spent a ninth of its time on looks.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000, 50, 100)


def keep_freed_memory() -> None:
    """Have glibc keep 64 MB of freed memory rather than give it back after each batch.

    A batch packs, compresses and sends megabytes. Memory given back is faulted in page by page for
    the next one: 0.8 faults for each payment of `ingest`, 1.8 us. Without glibc nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 32 * 1024 * 1024)
        mallopt(_M_TRIM_THRESHOLD, 64 * 1024 * 1024)
