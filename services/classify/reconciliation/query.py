"""Queries as the Reconciliation Service API 0.2 sends them, read into what they ask for.

https://reconciliation-api.github.io/specs/0.2/
"""

import re
from typing import Annotated, Any, Literal, Self, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from services.classify.matching.identifiers import read_charity_number, read_company_number
from services.classify.reconciliation.vocabulary import CHARITY_NUMBER, COMPANY_NUMBER, POSTCODE
from services.classify.supplier import Supplier
from shared.errors import Rejected

ModelT = TypeVar("ModelT", bound=BaseModel)

LARGEST_BATCH = 100
MOST_CANDIDATES = 50
MOST_IDS = 500
_USUAL_CANDIDATES = 10
_LONGEST = 2_000
_ORG_ID = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,12}-[A-Za-z0-9./_-]{1,40}")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class _Entity(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    id: str
    name: str | None = None


_Value = str | bool | int | float | _Entity


class Property(BaseModel):
    """A value, or several, that the organisation should have."""

    model_config = ConfigDict(frozen=True, strict=True)

    pid: str
    v: _Value | list[_Value]

    def text(self) -> str | None:
        """The first value as text; None where it has none."""
        values = self.v if isinstance(self.v, list) else [self.v]
        for value in values:
            text = value.id if isinstance(value, _Entity) else str(value)
            if text.strip() and not isinstance(value, bool):
                return text.strip()[:_LONGEST]
        return None


class Query(_Strict):
    """One question: by name, by properties, or both. Properties that are not known say nothing."""

    query: Annotated[str, Field(max_length=_LONGEST)] = ""
    type: Annotated[list[str], BeforeValidator(_listed)] = []
    limit: Annotated[int, BeforeValidator(_whole), Field(ge=1)] = _USUAL_CANDIDATES
    properties: list[Property] = []
    type_strict: Literal["any", "should", "all"] = "any"

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.query.strip() and not self.properties:
            raise ValueError("one of query and properties is needed")
        return self

    def supplier(self) -> Supplier:
        """What is asked for as a payee with its numbers; a query that is a number is one."""
        given = {p.pid: text for p in self.properties if (text := p.text()) is not None}
        text = self.query.strip()
        charity, company = given.get(CHARITY_NUMBER), given.get(COMPANY_NUMBER)
        if charity is None and read_charity_number(text):
            charity = text
        elif company is None and read_company_number(text):
            company = text
        return Supplier("", text, charity, company, given.get(POSTCODE))

    @property
    def org_id(self) -> str | None:
        """The identifier that the query is, if it is one."""
        text = self.query.strip()
        return text if _ORG_ID.fullmatch(text) else None


class ExtendedProperty(BaseModel):
    """A property asked for; settings are not used."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: str


class Extension(BaseModel):
    """Which properties are asked for of which organisations."""

    model_config = ConfigDict(frozen=True, strict=True)

    ids: list[str]
    properties: list[ExtendedProperty]


class TooMany(Rejected):
    """More is asked for at once than the manifest allows."""


def read_batch(text: str) -> dict[str, Query]:
    """Queries by their keys. Rejected says which one is wrong and why."""
    batch = _json(text, "queries")
    if not isinstance(batch, dict):
        raise Rejected("queries must be an object: a query under each key", "queries")
    if len(batch) > LARGEST_BATCH:
        raise TooMany(
            f"{len(batch)} queries at once: no more than {LARGEST_BATCH} are answered", "queries"
        )
    return {key: _read(Query, query, f"queries.{key[:80]}") for key, query in batch.items()}


def read_extension(text: str) -> Extension:
    """A data extension query. Rejected says what is wrong."""
    extension = _read(Extension, _json(text, "extend"), "extend")
    if len(extension.ids) > MOST_IDS:
        raise TooMany(f"{len(extension.ids)} ids at once: no more than {MOST_IDS}", "extend.ids")
    return extension


def _json(text: str, field: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Rejected(f"{field} is not JSON: {error}", field) from error


def _read(model: type[ModelT], value: Any, field: str) -> ModelT:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join([field, *(str(part) for part in fault["loc"])])
        raise Rejected(f"{where}: {fault['msg'].removeprefix('Value error, ')}", where) from error
