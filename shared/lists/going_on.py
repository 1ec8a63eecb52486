"""The parameter by which a list that is had by pages goes on."""

from typing import Annotated

from fastapi import Query

Cursor = Annotated[str | None, Query(description="`next` of the answer before, same filters")]
