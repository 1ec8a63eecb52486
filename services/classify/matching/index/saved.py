"""An index as a file: arrays by name and what is said of them, whole or not at all."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from shared.errors import Rejected

FORMAT = 4
"""Raised whenever what an index holds, or how names are folded, changes."""

Arrays = Mapping[str, npt.NDArray[Any]]
Meta = Mapping[str, Any]


def save_arrays(path: Path, arrays: Arrays, meta: Meta) -> None:
    """Write them in the place of what was there."""
    partial = path.with_name(f"{path.name}.part")
    said = np.frombuffer(orjson.dumps({"format": FORMAT, **meta}), np.uint8)
    with partial.open("wb") as file:
        np.savez(file, meta=said, **dict(arrays))  # type: ignore[arg-type] # its stub takes the names for options
    partial.replace(path)


def load_arrays(path: Path, stamp: str) -> tuple[Arrays, Meta]:
    """What was saved. Rejected where it is of another format, or of other registers."""
    try:
        with np.load(path, allow_pickle=False) as saved:
            meta = orjson.loads(saved["meta"].tobytes())
            if meta["format"] != FORMAT:
                raise Rejected(f"{path.name} is an index of another version: build it anew")
            if meta["stamp"] != stamp:
                raise Rejected(f"{path.name} is an index of other registers: build it anew")
            return {name: saved[name] for name in saved.files if name != "meta"}, meta
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise Rejected(f"{path.name} is not an index of names: {error}") from error
