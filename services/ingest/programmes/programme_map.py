"""A buyer's map of its own codes to programmes and budget heads, and what a load changes of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.codes import fold_code
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Day, Line, Paragraph

CODES = ("unit", "expense_type", "ledger_programme")
SAID = ("programme", "budget_head")
"""What a line says of payments that bear its codes."""


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    unit: Line | None = None
    expense_type: Paragraph | None = None
    ledger_programme: Line | None = None
    since: Day | None = None
    programme: Line
    budget_head: Line | None = None


class MapLine(NamedTuple):
    """Payments that bear all the codes named are of `programme`, from `since` on (None: always).

    Where a budget head is named they are of that too; else a less specific line may say it.
    """

    unit: str | None
    expense_type: str | None
    ledger_programme: str | None
    since: date | None
    programme: str
    budget_head: str | None = None

    def key(self) -> tuple[str, ...]:
        """What of a line is its own: the codes, however they are spelt, and the day."""
        codes = (fold_code(getattr(self, name) or "") for name in CODES)
        return (*codes, "" if self.since is None else self.since.isoformat())


def check_line(said: Mapping[str, Any]) -> MapLine:
    """A line of text and a day by field, as it is kept. Rejected: what no line can say."""
    try:
        line = MapLine(**_Said.model_validate(dict(said)).model_dump())
    except ValidationError as error:
        raise explain(error) from error
    if not any(line.key()[:-1]):
        raise Rejected(f"no code is named: one of {', '.join(CODES)} is expected", CODES[0])
    return line


class Changes(NamedTuple):
    """What a load adds, changes (before and after) and takes away, and the whole map after it."""

    added: Sequence[MapLine]
    changed: Sequence[tuple[MapLine, MapLine]]
    removed: Sequence[MapLine]
    after: Sequence[MapLine]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.changed or self.removed)


def change_map(before: Iterable[MapLine], given: Iterable[MapLine], *, whole: bool) -> Changes:
    """What the map becomes by the lines given; `whole`, those that are not given go.

    A programme and a budget head are spelt as they were given last, in every line of the map: two
    spellings are no two programmes. The spelling of a code changes nothing. Rejected: two lines of
    the same codes and day that say different programmes or budget heads.
    """
    lines = {line.key(): line for line in before}
    new: dict[tuple[str, ...], MapLine] = {}
    spelt: dict[str, dict[str, str]] = {name: {} for name in SAID}
    for line in given:
        first = new.setdefault(line.key(), line)
        for name in SAID:
            said, other = getattr(line, name) or "", getattr(first, name) or ""
            spelt[name].setdefault(fold_code(said), said)
            if fold_code(said) != fold_code(other):
                raise Rejected(
                    f"the same codes from the same day are {other or 'none'!r} and"
                    f" {said or 'none'!r}",
                    name,
                )
    kept = {
        key: lines.get(key, line)._replace(programme=line.programme, budget_head=line.budget_head)
        for key, line in new.items()
    }
    after = kept if whole else lines | kept
    after = {key: _spelt_as(line, spelt) for key, line in after.items()}
    return Changes(
        [line for key, line in after.items() if key not in lines],
        [(lines[key], line) for key, line in after.items() if lines.get(key, line) != line],
        [line for key, line in lines.items() if key not in after],
        [after[key] for key in sorted(after)],
    )


def _spelt_as(line: MapLine, spelt: Mapping[str, Mapping[str, str]]) -> MapLine:
    said = {name: getattr(line, name) for name in SAID}
    return line._replace(
        **{name: value and spelt[name].get(fold_code(value), value) for name, value in said.items()}
    )
