"""Which of the forms that a door offers an Accept header asks for."""

from collections.abc import Sequence
from contextlib import suppress

from starlette.exceptions import HTTPException

from shared.door.problems import NOT_MADE

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"


def accepted(header: str, offered: Sequence[str]) -> str:
    """The form of those offered that the header weighs most; the first where there is no header.

    Of equal weights (RFC 9110, 12.5.1) the one that stands first; `*/*` and `text/*` ask for the
    first that they cover, and a weight of 0 for none. HTTPException 406 names what is offered,
    where the header has none of it.
    """
    weighed = [_weigh(part) for part in header.split(",")]
    refused = {kind for kind, weight in weighed if not weight}
    for kind, weight in sorted(weighed, key=lambda each: -each[1]):
        for each in offered:
            covers = {each, f"{each.partition('/')[0]}/*", "*/*"}
            if weight and kind in covers and each not in refused:
                return each
    if any(kind for kind, _ in weighed):
        detail = f"none of what Accept asks for is made here; made are: {', '.join(offered)}"
        raise HTTPException(NOT_MADE.status, detail)
    return offered[0]


def _weigh(part: str) -> tuple[str, float]:
    """A media type and its weight, of which what is no number says nothing."""
    kind, *parameters = part.lower().split(";")
    weight = 1.0
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            with suppress(ValueError):
                weight = float(value)
    return kind.strip(), weight
