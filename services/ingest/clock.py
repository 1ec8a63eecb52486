"""The clock: read by what runs (main.py, the command line, the importing process) and handed on."""

from datetime import UTC, datetime


def clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
