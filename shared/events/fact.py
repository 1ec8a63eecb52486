"""What every fact that travels shares."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """What every fact shares: frozen, strict (nothing is coerced), flat where it is frequent."""

    model_config = ConfigDict(frozen=True, strict=True)

    TYPE: ClassVar[str]
