"""Field selection: `fields=payee,amount` answers these of each item and no others."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from shared.errors import Rejected

Fields = Annotated[
    list[str],
    Query(
        description="Only these fields of each item, as a comma list; all by default. In JSON an"
        " item then lacks the others; in CSV and Parquet the columns do",
    ),
]


def choose_fields(asked: Sequence[str], model: type[BaseModel]) -> tuple[str, ...]:
    """The fields that are asked for in the order of the model, all where none is.

    Rejected names the known ones where one is none of them.
    """
    names = {part.strip() for value in asked for part in value.split(",")} - {""}
    known = tuple(model.model_fields)
    for name in sorted(names.difference(known)):
        raise Rejected(f"{name[:80]!r} is no field; known are: {', '.join(known)}", "fields")
    return tuple(name for name in known if not names or name in names)


def pick(items: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The items with these fields alone."""
    return [{name: item[name] for name in names} for item in items]
