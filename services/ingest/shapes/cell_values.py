"""Single cells of a payment's row as events hold them, or why they can't be used."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from services.ingest.shapes.cells import as_text, is_blank
from services.ingest.shapes.row_kinds import is_balance, is_bare_total
from shared.envelope import explain
from shared.errors import Rejected
from shared.events import PaymentPosted

_MOST_KEPT = 50_000
_ANY_LINE = 200
_USUAL = {"buyer": "GB-XXX-1", "payee": "Leeds Mind", "payment_date": date(2024, 4, 30)}


class Kept(dict[Any, Any]):
    """What each distinct value means; a bounded number of them. What is rejected is not kept."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, value: Any) -> Any:
        meaning = self._read(value)
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[value] = meaning
        return meaning


def plain(value: Any, field: str) -> Any:
    """A cell of text, number or day; bytes are read as UTF-8. Rejected where it is none."""
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise Rejected(f"{field} holds bytes that are not UTF-8 text", field) from error
    if isinstance(value, bool) or (
        value is not None and as_text(value) is None and not is_blank(value)
    ):
        raise Rejected(f"{field} is no text, number or date", field)
    return value


def read_payee(value: Any) -> str:
    """The name of who was paid. Rejected: none, or the word for a total or a balance."""
    text = as_text(plain(value, "payee"))
    if text is None:
        raise Rejected("payee is blank", "payee")
    if is_bare_total(text):
        raise Rejected("payee is the word for a total", "payee")
    if is_balance(text):
        raise Rejected("payee is a balance that was carried over, and nobody who was paid", "payee")
    return str(check_value("payee", text))


@cache
def reader_of(field: str) -> Callable[[Any], str | None]:
    """What reads the cells of a field that may be blank."""

    def read(value: Any) -> str | None:
        if type(value) is str and _is_usual(value):
            return value.strip() or None
        text = as_text(plain(value, field))
        return None if text is None else str(check_value(field, text))

    return read


def check_value(field: str, value: Any) -> Any:
    """The value as events hold it. Rejected in the words that a posted payment would get.

    Short printable ASCII is what every text of an event may be, and most texts are.
    """
    if isinstance(value, str) and _is_usual(value):
        return value
    try:
        return getattr(PaymentPosted.model_validate(_USUAL | {field: value}), field)
    except ValidationError as error:
        if error.errors()[0]["type"] == "string_unicode":
            raise Rejected(
                f"{field} holds a byte that is no character of its file", field
            ) from error
        raise explain(error) from error


def _is_usual(text: str) -> bool:
    return len(text) <= _ANY_LINE and text.isascii() and text.isprintable()
