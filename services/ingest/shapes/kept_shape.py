"""How the rows of a table are read, as it is kept with an import and taken up again."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from services.ingest.shapes.table import TableShape

_SHAPE = TypeAdapter(TableShape)
AGREEMENTS = "agreements"
"""Under this the shapes of sheets of agreements are kept, whose form is their own."""


def keep_shape(shape: TableShape) -> dict[str, Any]:
    """The shape as JSON keeps it."""
    kept: dict[str, Any] = _SHAPE.dump_python(shape, mode="json")
    return kept


def is_of_agreements(kept: Mapping[str, Any]) -> bool:
    """Whether what is kept of a sheet says that its file is of agreements."""
    return AGREEMENTS in kept


def kept_shape(kept: dict[str, Any]) -> TableShape:
    """The same shape again."""
    return _SHAPE.validate_python(kept)
