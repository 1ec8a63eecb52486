"""All that the registers say, read back from the arrays of an index when it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from services.classify.matching.index.borne import NAME_KINDS
from services.classify.matching.index.hashed import Hashed
from services.classify.matching.index.packed import Organisations, Texts
from services.classify.matching.index.saved import Arrays
from services.classify.matching.known import Bearer
from services.classify.organisation import Link, Organisation


class Bearers(Mapping[str, Sequence[Bearer]]):
    """The bearers of names by comparable words."""

    def __init__(self, arrays: Arrays, organisations: Organisations) -> None:
        self._arrays = arrays
        self._organisations = organisations
        self._names = Texts.of(arrays, "names")
        self._printed = Texts.of(arrays, "printed")
        self._by_words = Hashed(arrays["words_hash"], arrays["words_entry"])

    def __getitem__(self, words: str) -> Sequence[Bearer]:
        entry = self._by_words.first(words)
        if entry is None:
            raise KeyError(words)
        start, end = self._arrays["bearers_start"][entry : entry + 2]
        return [self.at(int(at)) for at in range(start, end)]

    def at(self, at: int) -> Bearer:
        """One bearer of an entry."""
        kind: Any = NAME_KINDS[self._arrays["name_kind"][at]]
        organisation = self._organisations[int(self._arrays["borne_by"][at])]
        return Bearer(organisation, self._printed.text(at), kind)

    def __iter__(self) -> Iterator[str]:
        return (self._names.text(n) for n in range(len(self)))

    def __len__(self) -> int:
        return len(self._names.starts) - 1


class Companies(Mapping[str, Sequence[Organisation]]):
    """Organisations by company number."""

    def __init__(self, arrays: Arrays, organisations: Organisations) -> None:
        self._organisations = organisations
        self._places: dict[str, list[int]] = {}
        numbers = Texts.of(arrays, "companies")
        for place in np.flatnonzero(np.diff(numbers.starts)):
            self._places.setdefault(numbers.text(int(place)), []).append(int(place))

    def __getitem__(self, number: str) -> Sequence[Organisation]:
        return [self._organisations[place] for place in self._places[number]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def recall_links(arrays: Arrays) -> dict[str, list[Link]]:
    """Links by either end."""
    by_end: dict[str, list[Link]] = {}
    for line in arrays["links"].tobytes().decode().split("\n"):
        if line:
            a, b, kind, since = line.split(" ")
            day = np.datetime64(since).astype(object) if since else None
            link = Link(a, b, kind, day)  # type: ignore[arg-type] # as it was saved
            by_end.setdefault(a, []).append(link)
            by_end.setdefault(b, []).append(link)
    return by_end
