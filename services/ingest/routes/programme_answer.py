"""What the doors for a buyer's map of codes answer, and to whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.programmes.load_programmes import Loaded
from services.ingest.programmes.programme_map import MapLine
from shared.access import Caller, Refused
from shared.access.act import note_object

PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token lacks ingest:write, or does not speak for the buyer"},
    404: {"description": "The map has no such version"},
    409: {"description": "The map was changed meanwhile: look at it again"},
    422: {"description": "It can't be used; the field, the row and what would be right"},
}


class LineShown(BaseModel):
    """Payments that bear all the codes named are of the programme from `since` on."""

    model_config = ConfigDict(frozen=True)

    unit: str | None
    expense_type: str | None
    ledger_programme: str | None
    since: date | None = Field(description="null: whatever the day")
    programme: str
    budget_head: str | None = Field(description="null: a less specific line may say it")


class ChangedShown(BaseModel):
    """A line, and the programme and budget head that its codes were."""

    model_config = ConfigDict(frozen=True)

    line: LineShown
    was: str
    was_budget_head: str | None


class LoadedShown(BaseModel):
    """What a load changed, or would; `version` is the map's since."""

    model_config = ConfigDict(frozen=True)

    version: int
    lines: int = Field(description="Of the whole map")
    added: list[LineShown]
    changed: list[ChangedShown]
    removed: list[LineShown]
    left_blank: int = Field(default=0, description="Rows of a file without a programme")
    unread_columns: list[str] = Field(default=[], description="No part of a map")


def check_speaks(caller: Caller, buyer: str) -> None:
    """Refused: the token does not speak for the buyer, of whose map the request is."""
    if not caller.speaks_for(buyer):
        raise Refused(403, f"the token does not speak for {buyer}")
    note_object(buyer)


def shown_lines(lines: Iterable[MapLine]) -> list[LineShown]:
    """Lines as they are told."""
    return [LineShown(**line._asdict()) for line in lines]


def loaded(done: Loaded, **said: Any) -> LoadedShown:
    """What a load changed, with what else is `said` of it."""
    changes = done.changes
    return LoadedShown(
        version=done.version,
        lines=len(changes.after),
        added=shown_lines(changes.added),
        changed=[
            ChangedShown(
                line=LineShown(**after._asdict()),
                was=before.programme,
                was_budget_head=before.budget_head,
            )
            for before, after in changes.changed
        ],
        removed=shown_lines(changes.removed),
        **said,
    )
