"""The answers that a question names: as the command line takes them, and as the door does.

Questions are kept in the words of the command line. Whoever writes an option writes it here, where
it is read again, so that no header is mistaken for one or is cut short.
"""

import json
import re

ORDER = "order"
"""What `--map` calls the order of day and month."""

_PLAIN = re.compile("[a-z]+|[A-Z]+")
_SPECIAL = re.compile(r'(["\\$`])')
"""What a shell does not take as it is between double quotes."""
_OPTION = re.compile(
    r'--(?:map (?P<field>\w+)=|entity )(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[a-z]+|[A-Z]+))',
    re.ASCII | re.DOTALL,
)


def map_option(field: str, value: str) -> str:
    """The option that answers a field by a value."""
    return f"--map {field}={_quoted(value)}"


def entity_option(body: str) -> str:
    """The option that answers whose rows are the buyer's."""
    return f"--entity {_quoted(body)}"


def say_posted(question: str) -> str:
    """The same question with its answers as a POST to `mapping` gives them, not as options."""
    posted = _OPTION.sub(_body, question)
    return posted if posted == question else f"{posted} (as the body of a POST to mapping)"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f'"{escaped}"'


def _body(option: re.Match[str]) -> str:
    field, quoted = option["field"], option["quoted"]
    value = option["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
    said: dict[str, object] = {"columns": {field: value}}
    if field is None:
        said = {"entities": [value]}
    elif field == ORDER:
        said = {ORDER: value}
    return json.dumps(said, ensure_ascii=False)
