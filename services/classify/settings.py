"""What the classifier is told from outside."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from services.classify.basis.kept_index import cache_folder
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """`LOCALPOUND_CLASSIFY_<NAME>`, else `LOCALPOUND_<NAME>`."""

    service: ClassVar[str] = "classify"

    http_port: int = 8102
    definitions: Path | None = Field(
        default=None,
        description="A folder of own definitions, flags, income bands and Places, beside the"
        " shipped ones",
    )
    cache: Path = Field(
        default_factory=cache_folder,
        description="A folder for indexes of register names; it may be emptied at any time",
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="The address of this door as others reach it; that of each request by default",
    )
