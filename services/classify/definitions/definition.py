"""A definition of what counts as VCSE: dated, versioned, and data."""

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Misconfigured

_FOLDER = Path(__file__).parent


class Criterion(BaseModel):
    """One way to count: on one of these registers and of one of these legal forms.

    An empty list asks nothing. `since` and `until` are days between which the criterion holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    registers: tuple[str, ...] = ()
    legal_forms: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class Definition(BaseModel):
    """What counts, by which source; `since` is the day from which this version is in use.

    Whoever counts under one of the definitions in `includes` counts here too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$", examples=["registered-charity"])
    title: str
    version: str
    since: date
    source: str
    includes: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...]


def read_definitions(folder: Path = _FOLDER) -> list[Definition]:
    """Every definition in the folder, by name, with the criteria of those that it includes."""
    own = {
        definition.name: definition
        for path in sorted(folder.glob("*.toml"))
        for definition in [Definition.model_validate(tomllib.loads(path.read_text("utf-8")))]
    }
    return [
        definition.model_copy(update={"criteria": _criteria(definition, own, ())})
        for _, definition in sorted(own.items())
    ]


def _criteria(
    definition: Definition, own: dict[str, Definition], within: Sequence[str]
) -> tuple[Criterion, ...]:
    if definition.name in within:
        raise Misconfigured(f"the definition {definition.name} includes itself")
    included: tuple[Criterion, ...] = ()
    for name in definition.includes:
        if name not in own:
            raise Misconfigured(f"the definition {definition.name} includes {name}: there is none")
        included += _criteria(own[name], own, (*within, definition.name))
    return included + definition.criteria
