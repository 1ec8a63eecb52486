"""`POST /v1/imports`: a file that is sent, imported by the service, asked about and had back."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from itertools import chain
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.import_waiting import import_waiting
from services.ingest.imports.import_worker import ImportWorker
from services.ingest.imports.receive_upload import plain_name
from services.ingest.main import Settings, build
from services.ingest.metrics import IMPORTED_ROWS, IMPORTS
from services.ingest.payments.post_payments import record_payments
from services.ingest.queries.import_requests import claim_request, is_any_waiting
from services.ingest.reading.limits import Limits
from services.ingest.tables import import_requests
from shared.service import Service
from tests.ingest.conftest import opened
from tests.ingest.imports.test_import_file import HEADER, ROWS
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.said import NOW, rows_of
from tests.support.waiting import eventually

LEEDS = {"buyer": "GB-LAE-LDS"}
SPEND = "\n".join([HEADER, *ROWS]).encode()
TWO_AMOUNTS = (
    b"Payment Date,Net Amount,Gross Amount,Supplier\n"
    b"13/04/2024,10.00,12.00,Leeds Mind\n14/04/2024,20.00,24.00,Leeds Mind\n"
)


async def send(
    door: httpx.AsyncClient,
    content: bytes = SPEND,
    name: str = "april.csv",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    files = {"file": (name, content)}
    return await door.post("/v1/imports", data=LEEDS, files=files, headers=headers)


async def work(engine: AsyncEngine) -> int:
    return await import_waiting(engine, lambda: NOW, Limits())


async def pauses_over(engine: AsyncEngine) -> None:
    async with engine.begin() as tx:
        await tx.execute(update(import_requests).values(not_before=None))


async def test_a_file_is_taken_then_imported_and_the_same_bytes_are_the_import_that_there_is(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    sent = await send(door)
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    address = sent.headers["location"]
    assert sent.json()["same_bytes_as"] is None
    again = await send(door, name="again.csv")
    assert again.json()["import_id"] == sent.json()["import_id"]
    assert again.json()["same_bytes_as"] == {
        name: sent.json()[name] for name in ("import_id", "buyer", "file", "started_at")
    }
    assert await work(engine) == 1
    done = (await door.get(address)).json()
    assert (done["state"], done["file"], done["read"]) == ("finished", "april.csv", 5)
    assert done["accepted"] == {"rows": 4, "pounds": "-962.50"}
    assert done["same_bytes_as"] is None
    again = await send(door)
    assert (again.status_code, again.headers["location"]) == (200, address)
    assert await work(engine) == 0
    back = await door.get(f"{address}/file")
    assert back.content == SPEND
    assert "april.csv" in back.headers["content-disposition"]


async def test_a_running_service_imports_what_is_sent(
    door: httpx.AsyncClient, engine: AsyncEngine, running: Service
) -> None:
    address = (await send(door)).headers["location"]

    async def finished() -> bool:
        return bool((await door.get(address)).json()["state"] == "finished")

    await eventually(finished, within=90)  # a process of its own is begun
    assert len(await rows_of(engine, "select * from payments")) == 4


async def test_what_can_not_be_read_fails_with_the_sentence_and_may_be_sent_again(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    page = b"<html><body>Sign in</body></html>"
    address = (await send(door, page, "spend.xls")).headers["location"]
    for _ in range(2):
        await work(engine)
        failed = (await door.get(address)).json()
        assert failed["state"] == "failed"
        assert failed["failure"].startswith("spend.xls is a web page")
        again = await send(door, page, "spend.xls")
        assert (again.status_code, again.json()["state"]) == (202, "waiting")
        assert again.headers["location"] == address


async def test_a_question_is_answered_and_remembered(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = TWO_AMOUNTS.replace(b"Net Amount,Gross Amount", b"Amount,Amount")
    address = (await send(door, content)).headers["location"]
    early = await door.post(f"{address}/mapping", json={"order": "day first"})
    assert early.status_code == 409
    await work(engine)
    asked = (await door.get(address)).json()
    assert asked["state"] == "needs_mapping"
    [question] = asked["sheets"][0]["questions"]
    wrongs = ("amount", "Total"), ("amount", ""), ("order", "any"), ("money", "euros")
    for field, header in wrongs:
        wrong = await door.post(f"{address}/mapping", json={"columns": {field: header}})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["field"] == field
    answer = {"columns": {question["field"]: question["columns"][0]}}
    answered = await door.post(f"{address}/mapping", json=answer)
    assert (answered.status_code, answered.json()["state"]) == (202, "waiting")
    await work(engine)
    done = (await door.get(address)).json()
    assert (done["state"], done["accepted"]["rows"]) == ("finished", 2)


async def test_days_that_may_be_swapped_are_answered(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = (
        b"Date,Supplier,Amount\n2021-07-03,A Ltd,1.00\n2021-08-03,B Ltd,2.00\n14/04/2021,C,3.00\n"
    )
    address = (await send(door, content)).headers["location"]
    await work(engine)
    [question] = (await door.get(address)).json()["sheets"][0]["questions"]
    assert "swapped" in question["question"]
    answered = await door.post(f"{address}/mapping", json={"order": "swapped"})
    assert answered.status_code == 202, answered.text
    await work(engine)
    done = (await door.get(address)).json()
    assert (done["state"], done["accepted"]["rows"]) == ("finished", 3)


async def test_whose_the_rows_are_is_answered_after_which_column_is_which(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = (
        b"Entity,Date,Supplier,Amount,Value\nNHS West Yorkshire ICB,13/04/2021,A Ltd,1.00,2.00\n"
        b"Leeds City Council,14/04/2021,B Ltd,3.00,4.00\n"
    )
    address = (await send(door, content)).headers["location"]
    for answer in ({"columns": {"amount": "Value"}}, {"entities": ["Leeds City Council"]}):
        await work(engine)
        assert (await door.get(address)).json()["state"] == "needs_mapping"
        wrong = await door.post(f"{address}/mapping", json={"entities": ["Kirklees"]})
        assert wrong.status_code == 422
        answered = await door.post(f"{address}/mapping", json=answer)
        assert answered.status_code == 202, answered.text
    await work(engine)
    done = (await door.get(address)).json()
    assert (done["state"], done["accepted"]) == ("finished", {"rows": 1, "pounds": "4.00"})
    assert done["skipped_by_kind"]["of another body"] == {"rows": 1, "pounds": "2.00"}


async def test_a_question_about_money_is_answered(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = b"Date,Supplier,Amount (EUR),Charged\n13/04/2021,A Ltd,10.00,8.50\n"
    address = (await send(door, content)).headers["location"]
    await work(engine)
    [question] = (await door.get(address)).json()["sheets"][0]["questions"]
    bodies = [answer["body"]["columns"] for answer in question["answers"]]
    assert bodies == [{"amount": None}, {"money": "pounds"}]
    answered = await door.post(f"{address}/mapping", json={"columns": {"amount": "Charged"}})
    assert (answered.status_code, answered.json()["state"]) == (202, "waiting")
    await work(engine)
    assert (await door.get(address)).json()["accepted"] == {"rows": 1, "pounds": "8.50"}


async def test_an_import_that_was_cut_short_is_taken_up_by_another_process(
    door: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.imports.import_rows.BATCH_ROWS", 2)
    address = (await send(door)).headers["location"]
    calls = 0

    async def cut(*given: Any, **said: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ConnectionError("killed")
        return await original(*given, **said)

    original = record_payments
    monkeypatch.setattr("services.ingest.imports.import_rows.record_payments", cut)
    assert await work(engine) == 1
    await pauses_over(engine)
    assert (await door.get(address)).json()["state"] == "running"
    first, second = await asyncio.gather(work(engine), work(engine))
    assert first + second == 1
    done = (await door.get(address)).json()
    assert (done["state"], done["accepted"]["rows"]) == ("finished", 4)


async def test_a_later_edition_waits_until_the_earlier_one_is_imported_whole(
    door: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any, **__: Any) -> Any:
        raise ConnectionError("killed")

    first = await send(door)
    with monkeypatch.context() as patched:
        patched.setattr("services.ingest.imports.import_rows.record_payments", killed)
        assert await work(engine) == 1
    later = await send(door, SPEND + b"\n30/04/2024,1.00,,Leeds Mind", "april-v2.csv")
    assert await work(engine) == 1, "the first alone waits out its pause"
    assert (await door.get(later.headers["location"])).json()["state"] == "waiting"
    await pauses_over(engine)
    assert await work(engine) == 2
    states = [(await door.get(sent.headers["location"])).json()["state"] for sent in (first, later)]
    assert states == ["finished", "finished"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("a sum"), "unforeseen: ZeroDivisionError('a sum')"),
        (asyncpg.UntranslatableCharacterError("of the text"), "none that the database can keep"),
    ],
)
async def test_a_file_that_raises_what_nobody_foresaw_fails_at_once_and_no_other_waits_for_it(
    door: httpx.AsyncClient,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    async def poisoned(*given: Any, **named: Any) -> Any:
        if named["name"] == "poison.csv":
            raise error
        return await import_file(*given, **named)

    monkeypatch.setattr("services.ingest.imports.import_waiting.import_file", poisoned)
    poison = await send(door, SPEND + b"\n30/04/2024,1.00,,Leeds Mind", "poison.csv")
    good = await send(door)
    assert await work(engine) == 2
    shown = [(await door.get(sent.headers["location"])).json() for sent in (poison, good)]
    assert [each["state"] for each in shown] == ["failed", "finished"]
    assert said in shown[0]["failure"]


async def test_a_file_that_kills_its_process_is_stopped_and_can_be_sent_again(
    door: httpx.AsyncClient, engine: AsyncEngine, settings: Settings
) -> None:
    sent = await send(door)
    worker = ImportWorker(engine, settings)
    for deaths in range(1, 4):
        await pauses_over(engine)
        process = uuid4()
        async with engine.connect() as connection:
            claimed = await claim_request(connection, process)
            await connection.commit()
        assert claimed is not None
        assert not await worker._blame(uuid4(), "another process"), "that was at no import"
        assert await worker._blame(process, "ended with code -11")
        assert not await is_any_waiting(engine), "it waits alone, and no process is begun for it"
        shown = (await door.get(sent.headers["location"])).json()
        assert shown["state"] == ("failed" if deaths == 3 else "waiting")
    assert "ended the importing process 3 times" in shown["failure"]
    await send(door)
    assert await work(engine) == 1
    assert (await door.get(sent.headers["location"])).json()["state"] == "finished"


async def test_the_service_counts_what_its_importing_process_did(
    door: httpx.AsyncClient, engine: AsyncEngine, settings: Settings
) -> None:
    def counted() -> Counter[str]:
        families = chain(IMPORTS.collect(), IMPORTED_ROWS.collect())
        samples = chain.from_iterable(family.samples for family in families)
        totals = (one for one in samples if one.name.endswith("_total"))
        return Counter({"/".join(one.labels.values()): int(one.value) for one in totals})

    before = counted()
    await send(door)
    await send(door, b"name,town\nLeeds Mind,Leeds", "towns.csv")
    assert await ImportWorker(engine, settings)._import() == ""
    more = {"finished": 1, "failed": 1, "accepted": 4, "skipped": 1}
    assert counted() - before == Counter(more)


async def test_a_truncated_upload_keeps_nothing(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    whole = httpx.Request("POST", "http://x/", data=LEEDS, files={"file": ("a.csv", SPEND)})
    kind = {"content-type": whole.headers["content-type"]}
    for cut in (whole.read()[:-40], whole.read()[:150], b""):
        answer = await door.post("/v1/imports", content=cut, headers=kind)
        assert answer.status_code == 400, cut
        assert "truncated" in answer.text or "before its closing boundary" in answer.text
    assert await rows_of(engine, "select * from files") == []
    assert await rows_of(engine, "select * from imports") == []


async def test_a_file_over_the_limit_is_413_before_it_is_all_read(
    settings: Settings, engine: AsyncEngine
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while sent < 100:
            sent += 1
            yield bytes(65_536)

    small = settings.model_copy(update={"upload_bytes": 1_000_000})
    async with opened(build(small)) as door:
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = await door.post("/v1/imports", content=endless(), headers=kind)
        assert (answer.status_code, answer.json()["detail"]) == (
            413,
            "A file may have 1,000,000 bytes at most",
        )
        assert sent < 30
        claimed = await door.post(
            "/v1/imports", content=b"", headers={**kind, "content-length": "5000000000"}
        )
        assert claimed.status_code == 413


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"../../etc/passwd", "passwd"),
        (b"C:\\spend\\april.csv", "april.csv"),
        (b"..", "upload"),
        (b"", "upload"),
        (b"a\x00b\x1b[31m.csv", "ab[31m.csv"),
        ("Zahlungen für März.csv".encode(), "Zahlungen für März.csv"),
        (b"x" * 300 + b".csv", "x" * 196 + ".csv"),
    ],
)
def test_a_name_from_outside_is_text_and_no_path(sent: bytes, kept: str) -> None:
    assert plain_name(sent) == kept


async def test_who_may_send_and_have_back(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    assert (await send(locked_door)).status_code == 401
    others = await send(locked_door, headers=bearer("ingest:write", buyers=["GB-LAE-CLD"]))
    assert others.status_code == 403
    own = bearer("ingest:write")
    address = (await send(locked_door, headers=own)).headers["location"]
    assert (await locked_door.get(f"{address}/file", headers=own)).status_code == 403
    officer = bearer("ingest:write", "personal:read")
    back = await locked_door.get(f"{address}/file", headers=officer)
    assert hashlib.sha256(back.content).digest() == hashlib.sha256(SPEND).digest()
    strangers = bearer("ingest:write", "personal:read", buyers=["GB-LAE-CLD"])
    assert (await locked_door.get(f"{address}/file", headers=strangers)).status_code == 404


async def test_whose_the_same_bytes_are_is_told_to_who_speaks_for_that_body(
    locked_door: httpx.AsyncClient,
) -> None:
    await send(locked_door, headers=bearer("ingest:write"))

    async def told(*buyers: str) -> str:
        token = bearer("ingest:write", buyers=list(buyers))
        files = {"file": ("theirs.csv", SPEND)}
        data = {"buyer": "GB-LAE-CLD"}
        refused = await locked_door.post("/v1/imports", data=data, files=files, headers=token)
        assert refused.status_code == 422
        return str(refused.json()["detail"])

    stranger = await told("GB-LAE-CLD")
    assert "imported for another body, and" in stranger
    assert "anyway" in stranger
    assert not any(said in stranger for said in ("GB-LAE-LDS", "april.csv", "2026"))
    assert "for GB-LAE-LDS on" in await told("GB-LAE-CLD", "GB-LAE-LDS")


async def test_a_key_names_one_file(door: httpx.AsyncClient) -> None:
    first = await send(door, headers={"idempotency-key": "k1"})
    again = await send(door, headers={"idempotency-key": "k1"})
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["import_id"] == first.json()["import_id"]
    other = await send(door, SPEND + b"2024-05-02,1,x,y\n", headers={"idempotency-key": "k1"})
    assert other.status_code == 422
