"""Field selection: `fields=payee,amount` answers these of each item and no others."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from shared.errors import Rejected

Fields = Annotated[
    list[str],
    Query(
        description="Only these fields of each item, in this order, as a comma list; all by"
        " default. In JSON an item then lacks the others; in CSV and Parquet the columns do",
    ),
]


def choose_fields(asked: Sequence[str], model: type[BaseModel]) -> tuple[str, ...]:
    """The fields that are asked for in the order of asking, all in the model's where none is.

    Rejected names the known ones where one is none of them.
    """
    parts = (part.strip() for value in asked for part in value.split(","))
    names = dict.fromkeys(part for part in parts if part)
    known = tuple(model.model_fields)
    for name in names:
        if name not in known:
            raise Rejected(f"{name[:80]!r} is no field; known are: {', '.join(known)}", "fields")
    return tuple(names) or known


def pick(items: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The items with these fields alone, in this order."""
    return [{name: item[name] for name in names} for item in items]
