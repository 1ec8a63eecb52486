"""Questions in the words of the command line: their answers are options of `import`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.ingest.agreement_files.whose import BUYER
from services.ingest.imports.bodies_of_file import WHOSE

_PLAIN = re.compile("[a-z]+|[A-Z]+")
_SPECIAL = re.compile(r'(["\\$`])')
"""What a shell does not take as it is between double quotes."""
_HEADER = "HEADER"
_MOST_SAMPLED = 20
"""Columns whose values are told in a line; `--json` has more."""
_ADD_BUYER = " (`buyers add ORG-ID --name NAME --kind KIND` adds one)"


def say_question(kept: Mapping[str, Any]) -> str:
    """A question as it is kept with an import, with the options that answer it.

    Values of the columns stand behind it; who runs the command has the file.
    """
    return _say(kept) + _say_samples(kept.get("samples", {}))


def _say(kept: Mapping[str, Any]) -> str:
    question = str(kept["question"])
    said = [f"{_option(each)} {each['when']}".strip() for each in kept["answers"]]
    if not said:
        return question + (_ADD_BUYER if kept["field"] == BUYER else "")
    between = ", or " if any(each["when"] for each in kept["answers"]) else " or "
    return f"{question}{' Say' if question.endswith('?') else ': say'} {between.join(said)}"


def _say_samples(samples: Mapping[str, Sequence[str]]) -> str:
    said = [f"{name}: {' | '.join(values)}" for name, values in samples.items() if values]
    more = f"; and {len(said) - _MOST_SAMPLED:,} more" if len(said) > _MOST_SAMPLED else ""
    return f" ({'; '.join(said[:_MOST_SAMPLED])}{more})" if said else ""


def _option(answer: Mapping[str, Any]) -> str:
    value = _HEADER if answer["value"] is None else answer["value"]
    if answer["field"] == WHOSE:
        return f"--entity {_quoted(value)}"
    return f"--map {answer['field']}={_quoted(value)}"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f'"{escaped}"'
