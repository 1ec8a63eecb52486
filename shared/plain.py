"""What is wrong with a request, in words for people: pydantic's own are for programmers."""

import re
from collections.abc import Mapping
from typing import Any

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SAID = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "what was sent is not JSON",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "date_type": "must be a date such as 2024-04-30",
    "date_parsing": "must be a date such as 2024-04-30",
    "date_from_datetime_parsing": "must be a date such as 2024-04-30",
    "date_from_datetime_inexact": "must be a date without a time",
    "datetime_type": "must be a time such as 2024-04-30T09:00:00Z",
    "datetime_parsing": "must be a time such as 2024-04-30T09:00:00Z",
    "datetime_from_date_parsing": "must be a time such as 2024-04-30T09:00:00Z",
    "timezone_aware": "must say its time zone, as in 2024-04-30T09:00:00Z",
    "uuid_type": "must be an id such as 0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
    "uuid_parsing": "must be an id such as 0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
    "string_pattern_mismatch": "has a form that is not allowed",
}
_COUNTED = {
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have {max_length} or fewer characters",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have {max_length} or fewer entries",
}


def in_plain_words(fault: Mapping[str, Any]) -> str:
    """A sentence's end that follows the name of the field: `fault` is one of pydantic's errors."""
    kind = fault["type"]
    if kind == "string_too_short" and fault["ctx"]["min_length"] == 1:
        return "must not be empty"
    if kind in _COUNTED:
        said = _COUNTED[kind].format(**fault["ctx"])
        if any(_DAY.match(str(limit)) for limit in fault["ctx"].values()):
            return said.replace("or more", "or later").replace("or less", "or earlier")
        return said
    plain: str = _SAID.get(kind) or fault["msg"].removeprefix("Value error, ")
    return plain.replace("Input should", "must", 1)
