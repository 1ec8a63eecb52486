"""An import that is not finished is given up: nothing that it stated counts, nothing is lost."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.payments.post_payments import record_payments
from shared.errors import Conflict
from tests.ingest.imports.test_import_file import HEADER, write_csv
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.routes.test_uploads import TWO_AMOUNTS, pauses_over, send, work
from tests.ingest.said import NOW, rows_of

GIVEN_UP = {"reason": "the wrong file", "who": "Finance officer"}
LINES = [f"2024-04-{day:02},{day}.00,Adults,Leeds Mind" for day in range(1, 11)]
STANDING = """
    select coalesce(sum(coalesce(last.amount_pence, p.amount_pence)), 0)::bigint as pence,
           count(*) as rows
    from payments p left join lateral (
        select * from payment_revisions r where r.payment_id = p.payment_id
        order by revision desc limit 1
    ) last on true where not coalesce(last.withdrawn, false)
"""


def content(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


async def standing(engine: AsyncEngine) -> tuple[int, int]:
    """Rows and pence of the ledger that count."""
    [row] = await rows_of(engine, STANDING)
    return row.rows, row.pence


async def give_up(door: httpx.AsyncClient, address: str) -> dict[str, Any]:
    answer = await door.post(f"{address}/taking-back", json=GIVEN_UP)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert shown["state"] == "taken_back"
    return shown["taking_back"]  # type: ignore[no-any-return]


@pytest.fixture
def cut_after(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes imports of two rows a batch end by force after so many batches."""
    monkeypatch.setattr("services.ingest.imports.import_rows.BATCH_ROWS", 2)

    def cut(batches: int) -> pytest.MonkeyPatch:
        left = batches

        async def record(*given: Any, **said: Any) -> Any:
            nonlocal left
            if left == 0:
                raise ConnectionError("killed")
            left -= 1
            return await record_payments(*given, **said)

        patch = pytest.MonkeyPatch()
        patch.setattr("services.ingest.imports.import_rows.record_payments", record)
        return patch

    return cut


async def cut_short(door: httpx.AsyncClient, engine: AsyncEngine, cut: Any, body: bytes) -> str:
    """The address of an import that ended by force after 4 of its rows."""
    address = str((await send(door, body)).headers["location"])
    patch = cut(2)
    assert await work(engine) == 1
    await pauses_over(engine)
    patch.undo()
    return address


async def test_what_was_cut_short_is_given_up_and_its_months_are_free(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    assert await standing(engine) == (3, 600)  # the header is a row too
    later = await send(door, content(*LINES[:2], "2024-04-03,30.00,Adults,Leeds Mind"), "v2.csv")
    said = await give_up(door, address)
    assert said["withdrawn"] == {"rows": 3, "pounds": "6.00"}
    assert (said["who"], said["reason"]) == ("Finance officer", "the wrong file")
    assert await standing(engine) == (0, 0)
    assert await give_up(door, address) == said, "a second time changes nothing"

    assert await work(engine) == 1, "the other edition waits no more, the given up is not begun"
    done = (await door.get(later.headers["location"])).json()
    assert (done["accepted"]["rows"], done["already_known"]["rows"]) == (3, 0)
    assert await standing(engine) == (3, 3300)
    kept = await door.get(f"{address}/file")
    assert kept.content == content(*LINES)


async def test_what_failed_half_way_is_no_file_to_be_added_to_until_it_is_given_up(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    await change(engine, "update imports set state = 'failed'")
    later = await send(door, content(*LINES[:2], "2024-04-03,30.00,Adults,Leeds Mind"), "v2.csv")
    assert await work(engine) == 1
    assert (await door.get(later.headers["location"])).json()["state"] == "waiting"
    await pauses_over(engine)
    await give_up(door, address)
    await work(engine)
    done = (await door.get(later.headers["location"])).json()
    assert (done["state"], await standing(engine)) == ("finished", (3, 3300))


async def change(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as tx:
        await tx.execute(text(statement))


async def test_the_same_file_brought_later_is_imported_anew_and_given_up_again(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    await give_up(door, address)
    again = await cut_short(door, engine, cut_after, content(*LINES))
    assert again != address
    assert await standing(engine) == (3, 600)
    assert (await give_up(door, again))["withdrawn"]["rows"] == 3
    assert await standing(engine) == (0, 0)
    third = (await send(door, content(*LINES))).headers["location"]
    await work(engine)
    done = (await door.get(third)).json()
    assert (done["run"], done["accepted"], done["already_known"]["rows"]) == (
        3,
        {"rows": 10, "pounds": "55.00"},
        0,
    )
    assert await standing(engine) == (10, 5500)
    assert (await give_up(door, third))["withdrawn"]["rows"] == 10, "also once it is finished"
    assert await standing(engine) == (0, 0)


async def test_what_it_had_replaced_of_an_earlier_file_stands_as_before(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any
) -> None:
    first = (await send(door, content(*LINES))).json()["import_id"]
    await work(engine)
    changed = [line.replace(".00", ".50") for line in LINES[:5]]
    address = (await send(door, content(*changed, *LINES[5:9]), "v2.csv")).headers["location"]
    await work(engine)
    assert (await door.get(address)).json()["state"] == "needs_decision"
    await door.post(f"{address}/decision", json={"replaces": first})
    patch = cut_after(1)
    assert await work(engine) == 1
    await pauses_over(engine)
    patch.undo()
    assert await standing(engine) == (10, 5500 + 250)
    said = await give_up(door, address)
    assert said["restored"]["rows"] == 5
    assert await standing(engine) == (10, 5500)
    # Decided anew, the same lines replace them once more: none is taken for known.
    anew = (await send(door, content(*changed, *LINES[5:9]), "v2.csv")).headers["location"]
    await work(engine)
    await door.post(f"{anew}/decision", json={"replaces": first})
    await work(engine)
    assert (await door.get(anew)).json()["state"] == "finished"
    assert await standing(engine) == (10, 5500 + 250)


async def test_what_another_file_states_too_counts_as_of_that_file(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any, tmp_path: Path
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    other = write_csv(tmp_path, [LINES[0], "2024-05-01,7.00,Adults,Leeds Mind"], "other.csv")
    await import_file(engine, other, "GB-LAE-LDS", lambda: NOW, lambda *_: None, adds=True)
    said = await give_up(door, address)
    assert (said["withdrawn"]["rows"], said["kept"]) == (2, {"rows": 1, "pounds": "1.00"})
    assert await standing(engine) == (2, 800)
    # A later edition of the other file corrects that line of it, and doubles nothing.
    edition = content("2024-04-01,1.50,Adults,Leeds Mind", "2024-05-01,7.00,Adults,Leeds Mind")
    later = (await send(door, edition)).headers["location"]
    await work(engine)
    shown = (await door.get(later)).json()
    assert shown["state"] == "needs_decision"
    await door.post(
        f"{later}/decision", json={"replaces": shown["republication"]["earlier_import"]}
    )
    await work(engine)
    assert await standing(engine) == (2, 850)


async def test_what_a_reject_of_another_file_was_corrected_to_counts_as_of_that_file(
    door: httpx.AsyncClient, engine: AsyncEngine, cut_after: Any, tmp_path: Path
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    other = write_csv(tmp_path, [LINES[0].replace("2024-04-01", "2024-04-31")], "other.csv")
    finished = await import_file(
        engine, other, "GB-LAE-LDS", lambda: NOW, lambda *_: None, adds=True
    )
    assert await correct_one(door, "2024-04-01") == "already_known"
    said = await give_up(door, address)
    assert (said["withdrawn"]["rows"], said["kept"]) == (2, {"rows": 1, "pounds": "1.00"})
    assert await standing(engine) == (1, 100)
    said = await give_up(door, f"/v1/imports/{finished.import_id}")
    assert (said["withdrawn"]["rows"], await standing(engine)) == (1, (0, 0)), "it was that file's"


async def correct_one(door: httpx.AsyncClient, day: str) -> str:
    """The outcome of correcting the day of the one reject."""
    [reject] = (await door.get("/v1/rejects")).json()["rejects"]
    mend = {"row": {"payment_date": day}, "who": "Finance officer"}
    done = await door.post(f"/v1/rejects/{reject['reject_id']}/correction", json=mend)
    return str(done.json()["outcome"])


async def test_a_run_that_recorded_nothing_takes_nothing_of_the_run_before_it(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, [*LINES, "2024-04-31,20.00,Adults,Leeds Mind"])
    await import_file(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None)
    await change(
        engine,
        "insert into imports select (jsonb_populate_record(imports, jsonb_build_object("
        "'import_id', gen_random_uuid(), 'run', 2, 'state', 'needs_mapping', 'read', 0))).*"
        " from imports",
    )
    assert await correct_one(door, "2024-04-30") == "accepted"
    [second] = await rows_of(engine, "select import_id from imports where run = 2")
    assert (await give_up(door, f"/v1/imports/{second.import_id}"))["withdrawn"]["rows"] == 0
    assert await standing(engine) == (11, 7500)


async def test_an_import_that_waits_is_given_up_and_answers_no_more(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    address = (await send(door, TWO_AMOUNTS.replace(b"Net Amount,Gross", b"Amount,"))).headers[
        "location"
    ]
    await work(engine)
    assert (await door.get(address)).json()["state"] == "needs_mapping"
    assert (await give_up(door, address))["withdrawn"]["rows"] == 0
    answer = {"columns": {"amount": "Amount"}}
    assert (await door.post(f"{address}/mapping", json=answer)).status_code == 409
    assert await work(engine) == 0
    unasked = (await send(door)).headers["location"]
    both = await asyncio.gather(give_up(door, unasked), give_up(door, unasked))
    assert both[0] == both[1]
    assert await work(engine) == 0


async def test_what_is_given_up_while_it_is_imported_records_nothing_more(
    door: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.imports.import_rows.BATCH_ROWS", 2)
    address = (await send(door, content(*LINES))).headers["location"]

    giving_up: list[asyncio.Task[Any]] = []

    async def meanwhile(tx: Any, *given: Any, **said: Any) -> Any:
        posted = await record_payments(tx, *given, **said)
        if not giving_up and (await standing(engine))[0] == 3:  # the third batch is recorded
            giving_up.append(asyncio.create_task(give_up(door, address)))
            await asyncio.wait(giving_up, timeout=0.5)  # it comes after this batch
        return posted

    monkeypatch.setattr("services.ingest.imports.import_rows.record_payments", meanwhile)
    assert await work(engine) == 1
    assert (await giving_up[0])["withdrawn"]["rows"] == 5
    assert await standing(engine) == (0, 0)
    assert (await door.get(address)).json()["state"] == "taken_back"
    assert len(await rows_of(engine, "select * from payments")) == 5


async def test_what_another_file_meets_at_that_moment_is_not_lost(
    door: httpx.AsyncClient,
    engine: AsyncEngine,
    cut_after: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = await cut_short(door, engine, cut_after, content(*LINES))
    giving_up: list[asyncio.Task[Any]] = []

    async def meanwhile(tx: Any, *given: Any, **said: Any) -> Any:
        posted = await record_payments(tx, *given, **said)
        if not giving_up:
            giving_up.append(asyncio.create_task(give_up(door, address)))
            await asyncio.wait(giving_up, timeout=0.5)  # it has to wait for this batch
        return posted

    monkeypatch.setattr("services.ingest.imports.import_rows.record_payments", meanwhile)
    other = write_csv(tmp_path, LINES[:1], "other.csv")
    await import_file(engine, other, "GB-LAE-LDS", lambda: NOW, lambda *_: None, adds=True)
    assert (await giving_up[0])["kept"]["rows"] == 1
    assert await standing(engine) == (1, 100)


async def test_who_may_give_up(locked_door: httpx.AsyncClient, engine: AsyncEngine) -> None:
    own = bearer("ingest:write")
    address = (await send(locked_door, headers=own)).headers["location"]
    others = bearer("ingest:write", buyers=["GB-LAE-CLD"])
    path = f"{address}/taking-back"
    assert (await locked_door.post(path, json=GIVEN_UP, headers=others)).status_code == 404
    done = await locked_door.post(path, json=GIVEN_UP, headers=own)
    assert done.json()["taking_back"]["who"] == "o", "the token says who it is"


async def test_an_import_that_was_given_up_before_it_is_begun_is_not_begun_under_a_new_number(
    door: httpx.AsyncClient, engine: AsyncEngine, tmp_path: Path
) -> None:
    sent = (await send(door, content(*LINES))).json()
    await give_up(door, f"/v1/imports/{sent['import_id']}")
    path = tmp_path / "april.csv"
    path.write_bytes(content(*LINES))
    with pytest.raises(Conflict, match="was taken back"):
        await import_file(
            *(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None), asked=sent["import_id"]
        )
    wrong = await door.post(
        "/v1/imports", data={"buyer": "GB-LAE-BRD"}, files={"file": ("a.csv", content(*LINES))}
    )
    assert wrong.status_code == 202, "for the right body the bytes are free"


async def test_what_is_refused_as_it_is_begun_leaves_no_bytes(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, LINES)
    with pytest.raises(Conflict, match="was taken back"):
        await import_file(
            *(engine, path, "GB-LAE-LDS", lambda: NOW, lambda *_: None), asked=str(uuid4())
        )
    assert await rows_of(engine, "select 1 from files union all select 1 from imports") == []


async def test_the_last_attempt_fails_no_import_that_a_command_line_finished_meanwhile(
    door: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = (await send(door, content(*LINES))).headers["location"]
    await change(engine, "update import_requests set attempts = 19")

    async def meanwhile(*given: Any, **said: Any) -> Any:
        await import_file(*given, **said)
        raise Conflict("another process is importing it")

    monkeypatch.setattr("services.ingest.imports.import_waiting.import_file", meanwhile)
    await work(engine)
    assert (await door.get(address)).json()["state"] == "finished"
