"""How the rows of a table are read, as it is kept with an import and taken up again."""

from typing import Any

from pydantic import TypeAdapter

from services.ingest.shapes.table import TableShape

_SHAPE = TypeAdapter(TableShape)


def keep_shape(shape: TableShape) -> dict[str, Any]:
    """The shape as JSON keeps it."""
    kept: dict[str, Any] = _SHAPE.dump_python(shape, mode="json")
    return kept


def kept_shape(kept: dict[str, Any]) -> TableShape:
    """The same shape again."""
    return _SHAPE.validate_python(kept)
