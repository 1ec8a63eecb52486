"""What the classifier is told from outside."""

from typing import ClassVar

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """`LOCALPOUND_CLASSIFY_<NAME>`, else `LOCALPOUND_<NAME>`."""

    service: ClassVar[str] = "classify"

    http_port: int = 8102
