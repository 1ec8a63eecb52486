"""A pack as one zip: the statement in three forms, its tables, its charts, what stands beside it,
and their digests.

The same facts are the same bytes: entries bear no time. Each of a statement is made when it is its
turn, so that one is in memory at a time; what it holds is bounded (rows of a table, programmes).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain

from services.api.statements.charts import draw
from services.api.statements.document import Document
from services.api.statements.render import render_html, render_markdown
from services.api.statements.sheets import sheets

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


class _Sent(io.RawIOBase):
    """Takes what a zip writes, and hands it on; it can't go back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, said: object) -> int:
        held = bytes(said)  # type: ignore[call-overload]  # whatever zipfile hands over
        self._held += held
        return len(held)

    def taken(self) -> bytes:
        """What was written since."""
        found = bytes(self._held)
        self._held.clear()
        return found


Entry = tuple[str, bytes]
"""A file of a pack: its name and what it holds."""


def archive(document: Document, beside: Iterable[Entry] = ()) -> Iterator[bytes]:
    """The bytes of the zip, piece by piece."""
    out = _Sent()
    digests: dict[str, str] = {}
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in chain(_entries(document), beside):
            digests[name] = hashlib.sha256(content).hexdigest()
            _put(pack, name, content)
            yield out.taken()
        _put(pack, "SHA256SUMS", "".join(f"{d}  {n}\n" for n, d in digests.items()).encode())
    yield out.taken()


def _put(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _READABLE
    pack.writestr(entry, content)


def _entries(document: Document) -> Iterator[Entry]:
    yield "statement.html", render_html(document).encode()
    yield "statement.md", render_markdown(document).encode()
    yield "statement.json", json.dumps(document.model_dump(mode="json"), indent=1).encode()
    for name, content in sheets(document):
        yield f"tables/{name}.csv", content
    for section in document.sections:
        for chart in section.charts:
            yield f"charts/{chart.id}.svg", draw(chart).encode()
