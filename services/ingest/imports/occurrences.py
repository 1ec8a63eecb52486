"""How often each row of a file was met: equal rows are told apart by their occurrence."""

from array import array

_EMPTY = 0
_FIRST_SLOTS = 1 << 16
_FULL = 0.6
MOST = 65_534
"""As many equal rows can be told apart: their counts have 16 bits, and the last says "more"."""


class Occurrences:
    """Counts keys of up to 64 bits in 10 bytes a slot; a dict takes ten times that.

    Open addressing with linear probing: the keys are digests already, nothing is hashed again.
    """

    def __init__(self) -> None:
        self._make(_FIRST_SLOTS)

    def _make(self, slots: int) -> None:
        self._mask = slots - 1
        self._keys = array("Q", bytes(8 * slots))
        self._counts = array("H", bytes(2 * slots))
        self._room = int(slots * _FULL)

    def count(self, key: int) -> int:
        """Meet the key once more; 1 the first time. Beyond `MOST` it stays at one more."""
        key = key or 1  # 0 marks an empty slot
        keys, mask = self._keys, self._mask
        place = key & mask
        while (held := keys[place]) != key:
            if held == _EMPTY:
                return self._meet(key, place)
            place = (place + 1) & mask
        met = min(self._counts[place] + 1, MOST + 1)
        self._counts[place] = met
        return met

    def _meet(self, key: int, place: int) -> int:
        if not self._room:
            self._grow()
            return self.count(key)
        self._keys[place] = key
        self._counts[place] = 1
        self._room -= 1
        return 1

    def _grow(self) -> None:
        keys, counts = self._keys, self._counts
        self._make(2 * (self._mask + 1))
        mask, grown = self._mask, self._keys
        for key, met in zip(keys, counts, strict=True):
            if key != _EMPTY:
                place = key & mask
                while grown[place] != _EMPTY:
                    place = (place + 1) & mask
                grown[place] = key
                self._counts[place] = met
                self._room -= 1
