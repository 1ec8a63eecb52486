"""What doors are asked that answer as it was known on a day."""

from datetime import date
from typing import Annotated

from fastapi import Query

AsKnownAt = Annotated[
    date | None,
    Query(description="By what was recorded by the end of this day, in the United Kingdom"),
]
