"""Which of the forms that a door offers an Accept header asks for."""

from collections.abc import Sequence

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"


def accepted(header: str, offered: Sequence[str]) -> str:
    """The first media type of the header that is offered; the first offered where it has none.

    In the order in which they stand there: weights are not looked at.
    """
    for part in header.split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in offered:
            return kind
        if kind == "*/*":
            break
    return offered[0]
