"""What the ingest service can be told."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from services.ingest.reading.limits import Limits
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """`LOCALPOUND_INGEST_<NAME>`, else `LOCALPOUND_<NAME>`."""

    service: ClassVar[str] = "ingest"

    http_port: int = 8101
    file_bytes: int = Field(default=Limits.file_bytes, gt=0, description="The most of a file")
    upload_bytes: int = Field(
        default=1_000_000_000, gt=0, description="The most of a file that is sent by HTTP"
    )
    watched_folder: Path | None = Field(
        default=None,
        description="Looked into for files: one folder in it for each buyer, named by its org-id",
    )
    watched_seconds: float = Field(
        default=5,
        gt=0,
        description="A file of the watched folder is whole once it has not changed for so long",
    )
    unpacked_bytes: int = Field(
        default=Limits.unpacked_bytes, gt=0, description="The most that a zip may unpack to"
    )
    zip_members: int = Field(default=Limits.zip_members, gt=0, description="The most of a zip")
    reader_memory: int = Field(
        default=Limits.reader_memory,
        gt=0,
        description="Bytes of the process that reads XLS, XLSB, ODS and Parquet files",
    )
    reader_seconds: float = Field(
        default=Limits.reader_seconds,
        gt=0,
        description="The longest that such a file may take until its next rows",
    )

    @property
    def limits(self) -> Limits:
        """How much one file may ask of the machine that reads it."""
        return Limits(
            file_bytes=self.file_bytes,
            unpacked_bytes=self.unpacked_bytes,
            zip_members=self.zip_members,
            reader_memory=self.reader_memory,
            reader_seconds=self.reader_seconds,
        )
