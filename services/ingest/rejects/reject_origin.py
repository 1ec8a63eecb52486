"""Where a reject came from, taken apart."""

from typing import NamedTuple

FILE, HTTP, KAFKA = "file:", "http:", "kafka:"


class RowOrigin(NamedTuple):
    """A row of a file: the file's id, the place of its sheet in it, the row's number there."""

    file_id: str
    sheet: int
    row: int

    @property
    def place(self) -> str:
        """The row within its file, as the ledger keeps it."""
        return f"{self.sheet}/{self.row}" if self.sheet else str(self.row)


def row_origin(origin: str) -> RowOrigin | None:
    """Of what came in a file: `file:ID/ROW` in its first sheet, `file:ID/SHEET/ROW` in others."""
    if not origin.startswith(FILE):
        return None
    file_id, *sheet, row = origin.removeprefix(FILE).split("/")
    return RowOrigin(file_id, int(sheet[0]) if sheet else 0, int(row))
