"""A file of another body waits for the answer whose rows are the buyer's."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.imports.tally import Count
from shared.errors import Rejected
from tests.ingest.said import NOW

LEEDS = "GB-LAE-LDS"
ICB, COUNCIL = "NHS West Yorkshire ICB", "Leeds City Council"
HEADER = "Department Family,Entity,Date Paid,Supplier,Transaction Number,Amount"


def file_of(folder: Path, *entities: str, family: str = "Department of Health") -> Path:
    path = folder / f"{'-'.join(entities)}.csv".replace(" ", "")
    rows = [
        f"{family},{entity},{17 + row}/05/2024,Acme Care Ltd,50{row},{100 * row + 100}.00"
        for row, entity in enumerate(entities)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def dry(path: Path, buyer: str = LEEDS, whose: str = "") -> SheetRead:
    [read] = dry_run_file(path, {"whose": whose} if whose else {}, NOW.date(), buyer=buyer)
    assert read.error == ""
    return read


async def bring(engine: AsyncEngine, path: Path, whose: str = "") -> Run:
    mapped = {"whose": whose} if whose else {}
    given = engine, path, LEEDS, lambda: NOW, lambda *_: None
    return await import_file(*given, mapped=mapped, adds=True)


def test_two_bodies_are_asked_about_with_their_rows_and_pounds(tmp_path: Path) -> None:
    read = dry(file_of(tmp_path, ICB, ICB, COUNCIL))
    [question] = read.table["questions"]
    assert (read.state, read.waiting, read.accepted.rows) == ("needs_mapping", 4, 0)
    assert question["field"] == "whose"
    assert "NHS West Yorkshire ICB (2 rows, £300.00)" in question["question"]
    assert "Leeds City Council (1 row, £300.00)" in question["question"]
    assert question["answers"][0] == {
        "field": "whose",
        "value": "Leeds City Council",
        "when": "for those alone",
    }
    assert question["columns"] == [ICB, COUNCIL, "all"]


def test_rows_of_others_are_skipped_and_counted_as_such(tmp_path: Path) -> None:
    read = dry(file_of(tmp_path, ICB, COUNCIL), whose=COUNCIL.upper())
    assert (read.accepted.rows, read.accepted.pence) == (1, 20000)
    assert read.skipped_by_kind["of another body"] == Count(1, 10000)
    assert read.entities == {ICB: Count(1, 10000), COUNCIL: Count(1, 20000)}


def test_the_buyer_by_its_name_under_a_parent_department_is_not_asked_about(tmp_path: Path) -> None:
    assert dry(file_of(tmp_path, COUNCIL, "LEEDS", "")).accepted.rows == 3
    assert dry(file_of(tmp_path, ICB), "GB-NHS-QWO").accepted.rows == 1


@pytest.mark.parametrize("words", ["Grand Total", f"{ICB} Total", "Total:"])
def test_the_words_of_a_total_are_no_body(tmp_path: Path, words: str) -> None:
    path = file_of(tmp_path, ICB, ICB)
    with path.open("a", encoding="utf-8") as file:
        file.write(f",{words},,,,300.00\n")
    read = dry(path, "GB-NHS-QWO")
    assert (read.state, read.accepted.rows) == ("payments", 2)
    assert read.skipped_by_kind["total"].rows == 1


def test_divisions_of_the_buyer_are_no_bodies(tmp_path: Path) -> None:
    path = tmp_path / "croydon.csv"
    lines = "Facilities,17/05/2024,Acme Ltd,1,5.00\nPlanned Care,18/05/2024,Acme Ltd,2,6.00\n"
    path.write_text("Department family,Date,Supplier,Transaction Number,Amount\n" + lines)
    assert dry(path).accepted.rows == 2


def test_several_bodies_are_asked_about_for_a_buyer_whose_name_is_not_known(tmp_path: Path) -> None:
    assert dry(file_of(tmp_path, ICB, COUNCIL), "GB-NHS-RJ6").state == "needs_mapping"
    assert dry(file_of(tmp_path, ICB, ICB.upper()), "GB-NHS-RJ6").state == "payments"


async def test_an_answer_is_remembered_for_the_buyer_and_not_for_other_bodies(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    both = file_of(tmp_path, ICB, COUNCIL)
    assert (await bring(engine, both)).state == "needs_mapping"
    done = await bring(engine, both, COUNCIL)
    assert (done.state, done.tally.accepted) == ("finished", Count(1, 20000))
    assert done.tally.skipped_by_kind["of another body"] == Count(1, 10000)
    again = await bring(engine, file_of(tmp_path, ICB, ICB, COUNCIL))
    assert (again.state, again.tally.accepted.rows) == ("finished", 1)
    third = await bring(engine, file_of(tmp_path, COUNCIL, "Barnsley Council"))
    assert third.state == "needs_mapping"
    assert (await bring(engine, file_of(tmp_path, ICB))).state == "needs_mapping"


async def test_all_rows_can_be_the_buyers(engine: AsyncEngine, tmp_path: Path) -> None:
    path = file_of(tmp_path, COUNCIL, "Aire Valley Homes")
    with pytest.raises(Rejected, match="no row is of the entity kirklees"):
        await bring(engine, path, "Kirklees")
    assert (await bring(engine, path, "all")).tally.accepted.rows == 2
    assert (await bring(engine, file_of(tmp_path, "Aire Valley Homes"))).state == "finished"
