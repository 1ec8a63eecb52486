"""The media types of lists, and how a file of each is called: all that a door of pages needs."""

from typing import Any

from shared.door.accepted import CSV_TYPE, JSON_TYPE

NDJSON_TYPE = "application/x-ndjson"
PARQUET_TYPE = "application/vnd.apache.parquet"

OFFERED = (JSON_TYPE, CSV_TYPE, NDJSON_TYPE, PARQUET_TYPE)
_SUFFIXES = {CSV_TYPE: "csv", NDJSON_TYPE: "ndjson", PARQUET_TYPE: "parquet"}


def file_name(name: str, media_type: str) -> str:
    """What a browser calls the file."""
    return f"{name}.{_SUFFIXES[media_type]}"


OTHER_FORMS: dict[str, Any] = {
    CSV_TYPE: {"schema": {"type": "string"}},
    NDJSON_TYPE: {"schema": {"type": "string"}},
    PARQUET_TYPE: {"schema": {"type": "string", "format": "binary"}},
}
"""The whole list, for the OpenAPI of a route."""
