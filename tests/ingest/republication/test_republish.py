"""A file that states an earlier one anew corrects the ledger; one that only overlaps adds to it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports import import_rows as module
from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run, weigh_republication
from services.ingest.imports.tally import Count
from services.ingest.payments.post_payments import record_payments
from services.ingest.queries.republications import begun_imports
from shared.errors import Conflict, Rejected
from tests.ingest.said import NOW, rows_of
from tests.ingest.standing import STANDING

LEEDS = "GB-LAE-LDS"
HEADER = "Payment Date,Amount,Directorate,Supplier,Transaction Number"


def row(day: str, pounds: str, payee: str, number: int | str) -> str:
    return f"{day},{pounds},Adults,{payee},{number}"


APRIL = [row(f"{n:02}/04/2024", f"{100 * n}.00", f"Payee {n}", 1000 + n) for n in range(1, 31)]


async def bring(
    engine: AsyncEngine,
    folder: Path,
    name: str,
    rows: list[str],
    header: str = HEADER,
    **said: Any,
) -> Run:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return await import_file(engine, path, LEEDS, lambda: NOW, lambda *_: None, **said)


async def standing(engine: AsyncEngine) -> list[tuple[str, str, int]]:
    return [
        (f"{day:%d/%m/%Y}", who, pence) for day, who, pence, _ in await rows_of(engine, STANDING)
    ]


def stated(rows: list[str]) -> list[tuple[str, str, int]]:
    split = [one.split(",") for one in rows]
    found = [(day, who, int(float(pounds) * 100)) for day, pounds, _, who, _ in split]
    return sorted(found, key=lambda one: (one[0][3:], one))


def verdict(run: Run) -> str:
    assert run.republication is not None
    return str(run.republication["verdict"])


async def test_the_month_again_with_another_amount_corrects_its_line_once(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, tmp_path, "april.csv", APRIL)
    again = [*APRIL[:-1], row("30/04/2024", "3030.00", "Payee 30", 1030)]
    late = row("29/04/2024", "7.00", "Payee 99", 2000)
    for name in ("april-v2.csv", "april-v2.csv", "the same under another name.csv"):
        run = await bring(engine, tmp_path, name, [*again, late])
        assert (run.state, run.tally.accepted.rows) == (
            "finished",
            1 if run.number == 1 else 0,
        )
        assert await standing(engine) == stated([*again, late])
        changed = Count(1, 303_000) if (name, run.number) == ("april-v2.csv", 1) else Count()
        assert run.tally.changed == changed
    # The first file once more brings nothing back.
    await bring(engine, tmp_path, "april.csv", APRIL)
    assert await standing(engine) == stated([*again, late])
    [revision] = await rows_of(engine, "select * from payment_revisions")
    assert (revision.why, revision.amount_pence) == ("republication", 303_000)
    assert "april-v2.csv replaces april.csv (covers the same days" in revision.reason


async def test_earlier_imports_are_compared_without_what_was_decided_of_their_sheets(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    first = await bring(engine, tmp_path, "april.csv", APRIL)
    again = [*APRIL[:-1], row("30/04/2024", "3030.00", "Payee 30", 1030)]
    second = await bring(engine, tmp_path, "april-v2.csv", again)
    async with engine.connect() as connection:
        begun = await begun_imports(connection, LEEDS)
    assert {str(each.import_id): bool(each.replaces) for each in begun} == {
        first.import_id: False,
        second.import_id: True,
    }
    assert not {"sheets", "shapes", "republication"} & set(begun[0]._fields)


async def test_where_lines_are_gone_a_person_says_what_the_file_is(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    first = await bring(engine, tmp_path, "april.csv", APRIL)
    shorter = [*APRIL[:9], *APRIL[11:]]
    waiting = await bring(engine, tmp_path, "april-v2.csv", shorter)
    assert (waiting.state, verdict(waiting)) == ("needs_decision", "ask")
    assert waiting.republication is not None
    assert waiting.republication["gone"] == {"rows": 2, "pence": 210_000}
    assert await standing(engine) == stated(APRIL)
    with pytest.raises(Rejected, match="no finished import"):
        await bring(engine, tmp_path, "april-v2.csv", shorter, replaces=waiting.import_id)
    for _ in range(2):
        done = await bring(engine, tmp_path, "april-v2.csv", shorter, replaces=first.import_id)
        assert (done.state, done.tally.already_known.rows) == ("finished", 28)
        assert await standing(engine) == stated(shorter)
    # A third edition brings one of them back, and says outright what it replaces.
    # What such a file withdrew is not stated again in passing: another file that does waits.
    window = [*APRIL[8:15], row("01/05/2024", "5.00", "Payee 1", 3000)]
    assert (await bring(engine, tmp_path, "window.csv", window)).state == "needs_decision"
    longer = [*APRIL[:10], *APRIL[11:]]
    third = await bring(engine, tmp_path, "april-v3.csv", longer, replaces=waiting.import_id)
    assert third.state == "finished"
    assert await standing(engine) == stated(longer)


async def test_a_rolling_window_never_withdraws_and_a_second_publication_only_adds(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await bring(engine, tmp_path, "april.csv", APRIL)
    may = [row(f"{n:02}/05/2024", "5.00", f"Payee {n}", 3000 + n) for n in range(1, 16)]
    rolling = await bring(engine, tmp_path, "rolling.csv", [*APRIL[14:], *may])
    assert (rolling.state, verdict(rolling)) == ("finished", "adds")
    cards = [row(f"{n:02}/04/2024", f"1{n}.00", f"Card {n}", f"C{n}") for n in range(1, 20)]
    beside = await bring(engine, tmp_path, "cards.csv", cards)
    assert (beside.state, verdict(beside)) == ("finished", "adds")
    assert await standing(engine) == stated([*APRIL, *may, *cards])


async def test_what_a_replacement_does_is_what_was_shown_of_it(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    first = await bring(engine, tmp_path, "april.csv", APRIL)
    may = [row(f"{n:02}/05/2024", "5.00", f"Payee {n}", 3000 + n) for n in range(1, 15)]
    changed = row("20/04/2024", "2020.00", "Payee 20", 1020)
    window = [*APRIL[14:19], changed, *APRIL[20:], *may]
    shown = (await bring(engine, tmp_path, "window.csv", window)).republication
    assert shown is not None
    assert (shown["verdict"], shown["unchanged"]) == ("ask", 15)
    assert (shown["corrected"]["rows"], shown["gone"]["rows"]) == (1, 0)
    done = await bring(engine, tmp_path, "window.csv", window, replaces=first.import_id)
    said = {"verdict": "replaces", "rule": "said by a person"}
    assert done.republication == {**shown, **said}
    # What is before the window's first day stays.
    assert await standing(engine) == stated([*APRIL[:14], *window])


PLAIN = "Date,Supplier Name,Amount"
EDITION = [f"{n:02}/06/2024,Payee {n},{100 * n}.00" for n in range(1, 25)]
ANEW = {
    "a new directorate": (f"{PLAIN},Directorate", [f"{one},Adults" for one in EDITION]),
    "a new number": (
        f"{PLAIN},Transaction Number",
        [f"{one},{n}" for n, one in enumerate(EDITION, 5000)],
    ),
    "net": (PLAIN, [f"{n:02}/06/2024,Payee {n},{80 * n}.00" for n in range(1, 25)]),
}


@pytest.mark.parametrize("anew", ANEW)
async def test_a_file_stated_anew_with_every_line_changed_is_asked_about(
    engine: AsyncEngine, tmp_path: Path, anew: str
) -> None:
    # Cards of the same days are not what the question is about.
    cards = [f"{n:02}/06/2024,Card {n},{n}.50" for n in range(1, 25)]
    await bring(engine, tmp_path, "cards.csv", cards, PLAIN)
    first = await bring(engine, tmp_path, "a.csv", EDITION, PLAIN)
    assert verdict(first) == "adds"
    header, rows = ANEW[anew]
    waiting = await bring(engine, tmp_path, "b.csv", rows, header)
    assert (waiting.state, verdict(waiting)) == ("needs_decision", "ask")
    assert waiting.republication is not None
    assert waiting.republication["earlier"] == first.import_id
    assert waiting.republication["corrected"]["rows"] == len(EDITION)
    done = await bring(engine, tmp_path, "b.csv", rows, header, replaces=first.import_id)
    assert (done.tally.accepted.rows, done.tally.already_known.rows) == (0, 24)
    assert len(await standing(engine)) == len(EDITION) + len(cards)


async def test_payees_in_capitals_are_the_same_lines_and_make_no_second_payments(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    first = await bring(engine, tmp_path, "april.csv", APRIL)
    capitals = [one.replace("Payee ", "PAYEE  ") for one in APRIL]
    run = await bring(engine, tmp_path, "capitals.csv", capitals)
    assert run.republication is not None
    assert run.republication["rule"] == "states every earlier line"
    assert (run.tally.accepted.rows, run.tally.reworded_by_field["payee"].rows) == (0, 30)
    fewer = [*capitals[:9], *capitals[10:]]
    shorter = await bring(engine, tmp_path, "v2.csv", fewer, replaces=first.import_id)
    assert shorter.tally.accepted.rows == 0
    assert await standing(engine) == stated([*APRIL[:9], *APRIL[10:]])


async def test_a_later_edition_waits_for_an_import_that_was_cut_short(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = [*APRIL[:-1], row("30/04/2024", "3030.00", "Payee 30", 1030)]
    may = [row("01/05/2024", "5.00", "Payee 1", 3000)]
    monkeypatch.setattr(module, "BATCH_ROWS", 10)
    for whole_batches in (0, 1):
        batches = iter(range(9))

        async def crash(*given: Any, cut: int = whole_batches, **named: Any) -> Any:
            if next(batches) == cut:  # noqa: B023 - called within this round
                raise OSError("the process is killed")
            return await record_payments(*given, **named)

        with monkeypatch.context() as patched:
            patched.setattr(module, "record_payments", crash)
            with pytest.raises(OSError, match="killed"):
                await bring(engine, tmp_path, "april.csv", APRIL)
        with pytest.raises(Conflict, match=r"april\.csv is not finished: finish it first"):
            await bring(engine, tmp_path, "april-v2.csv", again)
    assert (await bring(engine, tmp_path, "may.csv", may)).state == "finished"
    await bring(engine, tmp_path, "april.csv", APRIL)
    assert verdict(await bring(engine, tmp_path, "april-v2.csv", again)) == "replaces"
    assert await standing(engine) == stated([*again, *may])


async def test_of_two_editions_at_once_the_second_is_to_look_again(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = [*APRIL[:-1], row("30/04/2024", "3030.00", "Payee 30", 1030)]

    async def weigh_and_be_overtaken(*given: Any, **said: Any) -> Any:
        weighed = await weigh_republication(*given, **said)
        monkeypatch.undo()
        await bring(engine, tmp_path, "april.csv", APRIL)
        return weighed

    monkeypatch.setattr(
        "services.ingest.imports.import_file.weigh_republication", weigh_and_be_overtaken
    )
    with pytest.raises(Conflict, match="send it again"):
        await bring(engine, tmp_path, "april-v2.csv", again)
    assert verdict(await bring(engine, tmp_path, "april-v2.csv", again)) == "replaces"
    assert await standing(engine) == stated(again)


async def test_a_replacement_that_is_killed_goes_on_where_it_stood(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bring(engine, tmp_path, "april.csv", APRIL)
    later = [APRIL[0], *APRIL[6:-1], row("30/04/2024", "9.00", "Payee 30", 1030)]
    monkeypatch.setattr(module, "BATCH_ROWS", 10)
    batches = iter(range(9))

    async def crash(*given: Any, **named: Any) -> Any:
        if next(batches) == 1:
            raise OSError("the process is killed")
        return await record_payments(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, "record_payments", crash)
        with pytest.raises(OSError, match="killed"):
            await bring(engine, tmp_path, "v2.csv", later, replaces=first.import_id)
    with pytest.raises(Conflict, match="finish it first"):
        await bring(engine, tmp_path, "v2.csv", later, replaces=first.file_id)
    done = await bring(engine, tmp_path, "v2.csv", later, replaces=first.import_id)
    assert (done.state, done.resumed_after > 0) == ("finished", True)
    assert await standing(engine) == stated(later)
    revisions = await rows_of(engine, "select * from payment_revisions")
    assert len(revisions) == 6
