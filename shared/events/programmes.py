"""programmes.v1: which of a buyer's own codes are which programme."""

from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.fact import Fact
from shared.fields import Line, OrgId, Paragraph


class ProgrammeMapped(Fact):
    """Payments of a buyer that bear all the codes named here are of `programme`, from a day on,
    and of the budget head, if one is named.

    At least one of `unit`, `expense_type` and `ledger_programme` is named; a payment's codes are
    compared as `shared/codes.py` folds them. `since` null: from the first day on. `version` is that
    of the buyer's whole map; of facts with the same codes and day the highest counts, and with
    `programme` null the line is in the map no longer.
    """

    TYPE: ClassVar[str] = "programme.mapped.v1"

    buyer: OrgId
    version: Annotated[int, Field(ge=1)]
    unit: Line | None = None
    expense_type: Paragraph | None = None
    ledger_programme: Annotated[
        Line | None, Field(description="What the ledger's own programme column prints")
    ] = None
    since: date | None = None
    programme: Line | None
    budget_head: Annotated[
        Line | None,
        Field(description="Of the buyer's budget: who answers for it, or what funds it"),
    ] = None
    recorded_at: datetime
