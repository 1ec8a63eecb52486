"""How often each row of a file was met: equal rows are told apart by their occurrence."""

from array import array

_EMPTY = 0
_PARTS = 8
_FIRST_SLOTS = 1 << 13
_FULL = 0.75
_MOST_AHEAD = 4_000_000
_UNEVEN = 1.02
"""As much more than its share comes to a part."""
MOST = 65_534
"""As many equal rows can be told apart: their counts have 16 bits, and the last says "more"."""


class Occurrences:
    """Counts keys of up to 64 bits in 13 to 18 bytes each; a dict takes seven times that.

    With room for `about` so many from the start: to grow costs as much again as to count. In parts,
    each of which grows by itself: what is grown is held twice.
    """

    def __init__(self, about: int = 0) -> None:
        # A file may say that it has more rows than it has: for those beyond a bound it grows.
        slots = int(min(about, _MOST_AHEAD) / _FULL / _PARTS * _UNEVEN)
        self._parts = [_Part(max(slots, _FIRST_SLOTS)) for _ in range(_PARTS)]

    def count(self, key: int) -> int:
        """Meet the key once more; 1 the first time. Beyond `MOST` it stays at one more."""
        return self._parts[key % _PARTS].count(key // _PARTS)


class _Part:
    """Open addressing with linear probing; keys are digests already, none is hashed again."""

    def __init__(self, slots: int) -> None:
        self._make(slots)

    def _make(self, slots: int) -> None:
        self._slots = slots
        self._keys = array("Q", [_EMPTY]) * slots
        self._counts = array("H", [0]) * slots
        self._room = int(slots * _FULL)

    def count(self, key: int) -> int:
        key += 1  # 0 marks an empty slot
        keys, slots = self._keys, self._slots
        place = key % slots
        while (held := keys[place]) != key:
            if held == _EMPTY:
                self._meet(key, place)
                return 1
            place = place + 1 if place + 1 < slots else 0
        met = min(self._counts[place] + 1, MOST + 1)
        self._counts[place] = met
        return met

    def _meet(self, key: int, place: int) -> None:
        self._keys[place] = key
        self._counts[place] = 1
        self._room -= 1
        if not self._room:
            self._grow()

    def _grow(self) -> None:
        """Make room for a third more: twice as much would be half empty for most files."""
        keys, counts = self._keys, self._counts
        self._make(self._slots * 4 // 3)
        grown, slots = self._keys, self._slots
        for key, met in zip(keys, counts, strict=True):
            if key != _EMPTY:
                place = key % slots
                while grown[place] != _EMPTY:
                    place = place + 1 if place + 1 < slots else 0
                grown[place] = key
                self._counts[place] = met
                self._room -= 1
