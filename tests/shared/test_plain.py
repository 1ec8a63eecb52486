"""What is wrong with a request, in plain words."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from shared.fields import Instant
from shared.plain import in_plain_words


class Asked(BaseModel, extra="forbid"):
    key: UUID | None = None
    channel: Literal["webhook", "email"] = "email"
    limit: Annotated[int, Field(ge=1, le=200)] = 1
    day: Annotated[date, Field(ge=date(1990, 1, 1))] = date(2024, 4, 30)
    at: AwareDatetime | None = None
    kinds: Annotated[list[str], Field(min_length=1)] = ["a"]
    name: Annotated[str, Field(min_length=1, max_length=3)] = "a"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key": "x"}, "must be an id such as 0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"),
        ({"channel": "fax"}, "must be 'webhook' or 'email'"),
        ({"limit": 0}, "must be 1 or more"),
        ({"limit": 201}, "must be 200 or less"),
        ({"limit": "ten"}, "must be a whole number"),
        ({"day": "1989-12-31"}, "must be 1990-01-01 or later"),
        ({"day": "soon"}, "must be a date such as 2024-04-30"),
        ({"at": "2024-04-30T09:00:00"}, "must say its time zone, as in 2024-04-30T09:00:00Z"),
        ({"kinds": []}, "must have 1 or more entries"),
        ({"name": ""}, "must not be empty"),
        ({"name": "long"}, "must have 3 or fewer characters"),
        ({"colour": "red"}, "is not known here"),
    ],
)
def test_a_fault_is_said_for_people(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Asked.model_validate(given)
    [fault] = error.value.errors()
    assert in_plain_words(fault) == said


@pytest.mark.parametrize("given", ["20240401", "-5", "1711929600", 1711929600, "2024-04-01"])
def test_an_instant_is_written_out_and_no_count_of_seconds(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(given)
    assert TypeAdapter(Instant).validate_python("2024-04-01T00:00:00Z").year == 2024
