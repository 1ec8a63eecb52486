"""How much one file may ask of the machine that reads it."""

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bytes, counts and seconds; whatever is more is refused with the limit in the sentence."""

    file_bytes: int = 5_000 * MEGABYTE
    """Of the file as it was sent."""
    unpacked_bytes: int = 5_000 * MEGABYTE
    """Of all that a zip, or a workbook that is one, holds."""
    unpacked_ratio: int = 200
    """Times its own size that a zip may hold once it holds more than `ratio_from_bytes`."""
    ratio_from_bytes: int = 200 * MEGABYTE
    zip_members: int = 2_000
    columns: int = 2_000
    """Of a table: what is said beyond them makes a row broken, and names of records the file."""
    sheet_cells: int = 300_000_000
    """Of a sheet, blank ones to the left of others too."""
    reader_memory: int = 1_500 * MEGABYTE
    """Of the process that reads XLS, XLSB, ODS and Parquet files."""
    reader_seconds: float = 120
    """That such a file may take until its next rows."""


USUAL = Limits()
"""Of a house that set none."""
