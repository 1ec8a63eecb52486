"""Which of the forms that a door offers an Accept header asks for."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException

from shared.problems import NOT_MADE

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"


def accepted(header: str, offered: Sequence[str]) -> str:
    """The first media type of the header that is offered; the first offered where there is no
    header. `*/*` and `text/*` ask for the first that they cover.

    In the order in which they stand there: weights are not looked at. HTTPException 406 names what
    is offered, where the header has none of it.
    """
    kinds = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    for kind in kinds:
        for each in offered:
            if kind in {each, f"{each.partition('/')[0]}/*", "*/*"}:
                return each
    if any(kinds):
        detail = f"none of what Accept asks for is made here; made are: {', '.join(offered)}"
        raise HTTPException(NOT_MADE.status, detail)
    return offered[0]
