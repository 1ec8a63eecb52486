"""The promises, as data."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_FILE = Path(__file__).with_name("promises.toml")


class Promise(BaseModel):
    """One commitment or principle: what `measure` tells of it, and what no data here can tell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(pattern=r"^A?[1-9][0-9]?$")
    section: str
    title: str
    measure: str | None = None
    measured: str | None = None
    untold: str | None = None
    whose: Literal["paper", "ours"] | None = None
    thresholds: dict[str, float] = {}

    @model_validator(mode="after")
    def _is_told_or_says_why_not(self) -> Self:
        if (self.measure is None) != (self.measured is None):
            raise ValueError("a measure says what it measures")
        if self.measure is None and self.untold is None:
            raise ValueError("what no data can tell says why")
        return self


class Promises(BaseModel):
    """All of one paper, and which paper that is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    promises: tuple[Promise, ...]


@cache
def read_promises() -> Promises:
    """Those of promises.toml, in their order."""
    return Promises.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
