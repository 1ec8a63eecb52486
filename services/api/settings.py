"""What the query service is told from outside."""

from typing import ClassVar

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """`LOCALPOUND_API_<NAME>`, else `LOCALPOUND_<NAME>`."""

    service: ClassVar[str] = "api"

    http_port: int = 8100
    synchronous_commit: bool = Field(
        default=True,
        description="Off: a crash of PostgreSQL itself loses up to 0.6 s of batches whose offsets"
        " Kafka already holds, until a rebuild. It costs a tenth of the projector's time at most",
    )
    connections: int = Field(
        default=8,
        ge=1,
        description="Database connections of the routes; the projections have one each of their"
        " own, which no burst of questions can take",
    )
