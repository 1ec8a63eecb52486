"""An index in a file of the cache folder: made by one process at a time, read by many."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from services.classify.basis.code_digest import code_digest
from services.classify.matching.index.index import Index
from shared.errors import Rejected

_NAME = "names"
_UNUSED_SECONDS = 30 * 24 * 3600


def cache_folder() -> Path:
    """Where indexes are kept: LOCALPOUND_CACHE, else the user's cache folder."""
    own = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("LOCALPOUND_CACHE") or Path(own) / "localpound")


class Keep(NamedTuple):
    """The files of one owner, which is a folder of register files or a schema of a database."""

    cache: Path
    owner: str

    @classmethod
    def of(cls, cache: Path, *owner: str) -> "Keep":
        """The files of the owner of these names."""
        named = hashlib.sha256("\x1f".join(owner).encode()).hexdigest()
        return cls(cache, f"{_NAME}-{named[:12]}")

    def path(self, stamp: str) -> Path:
        """The file of the index of these registers, as this code makes it."""
        made_by = code_digest("matching", "registers")
        told = hashlib.sha256(f"{made_by} {stamp}".encode()).hexdigest()
        return self.cache / f"{self.owner}-{told[:16]}.npz"

    def load(self, stamp: str) -> Index | None:
        """The index of these registers; None where it is not kept. A file that is not whole goes.

        It is never trusted by its name: what it holds says of which registers it is. Another
        user's serves as well, as far as it may be read.
        """
        path = self.path(stamp)
        if not os.access(path, os.R_OK):
            return None
        try:
            index = Index.load(path, stamp)
        except (Rejected, LookupError, TypeError, ValueError):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            path.touch()
        return index

    def save(self, index: Index, stamp: str) -> None:
        """Keep the index, whole or not at all, and no earlier one of this owner.

        Nor one of another owner that nobody asked for in a month: databases come and go. Who has
        an earlier one open goes on with it. Raises OSError where the folder takes no file.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        path = self.path(stamp)
        index.save(path)
        oldest = time.time() - _UNUSED_SECONDS
        for other in self.cache.glob(f"{_NAME}-*.npz*"):
            with suppress(OSError):
                own = other.name.startswith(f"{self.owner}-")
                if other != path and (own or other.stat().st_mtime < oldest):
                    other.unlink()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process of this machine makes an index for this owner.

        Raises OSError where the folder takes no file.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        with (self.cache / f"{self.owner}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
