"""What an import says of the columns that were taken, for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_WIDTH = 100


def say_columns(sheets: Sequence[Mapping[str, Any]], width: int = _WIDTH) -> Iterator[str]:
    """Which column was taken for which field, how certainly, and two of its values.

    In a few lines, none longer than `width` but where one column is. Sheets with the same columns
    are told once, by their names where they differ from others.
    """
    alike: dict[tuple[tuple[str, str], ...], list[Mapping[str, Any]]] = {}
    for sheet in sheets:
        if columns := taken_columns(sheet):
            headers = tuple((field, str(each["header"])) for field, each in columns.items())
            alike.setdefault(headers, []).append(sheet)
    for group in alike.values():
        names = f"[{', '.join(sheet['sheet'] for sheet in group)}] " if len(alike) > 1 else ""
        said = [say_column(*each) for each in taken_columns(group[0]).items()]
        yield from _packed(names, said, min(width, _WIDTH))


def taken_columns(sheet: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The columns of a sheet by field, but those that a question is about: none is taken yet."""
    asked = {question["field"] for question in sheet.get("questions", ())}
    return {field: each for field, each in sheet.get("columns", {}).items() if field not in asked}


def say_column(field: str, column: Mapping[str, Any]) -> str:
    """`amount: Net Amount (0.98) 12.50 | 30.00`."""
    return f"{field}: {column['header']} ({column['certainty']}) {' | '.join(column['samples'])}"


def _packed(line: str, said: Sequence[str], width: int) -> Iterator[str]:
    begun = False
    for each in said:
        if begun and len(line) + len("; ") + len(each) > width:
            yield line
            line, begun = "", False
        line += f"; {each}" if begun else each
        begun = True
    yield line
