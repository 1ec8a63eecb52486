"""What the doors show of a sheet: every word that is kept, and no name to who may not see one."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.agreement_files.find_agreements import AgreementSheet, describe_sheet
from services.ingest.imports.import_file import import_file
from services.ingest.reading.sheet import Sheet
from services.ingest.routes.import_answer import ImportShown
from services.ingest.routes.import_questions import MappingGiven
from services.ingest.routes.sheet_answer import (
    DAYS_SAID,
    SHEET_STATES,
    SheetShown,
    show_sheet,
)
from services.ingest.shapes.amounts import AmountForm
from services.ingest.shapes.dates import DayOrder
from services.ingest.shapes.day_form import DayForm, find_day_form
from services.ingest.shapes.sheets import describe_table
from services.ingest.shapes.table import Made, State, Table, TableShape
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.said import NOW

SHEET = Sheet(lambda _: iter(()))
EVERY_FORM = [
    DayForm(order, swapped=swapped, months=months)
    for order in DayOrder
    for swapped in (False, True)
    for months in (False, True)
]


def sheet(**said: Any) -> dict[str, Any]:
    """A sheet of payments as it is kept, but for what is said."""
    kept = describe_table(Table(SHEET, "", TableShape(State.PAYMENTS)))
    return kept | said


def column(*samples: str) -> dict[str, Any]:
    return {"header": "x", "column": 1, "certainty": 1.0, "samples": list(samples)}


@pytest.mark.parametrize("form", EVERY_FORM, ids=str)
@pytest.mark.parametrize("made", Made)
@pytest.mark.parametrize("state", State)
def test_every_word_of_a_shape_is_shown(form: DayForm, made: Made, state: State) -> None:
    shape = TableShape(
        state, "why", day_form=form, amount_form=AmountForm(comma=True), made=made, shifted=True
    )
    shown = SheetShown(**describe_table(Table(SHEET, "", shape)))
    assert (shown.state, shown.days) == (state.value, form.says)
    assert shown.state in SHEET_STATES
    assert shown.days in DAYS_SAID


def test_the_words_of_agreements_are_shown() -> None:
    for shape in ("contract-register", ""):
        shown = SheetShown(**describe_sheet(AgreementSheet(SHEET, "", shape)))
        assert shown.state in SHEET_STATES
        assert shown.days in DAYS_SAID


def test_a_word_that_nobody_knows_any_more_is_shown_all_the_same() -> None:
    kept = sheet(state="paused", days="week of the year", decimal_mark="'")
    shown = SheetShown.model_validate(show_sheet(kept, officer=False).sheet)
    assert (shown.state, shown.days, shown.decimal_mark) == ("paused", "week of the year", "'")


def test_the_order_can_be_answered_with_every_word_that_is_asked() -> None:
    for answer in get_args(get_args(MappingGiven.model_fields["order"].annotation)[0]):
        days = [date(2024, 5, 4), "04/05/2024"]
        assert find_day_form(days, "Date", "", answer)[1] is None


def test_values_that_may_be_names_are_withheld() -> None:
    kept = sheet(
        columns={
            "payment_date": column("30/04/2024", "1/5/2024"),
            "amount": column("£1,250.00", "(12.50)"),
            "payee": column("Jo Moss"),
            "reference": column("4711"),
            "purpose": column("Respite for A B"),
            "unit": column("Adults"),
            "vat_number": column("Jo Moss"),  # somebody answered that this column is it
        }
    )
    shown = show_sheet(kept, officer=False)
    assert shown.withheld
    columns = SheetShown.model_validate(shown.sheet).columns
    assert {name for name, each in columns.items() if each.samples is not None} == {
        *("payment_date", "amount")
    }
    whole = show_sheet(kept, officer=True)
    assert not whole.withheld
    assert whole.sheet["columns"]["payee"]["samples"] == ["Jo Moss"]


def test_a_question_whose_rows_these_are_names_public_bodies_only() -> None:
    asked = {
        "field": "whose",
        "question": "Body names another: Jo Moss (3 rows)",
        "columns": ["Jo Moss", "Leeds City Council", "all"],
        "answers": [{"field": "whose", "value": each, "when": ""} for each in ("Jo Moss", "all")],
    }
    shown = show_sheet(sheet(questions=[asked]), officer=False)
    [question] = SheetShown.model_validate(shown.sheet).questions
    assert question.columns == ["Leeds City Council", "all"]
    assert "Moss" not in question.question
    assert [each.body for each in question.answers] == [{"entities": ["all"]}]
    assert shown.question_withheld
    of_bodies = asked | {"columns": ["Leeds City Council", "all"], "answers": []}
    assert not show_sheet(sheet(questions=[of_bodies]), officer=False).withheld


def test_values_of_the_columns_to_choose_from_are_withheld_unless_they_can_be_no_name() -> None:
    samples = {
        "Amount": ["12.50", "30"],
        "Value": ["£1,250.00", "(12.50)"],
        "Account": ["30921104", "30921105"],
        "Paid on": ["30/04/2024"],
        "Supplier": ["Jo Moss"],
        "Blank": [],
    }
    asked = {"field": "amount", "question": "which?", "columns": list(samples), "answers": []}
    kept = sheet(questions=[asked | {"samples": samples}])
    shown = show_sheet(kept, officer=False)
    [question] = SheetShown.model_validate(shown.sheet).questions
    withheld = {name for name, each in question.samples.items() if each is None}
    assert withheld == {"Account", "Paid on", "Supplier"}
    assert (shown.withheld, shown.question_withheld) == (True, False)
    assert show_sheet(kept, officer=True).sheet["questions"][0]["samples"] == samples
    for field, seen in {"payment_date": {"Paid on", "Blank"}, "payee": {"Blank"}}.items():
        other = sheet(questions=[asked | {"field": field, "samples": samples}])
        [question] = SheetShown.model_validate(show_sheet(other, officer=False).sheet).questions
        assert {name for name, each in question.samples.items() if each is not None} == seen


def test_a_question_that_was_kept_before_has_no_values() -> None:
    asked = {"field": "amount", "question": "which?", "columns": ["Net"], "answers": []}
    shown = show_sheet(sheet(questions=[asked]), officer=False)
    assert SheetShown.model_validate(shown.sheet).questions[0].samples == {}
    assert not shown.withheld


async def test_a_table_of_months_is_shown_at_every_door(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = tmp_path / "spend.csv"
    path.write_text("Month,Amount,Supplier\n" + "April 2024,12.50,Leeds Mind\n" * 3)
    run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    one = await door.get(f"/v1/imports/{run.import_id}")
    assert one.status_code == (await door.get("/v1/imports")).status_code == 200
    [shown] = ImportShown.model_validate(one.json()).sheets
    assert shown.days == "last day of the month"
    assert shown.columns["payee"].samples == ["Leeds Mind"]


async def test_names_are_shown_to_the_buyers_officers_alone(
    locked_door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, ["2024-04-30,12.50,Adults,Jo Moss"])
    run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    for address in (f"/v1/imports/{run.import_id}", "/v1/imports"):
        kept = await locked_door.get(address, headers=bearer("ingest:write"))
        assert "Jo Moss" not in kept.text
        assert '"withheld":true' in kept.text
        seen = await locked_door.get(address, headers=bearer("ingest:write", "personal:read"))
        assert "Jo Moss" in seen.text


async def test_names_among_the_columns_to_choose_from_are_shown_to_the_buyers_officers_alone(
    locked_door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = tmp_path / "spend.csv"
    path.write_text("Reference,Amount,Supplier\nA1,12.50,Jo Moss\nA2,3.50,Al Fry\n")
    run = await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    assert run.state == "needs_mapping"
    for address in (f"/v1/imports/{run.import_id}", "/v1/imports"):
        kept = await locked_door.get(address, headers=bearer("ingest:write"))
        assert "Jo Moss" not in kept.text
        assert '"Supplier":null' in kept.text
        seen = await locked_door.get(address, headers=bearer("ingest:write", "personal:read"))
        assert '"Supplier":["Jo Moss","Al Fry"]' in seen.text
