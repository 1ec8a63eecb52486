"""Texts looked up by their hashes: sorted numbers in place of a dictionary's half million keys."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Hashed(NamedTuple):
    """The hashes of texts, rising, and the entry of each."""

    hashes: npt.NDArray[np.uint64]
    entries: npt.NDArray[np.int32]

    def first(self, text: str) -> int | None:
        """The first entry of this text."""
        wanted = np.uint64(text_hash(text))
        at = int(np.searchsorted(self.hashes, wanted))
        if at < len(self.hashes) and self.hashes[at] == wanted:
            return int(self.entries[at])
        return None

    def first_of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The first entry of each hash, -1 where there is none."""
        if not len(self.hashes):
            return np.full(len(hashes), -1, np.int64)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.entries[at], -1).astype(np.int64)

    def by_entry(self) -> npt.NDArray[np.uint64]:
        """The hash of each entry, where each has one."""
        hashes = np.empty_like(self.hashes)
        hashes[self.entries] = self.hashes
        return hashes

    def every(self, *texts: str) -> list[int]:
        """All entries of these texts."""
        wanted = np.fromiter(map(text_hash, texts), np.uint64, len(texts))
        start = np.searchsorted(self.hashes, wanted, "left").tolist()
        end = np.searchsorted(self.hashes, wanted, "right").tolist()
        return [
            entry for bounds in zip(start, end, strict=True) for entry in self._between(*bounds)
        ]

    def _between(self, start: int, end: int) -> list[int]:
        found: list[int] = self.entries[start:end].tolist() if start < end else []
        return found


def text_hash(text: str) -> int:
    """64 bits of a text, the same in every process."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def postcode_hash(postcode: str | None) -> int:
    """64 bits of a postcode, spaces and case set aside; 0 where there is none."""
    return text_hash(postcode.upper().replace(" ", "")) if postcode else 0


def hash_texts(texts: Iterable[str], entries: Sequence[int] | None = None) -> Hashed:
    """The texts by hash; their places are their entries, unless others are given."""
    hashes = np.fromiter(map(text_hash, texts), np.uint64)
    order = np.argsort(hashes, kind="stable")
    own = order if entries is None else np.asarray(entries)[order]
    return Hashed(hashes[order], own.astype(np.int32))
