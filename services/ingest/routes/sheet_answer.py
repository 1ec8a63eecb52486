"""What was decided of a sheet of an import, as its doors show it.

Its closed words are of those who write them and stand in the schema; a kept one is shown whatever
it says. A payee may be a person, and any column may be taken for any field where somebody answers
so: a value is shown to everyone only where its field is of days, sums or public numbers and it has
no letters. A question lets choose from any column: of those, only days and sums with pence are.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.buyers.body_names import says_body
from services.ingest.imports.bodies_of_file import ALL_OURS, WHOSE
from services.ingest.routes.question_answer import QuestionShown, show_question
from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.dates import EITHER_ORDER, DayOrder, parse_day
from services.ingest.shapes.day_form import DayForm
from services.ingest.shapes.table import State

SHEET_STATES = (*(state.value for state in State), "agreements")
DAYS_SAID = (*(DayForm(order).says for order in DayOrder), DayForm(months=True).says)
_NO_NAMES = frozenset(
    {
        *("payment_date", "amount", "company_number", "charity_number", "vat_number"),
        *("start", "end", "award_date", "maximum_end", "review_date", "updated"),
        *("annual_value", "total_value", "duration_months"),
    }
)
_WHOSE_WITHHELD = (
    "another body than the buyer is named; values that may be personal names are withheld: whose "
    "rows are the buyer's?"
)


class ColumnShown(BaseModel):
    """The column that was chosen for a field, how certainly, and two of its values."""

    model_config = ConfigDict(frozen=True)

    header: str = Field(examples=["Date Paid"])
    column: int = Field(description="From 1 on")
    certainty: float = Field(ge=0, le=1)
    samples: list[str] | None = Field(
        description="null where they are withheld: they may hold personal names",
        examples=[["30/04/2024", "01/05/2024"]],
    )


class TotalShown(BaseModel):
    """What a totals row of the file states, against what was read above it."""

    model_config = ConfigDict(frozen=True)

    row: int
    stated_pence: int
    read_pence: int


class SheetShown(BaseModel):
    """What was decided of a sheet."""

    model_config = ConfigDict(frozen=True)

    sheet: str = Field(description='"" in a file that has one table')
    state: str = Field(json_schema_extra={"enum": list(SHEET_STATES)})
    reason: str
    header_row: int
    certainty: float
    columns: dict[str, ColumnShown] = Field(description="By field of a payment or an agreement")
    not_taken: list[str] = Field(
        description="Other columns of amounts, dates and codes; none while a question waits"
    )
    notes: list[str] = Field(default=[], description="What values decided, or what was mended")
    days: str = Field(
        description="How its days are read; of a table of months each is its last day",
        json_schema_extra={"enum": list(DAYS_SAID)},
    )
    decimal_mark: str = Field(json_schema_extra={"enum": [".", ","]})
    rounded_to_pence: bool
    questions: list[QuestionShown]
    totals: list[TotalShown] = Field(default=[], description="Once the import is finished")


class ShownTo(NamedTuple):
    """A sheet as a caller sees it (the fields of SheetShown), and whether anything, or what a
    question asks, is withheld.
    """

    sheet: dict[str, Any]
    withheld: bool = False
    question_withheld: bool = False


def show_sheet(kept: Mapping[str, Any], *, officer: bool) -> ShownTo:
    """A sheet as it was kept, without what may be a name unless an `officer` of the buyer asks."""
    sheet = {name: kept[name] if name in kept else _UNSAID[name] for name in _FIELDS}
    columns, questions = sheet["columns"], sheet["questions"]
    if not officer:
        columns = {field: _column(field, each) for field, each in columns.items()}
        questions = [_without_samples(_question(each)) for each in questions]
    withheld = questions != sheet["questions"] or columns != sheet["columns"]
    asked = any(each["question"] == _WHOSE_WITHHELD for each in questions)
    shown = {"columns": columns, "questions": [show_question(each) for each in questions]}
    return ShownTo(sheet | shown, withheld, asked)


_FIELDS = tuple(SheetShown.model_fields)
_UNSAID: Mapping[str, Any] = {"notes": [], "totals": []}


def _column(field: str, column: Mapping[str, Any]) -> Mapping[str, Any]:
    samples = column["samples"]
    if not samples or (field in _NO_NAMES and not _has_letters(samples)):
        return column
    return {**column, "samples": None}


def _without_samples(question: Mapping[str, Any]) -> Mapping[str, Any]:
    samples = question.get("samples", {})
    says_no_name = _NO_NAMES_ASKED.get(question["field"], _is_blank)
    withheld = {name: None for name, values in samples.items() if not says_no_name(values)}
    return {**question, "samples": samples | withheld} if withheld else question


def _is_blank(values: Sequence[str]) -> bool:
    return not values


def _are_days(values: Sequence[str]) -> bool:
    return not _has_letters(values) and all(
        any(parse_day(each, order) is not None for order in EITHER_ORDER) for each in values
    )


def _are_sums(values: Sequence[str]) -> bool:
    """Whether all are sums, and one has pence: whole numbers may be those of accounts."""
    pence = not values or any(map(_PENCE.search, values))
    return pence and not _has_letters(values) and all(map(_is_sum, values))


def _is_sum(text: str) -> bool:
    return any(parse_amount(text, AmountForm(comma=comma)) is not None for comma in (False, True))


def _has_letters(values: Sequence[str]) -> bool:
    return any(map(str.isalpha, "".join(values)))


_PENCE = re.compile(r"[.,]\d\d?(?!\d)", re.ASCII)
_NO_NAMES_ASKED = {"payment_date": _are_days, "amount": _are_sums}


def _question(question: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = [each for each in question["columns"] if each == ALL_OURS or says_body(each)]
    if question["field"] != WHOSE or shown == question["columns"]:
        return question
    answers = [each for each in question["answers"] if each["value"] in shown]
    return {"field": WHOSE, "question": _WHOSE_WITHHELD, "columns": shown, "answers": answers}
