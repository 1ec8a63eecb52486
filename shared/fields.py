"""The fields that facts are made of: text that can be kept, days, periods, money, org-ids."""

import re
from datetime import date, datetime
from typing import Annotated, Any, cast

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

# No control characters (a null byte is the one PostgreSQL refuses) except tab and line ends.
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
# What no one sees, as Unicode lists it (Default_Ignorable_Code_Point), with C1 controls, line
# separators and the blank of Braille: a name that is nothing else is no name. Characters rather
# than escapes above U+FFFF: JSON Schema, Rust and Python write those in three ways.
_UNSEEN = (
    r"\s\x80-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# What makes text read otherwise than it is written: the marks that embed, override and isolate a
# direction (UAX #9), and the separators of lines and paragraphs, which end a line unseen.
TURNING = r"\u2028-\u202e\u2066-\u2069"
"""The characters between brackets of a pattern that no `Line` may hold."""


def _seen(refused: str) -> str:
    """The pattern of text with a character that is seen, and none of those refused."""
    return rf"^[^{refused}]*[^{refused}{_UNSEEN}][^{refused}]*$"


# ISO 8601, without hours; years, months and days may stand together, weeks stand alone.
_ISO_PERIOD = (
    r"P(?:[0-9]{1,3}W|(?:[0-9]{1,2}Y)?(?:[0-9]{1,3}M)?[0-9]{1,4}D"
    r"|(?:[0-9]{1,2}Y)?[0-9]{1,3}M|[0-9]{1,2}Y)"
)
_HOUR = r"@(?:[01][0-9]|2[0-3]):[0-5][0-9]"


_YEARS = r"^(?:199[0-9]|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$"


class _Written:
    """Holds JSON to the written form of a day: pydantic reads digits as seconds since 1970."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        day = handler(source)
        written = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=r"^\d{4}-\d\d-\d\d$"),
            custom_error_type="date_form",
            custom_error_message="Input should be a date such as 2024-04-30",
        )
        read = cast("core_schema.CoreSchema", {**day, "strict": False})
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([written, read]), python_schema=day
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler(cast("core_schema.JsonOrPythonSchema", schema)["python_schema"])
        return written | {"pattern": _YEARS, "description": "A day of 1990 to 2100, as 2024-04-30"}


Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=_seen(_CONTROL + TURNING)
    ),
]
Paragraph = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=_seen(_CONTROL)
    ),
]
LARGEST = 2**31 - 1
"""The largest whole number that is asked for: a count of versions or revisions (int4)."""
ORG_ID = r"^[A-Z]{2}-[A-Z0-9]{2,12}-[A-Za-z0-9./_-]{1,40}$"
OrgId = Annotated[str, StringConstraints(pattern=ORG_ID)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31)), _Written()]
"""A day of 1990 to 2100, in JSON always as 2024-04-30."""


def _not_a_number(given: Any) -> Any:
    """Digits would be read as seconds since 1970: 20240401 as a day of August that year."""
    if not isinstance(given, str | datetime) or _NUMBER.fullmatch(str(given)):
        raise ValueError("must be a time such as 2024-04-30T09:00:00Z")
    return given


_NUMBER = re.compile(r"\s*[+-]?[\d.]+\s*")
Instant = Annotated[AwareDatetime, BeforeValidator(_not_a_number)]
"""A moment with its zone, as 2024-04-30T09:00:00Z."""
Pence = Annotated[int, Field(ge=-9_999_999_999_999, le=9_999_999_999_999)]
Word = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", min_length=1, max_length=60)
]
"""A name of a list that may grow, as `service-level-agreement`: readers let others pass."""


class Form:
    """Says what a field `looks` like, where a pattern would be all that the error shows."""

    def __init__(self, looks: str) -> None:
        self._looks = looks

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.custom_error_schema(
            handler(source),
            custom_error_type="text_form",
            custom_error_message=f"Input should be {self._looks}",
        )


Period = Annotated[
    str,
    StringConstraints(pattern=f"^{_ISO_PERIOD}$"),
    Form("a period such as P6M, P12W, P90D or P1Y"),
    Field(
        description="By ISO 8601, in years, months, days, or weeks alone: P6M, P1Y6M, P90D, P12W"
    ),
]
"""A length of time by ISO 8601 (`P6M`, `P12W`, `P90D`, `P1Y6M`): whole days at the least."""
NoticePeriod = Annotated[
    str,
    StringConstraints(pattern=rf"^(?:{_ISO_PERIOD}|[1-9][0-9]{{0,2}}WD)$"),
    Form("a period such as P6M, P13W, P30D or, in working days, 10WD"),
    Field(description="By ISO 8601 (P6M, P13W, P30D), or working days, as 10WD"),
]
"""A length of notice: a `Period`, or working days as `10WD`, for which ISO 8601 has no letter."""
DeemedRule = Annotated[
    str,
    StringConstraints(pattern=rf"^[0-9]{{1,2}}(?:WD|D(?:\+WD)?)(?:{_HOUR})?$"),
    Form("a rule such as 2WD, 2D, 2D+WD or 0WD@17:00"),
    Field(
        description="2WD: on the second working day after sending; 0WD: on the day itself, else the"
        " next working day. 2D: on the second day; 2D+WD: on the second day, else the next working"
        " day. With @17:00 what is sent later in the day counts as sent on the next day; with WD,"
        " what is sent later or on no working day counts as sent on the next working day"
    ),
]
"""When what was sent counts as served.

- `2WD`: on the second working day after sending; `0WD`: on the day itself, else the next working
  day.
- `2D`: on the second day after sending; `0D`: on the day itself.
- `2D+WD`: on the second day after sending, else the next working day after that.
- `@17:00` behind any of them: what is sent later in the day counts as sent on the next day; with
  `WD`, what is sent later or on no working day counts as sent on the next working day.
"""
Percentage = Annotated[
    str,
    StringConstraints(pattern=r"^(?:100(?:\.00?)?|[0-9]{1,2}(?:\.[0-9]{1,2})?)$"),
    Form("a percentage in text, such as 40 or 12.50, at most 100"),
    Field(description="A share in per cent, in text with at most two decimals: 40, 12.50"),
]
"""A share in per cent, exact: text with at most two decimals."""
