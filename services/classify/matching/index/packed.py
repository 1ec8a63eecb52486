"""Texts and organisations as flat arrays: half a million of them in the memory of their bytes."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import orjson

from services.classify.organisation import Organisation

Integers = npt.NDArray[np.int64]
_DAYS = tuple(
    place for place, field in enumerate(Organisation._fields) if field.endswith(("_on", "_by"))
)
_LISTS = tuple(Organisation._fields.index(field) for field in ("areas", "codes"))


class Texts(NamedTuple):
    """Many texts, end to end as UTF-8: text `i` is `data[starts[i]:starts[i + 1]]`."""

    data: npt.NDArray[np.uint8]
    starts: Integers

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Self:
        """Those of this name among the arrays of an index."""
        return cls(arrays[name], arrays[f"{name}_start"])

    def named(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """As the arrays of an index hold them."""
        return {name: self.data, f"{name}_start": self.starts}

    def raw(self, at: int) -> memoryview:
        """The bytes of one text."""
        return self.data.data[self.starts.item(at) : self.starts.item(at + 1)]

    def text(self, at: int) -> str:
        """One text."""
        return str(self.raw(at), "utf-8")

    def texts(self, at: Integers) -> list[str]:
        """Many texts."""
        view = self.data.data
        bounds = zip(self.starts[at].tolist(), self.starts[at + 1].tolist(), strict=True)
        return [str(view[start:end], "utf-8") for start, end in bounds]


def pack_texts(texts: Iterable[str | bytes]) -> Texts:
    """The texts, end to end.

    None is held beside them: each that orjson writes takes 4 KB, 3 GB for 700,000.
    """
    data, starts = bytearray(), array("q", [0])
    for text in texts:
        data += text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        starts.append(len(data))
    return Texts(np.frombuffer(data, np.uint8), np.frombuffer(starts, np.int64))


def pack_organisations(organisations: Iterable[Organisation]) -> Texts:
    """Organisations, each as JSON."""
    return pack_texts(orjson.dumps(list(organisation)) for organisation in organisations)


class Organisations(Sequence[Organisation]):
    """Packed organisations, each made when it is asked for."""

    def __init__(self, packed: Texts) -> None:
        self.packed = packed

    def __len__(self) -> int:
        return len(self.packed.starts) - 1

    def __getitem__(self, at: Any) -> Any:
        values = orjson.loads(self.packed.raw(at))
        for place in _DAYS:
            if values[place] is not None:
                values[place] = date.fromisoformat(values[place])
        for place in _LISTS:
            values[place] = tuple(values[place])
        return Organisation._make(values)


class ById(Mapping[str, Organisation]):
    """Packed organisations by their org-ids."""

    def __init__(self, organisations: Organisations, places: Mapping[str, int]) -> None:
        self._organisations = organisations
        self._places = places

    def __getitem__(self, org_id: str) -> Organisation:
        organisation: Organisation = self._organisations[self._places[org_id]]
        return organisation

    def __contains__(self, org_id: object) -> bool:
        return org_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
