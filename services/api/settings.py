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
        default=11,
        ge=7,
        description="Database connections of the routes, of which each of three whole lists may"
        " take two; the projections have one each of their own, which no burst of questions can"
        " take",
    )
    ocid_prefix: str | None = Field(
        default=None,
        pattern=r"^ocds-[a-z0-9]{6}$",
        description="What the ids of published contracts begin with, as the Open Contracting"
        " registrar gave it: ocds-a1b2c3. Without it no OCDS package is made",
    )
    grant_prefix: str | None = Field(
        default=None,
        pattern=r"^360G-[A-Za-z0-9-]{1,40}$",
        description="What the ids of published grants begin with, as 360Giving gave it:"
        " 360G-example. Without it no 360Giving file is made",
    )
    department_family: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The department under which HM Treasury's columns list the buyers, as"
        " Department of Health and Social Care",
    )
