"""Dated data in TOML files: read with plain sentences about what is wrong, chosen by day."""

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import Misconfigured

ModelT = TypeVar("ModelT", bound=BaseModel)


class Edition(Protocol):
    """One dated version of something that has a name."""

    @property
    def name(self) -> str:
        """What is the same in every edition."""
        ...

    @property
    def since(self) -> date:
        """The first day on which the edition holds."""
        ...


EditionT = TypeVar("EditionT", bound=Edition)


def read_dated(folder: Path, model: type[ModelT]) -> list[ModelT]:
    """Every TOML file of a folder as `model`, by file name. Misconfigured names file and field."""
    return [_read(path, model) for path in sorted(folder.glob("*.toml"))]


def _read(path: Path, model: type[ModelT]) -> ModelT:
    try:
        return model.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path.name} is no TOML file: {error}") from error
    except ValidationError as error:
        raise Misconfigured(f"{path.name}: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in fault["loc"])
    match fault["type"]:
        case "extra_forbidden":
            return f"{where} is no field that is known"
        case "missing":
            return f"{where} is missing"
        case _:
            return f"{where}: {fault['msg'].removeprefix('Value error, ')}"


def in_force(editions: Iterable[EditionT], on: date | None) -> dict[str, EditionT]:
    """Of each name the edition that holds on a day, the newest of all where none is given."""
    chosen: dict[str, EditionT] = {}
    for edition in sorted(editions, key=lambda each: each.since):
        if on is None or edition.since <= on:
            chosen[edition.name] = edition
    return chosen


def check_editions(editions: Iterable[Edition]) -> None:
    """Misconfigured where two editions of one name begin on one day: neither could be chosen."""
    seen: set[tuple[str, date]] = set()
    for edition in editions:
        if (edition.name, edition.since) in seen:
            raise Misconfigured(
                f"{edition.name} has two editions that hold from {edition.since}: which one is not "
                "said"
            )
        seen.add((edition.name, edition.since))
