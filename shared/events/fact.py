"""What every fact that travels shares."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """What every fact shares: frozen, strict (nothing is coerced), flat where it is frequent."""

    model_config = ConfigDict(frozen=True, strict=True)

    TYPE: ClassVar[str]


def door_schema(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema of a fact as the doors take it: no unknown fields, in its parts neither."""
    schema = fact.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
    return schema
