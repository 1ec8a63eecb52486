"""What GET /v1/spend answers: by page, and as a file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from services.api.asked.question import Question
from services.api.routes.figures import EXAMPLE, Figures, with_definitions
from services.api.routes.predecessors import PREDECESSOR_EXAMPLE, PredecessorAnswer
from shared.errors import Rejected
from shared.lists.wish import Wish


class SpendRow(Figures):
    """The figures of one combination of groups; only the groups that were asked for are there."""

    buyer: str | None = None
    place: str | None = Field(None, description="null: not coded")
    programme: str | None = Field(
        None, description="By the buyer's own map of its codes, else the ledger's own word"
    )
    programme_state: Literal["mapped", "as-coded", "unmapped", "not-coded"] | None = Field(
        None,
        description="Beside programme: as-coded where no line of the map names the ledger's own "
        "word; unmapped: it bears codes that no line names; not-coded: it bears none",
    )
    budget_head: str | None = Field(
        None, description="By the buyer's own map of its codes; null: no line of it names one"
    )
    ledger_programme: str | None = Field(
        None, description="As the ledger prints it; null: it prints none"
    )
    unit: str | None = Field(None, description="As the ledger prints it; null: it prints none")
    expense_type: str | None = Field(
        None, description="As the ledger prints it; null: it prints none"
    )
    financial_year: str | None = None
    quarter: str | None = Field(
        None, description="Of the financial year: `2024-25 Q1` is April to June 2024"
    )
    month: str | None = None
    organisation: str | None = Field(
        None, description="null: matched with none, or known to a register by name only"
    )
    organisation_name: str | None = None
    legal_form: str | None = Field(None, description="Of the organisation; null: not known")
    income_band: str | None = Field(None, description="Of the organisation; null: not known")
    reach: str | None = Field(None, description="Of the organisation; null: not known")
    tier: str | None = Field(None, description="Of the match; null: not classified yet")
    route: str | None = Field(
        None,
        description="By the agreements in force with the payee in the month: `several` where they "
        "differ, `no-agreement` where none is",
    )
    agreement_kind: str | None = Field(None, description="In the same way")
    recurrence: str | None = Field(None, description="Of the agreements' lines, in the same way")


class SpendAnswer(Figures):
    """The figures of everything that was asked for, and a page of its rows in the order of their
    groups.
    """

    group_by: list[str]
    as_known_at: date | None = Field(description="null: by all that is known")
    predecessors: list[PredecessorAnswer]
    rows: list[SpendRow]
    next: str | None = Field(description="The cursor of the page after it, null on the last")


SPEND_EXAMPLE = EXAMPLE | {
    "group_by": ["buyer", "financial_year"],
    "as_known_at": None,
    "predecessors": [PREDECESSOR_EXAMPLE],
    "rows": [{"buyer": "GB-NHS-QWO", "financial_year": "2024-25"} | EXAMPLE],
    "next": None,
}


def row_names(question: Question) -> tuple[str, ...]:
    """The fields that a row of the answer has, in their order."""
    beside: Sequence[str] = ()
    if "organisation" in question.group_by:
        beside = ("organisation_name", "legal_form")
    if "programme" in question.group_by:
        beside = (*beside, "programme_state")
    return tuple(dict.fromkeys((*question.group_by, *beside, *Figures.model_fields)))


def wish_of_rows(wish: Wish, question: Question) -> Wish:
    """The wish, with the fields that rows of a file have where none was asked for.

    Rejected: a field of a group that is not asked for.
    """
    has = row_names(question)
    if wish.names == tuple(SpendRow.model_fields):
        return replace(wish, names=has) if wish.whole else wish
    for name in wish.names:
        if name not in has:
            raise Rejected(f"rows have no {name} where group_by does not name it", "fields")
    return wish


def row_of_file(question: Question) -> type[BaseModel]:
    """The model of a row in a file, which has columns for each definition."""
    return with_definitions(SpendRow, question.definitions)
