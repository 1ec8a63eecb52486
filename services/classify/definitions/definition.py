"""A definition of what counts as VCSE, or of what is flagged: dated, versioned, and data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self, overload

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.classify.dated import check_editions, in_force, read_dated
from services.classify.definitions.criterion import Criterion
from services.classify.measures import Measures, read_measures
from shared.errors import Misconfigured

_FOLDER = Path(__file__).parent
_FLAGS = "flags"
JUDGED = (
    "Payments of every day are judged by the versions in use today: `since` is the day from which "
    "a version is used, not the first day of the payments that it judges. Only the days that a "
    "criterion gives itself, and those on which an organisation was registered, limit payments."
)


class Definition(BaseModel):
    """What counts, by which source; `since` is the day from which this version is used.

    It then judges payments of every day, those before `since` too (see `JUDGED`). `read_on` is the
    day on which the source was read, where it gives none of its own.

    Whoever counts under one of `includes` counts here too, whoever counts under one of `excludes`
    does not; nor does, on those days, who meets one of `exclusions`. `doubt` says what its source
    leaves open, and what the registers can only approximate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$", examples=["registered-charity"])
    title: str
    version: str
    since: date
    read_on: date | None = None
    source: str
    doubt: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    exclusions: tuple[Criterion, ...] = ()

    @model_validator(mode="after")
    def _may_be_met(self) -> Self:
        if not self.criteria and not self.includes:
            raise ValueError("nobody could count: it has neither criteria nor includes")
        return self


@dataclass(frozen=True)
class Definitions(Sequence[Definition]):
    """The definitions in force, by name, and the flags and measures that go with them.

    The criteria of a definition that is in here hold those that it includes, each with all that
    takes days away from it in `unless`.
    """

    definitions: tuple[Definition, ...]
    flags: tuple[Definition, ...]
    measures: Measures

    @overload
    def __getitem__(self, index: int) -> Definition: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Definition]: ...

    def __getitem__(self, index: int | slice) -> Definition | Sequence[Definition]:
        return self.definitions[index]

    def __len__(self) -> int:
        return len(self.definitions)

    @cached_property
    def flag_criteria(self) -> Mapping[str, Sequence[Criterion]]:
        """The criteria of each flag, by its name."""
        return {flag.name: flag.criteria for flag in self.flags}


def read_definitions(
    folder: Path = _FOLDER, own: Path | None = None, on: date | None = None
) -> Definitions:
    """The editions in force on a day (the newest of each where none is given).

    `own` is the folder of an installation: its definitions, flags, bands and Places stand beside
    the shipped ones, or are newer editions of them. Misconfigured says what is wrong, also in an
    edition of another day.
    """
    folders = [folder, *([own] if own else [])]
    if own and not own.is_dir():
        raise Misconfigured(f"{own} is no folder of definitions")
    editions = [each for one in folders for each in read_dated(one, Definition)]
    flags = [each for one in folders for each in read_dated(one / _FLAGS, Definition)]
    check_editions(editions)
    check_editions(flags)
    for day in sorted({each.since for each in (*editions, *flags)}):
        _resolve(in_force(editions, day), in_force(flags, day))
    definitions, raised = in_force(editions, on), in_force(flags, on)
    return Definitions(
        _resolve(definitions, raised),
        tuple(flag for _, flag in sorted(raised.items())),
        read_measures(own, on),
    )


def _resolve(
    own: Mapping[str, Definition], flags: Mapping[str, Definition]
) -> tuple[Definition, ...]:
    """Every definition with all its criteria; Misconfigured where a name leads nowhere."""
    for flag in flags.values():
        if flag.includes or flag.excludes or flag.exclusions or any(map(_dated, flag.criteria)):
            raise Misconfigured(
                f"the flag {flag.name} may have criteria only, without days, exclusions and flags"
            )
    for definition in own.values():
        for criterion in (*definition.criteria, *definition.exclusions):
            for name in _flags(criterion):
                if name not in flags:
                    raise Misconfigured(
                        f"the definition {definition.name} asks for the flag {name}: there is none "
                        f"on {definition.since}"
                    )
    return tuple(
        definition.model_copy(update={"criteria": _criteria(definition, own, ())})
        for _, definition in sorted(own.items())
    )


def _criteria(
    definition: Definition, own: Mapping[str, Definition], within: Sequence[str]
) -> tuple[Criterion, ...]:
    if definition.name in within:
        raise Misconfigured(f"the definition {definition.name} leads back to itself")
    for name in (*definition.includes, *definition.excludes):
        if name not in own:
            raise Misconfigured(
                f"the definition {definition.name} names {name}: there is none that holds from "
                f"{definition.since}"
            )
    within = (*within, definition.name)
    included = [c for name in definition.includes for c in _criteria(own[name], own, within)]
    excluded = [c for name in definition.excludes for c in _criteria(own[name], own, within)]
    taken = (*definition.exclusions, *excluded)
    return tuple(
        criterion.model_copy(update={"unless": (*criterion.unless, *taken)})
        for criterion in (*included, *definition.criteria)
    )


def _dated(criterion: Criterion) -> bool:
    return bool(criterion.flags or criterion.unless or criterion.since or criterion.until)


def _flags(criterion: Criterion) -> list[str]:
    return [*criterion.flags, *(name for each in criterion.unless for name in _flags(each))]
