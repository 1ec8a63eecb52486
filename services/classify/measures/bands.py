"""Bands of yearly income, as dated data."""

from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Band(BaseModel):
    """A band; `below` is the first income, in pounds, that is no longer in it, None for the last.

    An income that is negative or zero is in the first band.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    below: int | None = None


class Scale(BaseModel):
    """Bands from the lowest to the highest; `since` is the day from which this version holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    title: str
    version: str
    since: date
    source: str
    doubt: str = ""
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        *limited, last = self.bands
        if last.below is not None:
            raise ValueError("the last band must have no end")
        limits = [band.below for band in limited]
        if None in limits or any(a >= b for a, b in pairwise(x for x in limits if x is not None)):
            raise ValueError("every band but the last must end above the one before it")
        return self


def band_of(income: int | None, scale: Scale) -> str | None:
    """The band of a yearly income in whole pounds; None where it is not known."""
    if income is None:
        return None
    return next(band.name for band in scale.bands if band.below is None or income < band.below)
