"""The terms of an agreement while they are made of a record's cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

_LINE = 200
Cells = Mapping[str, Any]
"""Cells by field, as header_words.toml names them."""


@dataclass
class Made:
    """The terms while they are made, and what is remarked of them."""

    said: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    ongoing: bool = False


def one_line(text: str, most: int = _LINE) -> str:
    """On one line, the marks of HTML read, shortened to what a field may hold."""
    plain = " ".join(unescape(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."
