"""What the readers make of bytes, for the tests of them."""

from pathlib import Path

from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import Broken, Row, Sheet, SheetRow, Torn, never_torn

LIMITS = Limits()


def written(folder: Path, content: bytes, name: str = "spend.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read_sheets(path: Path, limits: Limits = LIMITS) -> list[tuple[Sheet, list[SheetRow]]]:
    """Every sheet of a file with its rows."""
    with open_file(path, limits) as opened:
        return [(sheet, list(sheet.rows())) for sheet in opened.sheets]


def read_rows(path: Path, torn: Torn = never_torn) -> list[Row | Broken]:
    """The rows of a file's only sheet."""
    with open_file(path, LIMITS) as opened:
        [sheet] = opened.sheets
        return [row for _, row in sheet.rows(torn)]
