"""What the ingest service can be told."""

from typing import ClassVar

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """`LOCALPOUND_INGEST_<NAME>`, else `LOCALPOUND_<NAME>`."""

    service: ClassVar[str] = "ingest"

    http_port: int = 8101
