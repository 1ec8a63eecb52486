"""An index as a file: arrays by name and what is said of them, whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from shared.errors import Rejected

FORMAT = 7
"""Raised whenever what an index holds, or how names are folded, changes."""

Arrays = Mapping[str, npt.NDArray[Any]]
Meta = Mapping[str, Any]


def save_arrays(path: Path, arrays: Arrays, meta: Meta) -> None:
    """Write them in the place of what was there."""
    partial = path.with_name(f"{path.name}.part")
    told = {**meta, "format": FORMAT, "arrays": sorted(arrays)}
    said = np.frombuffer(orjson.dumps(told), np.uint8)
    try:
        with partial.open("wb") as file:
            np.savez(file, meta=said, **dict(arrays))  # type: ignore[arg-type] # its stub takes the names for options
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_arrays(path: Path, stamp: str) -> tuple[Arrays, Meta]:
    """What was saved. Rejected where it is of another format, of other registers, or not whole."""
    try:
        with np.load(path, allow_pickle=False) as saved:
            meta = orjson.loads(saved["meta"].tobytes())
            # By its list: damage to the directory of a zip can hide some of what it holds.
            arrays = {name: saved[name] for name in meta["arrays"]}
            of, as_written = meta["stamp"], meta["format"]
    except Exception as error:  # a damaged byte raises what zip or array header make of it
        raise Rejected(f"{path.name} is not an index of names: {error}") from error
    if as_written != FORMAT:
        raise Rejected(f"{path.name} is an index of another version: build it anew")
    if of != stamp:
        raise Rejected(f"{path.name} is an index of other registers: build it anew")
    return arrays, meta
