"""How bodies publish: months, departments, years to date, quarters; and files that were wrong."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.imports.take_back import take_back
from services.ingest.payments.correct_payment import correct_payment
from services.ingest.payments.correction import OFFICER, Cause
from shared.access import ANYONE
from shared.errors import Conflict
from tests.ingest.routes.test_uploads import send, work
from tests.ingest.said import NOW, rows_of
from tests.ingest.standing import STANDING

LEEDS = "GB-LAE-LDS"
HEADER = "Payment Date,Amount,Directorate,Supplier,Invoice Number"


class Body:
    """A council that publishes files, a minute apart."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._now = NOW

    def clock(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    async def publish(self, name: str, rows: list[str], **said: Any) -> Run:
        path = self._folder / name
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        return await import_file(self.engine, path, LEEDS, self.clock, lambda *_: None, **said)

    async def takes_back(self, run: Run) -> None:
        said = (ANYONE, "A. Officer", "a draft", self.clock())
        await take_back(self.engine, UUID(run.import_id), *said)

    async def corrects(self, payee: str, looked_at: int, amount: str) -> None:
        """An officer corrects the payee's one payment."""
        query = "select payment_id::text from payments where payee = :payee"
        [payment] = await rows_of(self.engine, query, payee=payee)
        cause = Cause(OFFICER, "typed wrong", "B. Officer")
        changes = (payment[0], looked_at, {"amount": amount}, None, cause, lambda _: None)
        await correct_payment(self.engine, *changes, self.clock())

    async def stands(self) -> list[str]:
        rows = await rows_of(self.engine, STANDING)
        return sorted(
            f"{day:%d/%m/%Y},{pence / 100:.2f},{unit},{who}" for day, who, pence, unit in rows
        )


@pytest.fixture
def council(engine: AsyncEngine, tmp_path: Path) -> Body:
    return Body(engine, tmp_path)


def month(number: int, unit: str = "Adults") -> list[str]:
    """A line a day, each with an invoice of its own."""
    own = unit[0]
    return [
        f"{day:02}/{number:02}/2024,{number}{day:02}.00,{unit},Payee {day},{own}{number}{day:02}"
        for day in range(1, 29)
    ]


def as_stated(rows: list[str]) -> list[str]:
    return sorted(row.rpartition(",")[0] for row in rows)


async def test_the_first_payment_of_march_was_of_the_second(
    council: Body, door: httpx.AsyncClient
) -> None:
    march = month(3)
    await council.publish("march.csv", march)
    moved = [march[0].replace("01/03", "02/03", 1), *march[1:]]
    run = await council.publish("march v2.csv", moved)
    assert run.state == "finished"
    assert await council.stands() == as_stated(moved)
    shown = (await door.get(f"/v1/imports/{run.import_id}")).json()["republication"]
    assert (shown["verdict"], shown["corrected"]["rows"]) == ("replaces", 1)
    assert shown["months"] == {"2024-03": {"before": _whole(march), "after": _whole(moved)}}

    address = f"/v1/imports/{run.import_id}/taking-back"
    said = {"reason": "The first was right", "who": "A. Officer"}
    back = (await door.post(address, json=said)).json()
    assert (back["state"], back["taking_back"]["restored"]["rows"]) == ("taken_back", 1)
    assert await council.stands() == as_stated(march)
    assert (await door.post(address, json=said)).json() == back, "a second time changes nothing"
    [_, last] = await rows_of(council.engine, "select * from payment_revisions order by revision")
    assert (last.why, last.who, last.reason) == ("taken-back", "A. Officer", "The first was right")
    # Nobody replaces again unasked what was taken back.
    sent = await send(door, "\n".join([HEADER, *moved, ""]).encode(), "march v2.csv")
    await work(council.engine)
    assert (await door.get(sent.headers["location"])).json()["state"] == "needs_decision"


async def test_what_an_officer_corrected_stays_so_when_an_edition_is_taken_back(
    council: Body,
) -> None:
    march = month(3)
    first = await council.publish("march.csv", march)
    changed = [march[0].replace("301.00", "310.00"), march[1].replace("302.00", "320.00")]
    changed += march[2:]
    edition = await council.publish("march v2.csv", changed)
    await council.corrects("Payee 2", 1, "325.00")
    await council.takes_back(edition)
    assert await council.stands() == as_stated(
        [march[0], march[1].replace("302.00", "325.00"), *march[2:]]
    )
    await council.publish("march v2.csv", changed, replaces=first.import_id)
    assert await council.stands() == as_stated(changed)


def _whole(rows: list[str]) -> dict[str, Any]:
    pounds = sum(float(row.split(",")[1]) for row in rows)
    return {"rows": len(rows), "pounds": f"{pounds:.2f}"}


async def test_a_departments_edition_withdraws_nothing_of_another_department(
    council: Body,
) -> None:
    adults, children = month(3), month(3, "Children")
    first = await council.publish("adults march.csv", adults)
    assert (await council.publish("children march.csv", children)).state == "finished"
    fewer = [*adults[:9], *adults[12:]]
    waits = await council.publish("adults march v2.csv", fewer)
    assert waits.state == "needs_decision"
    assert waits.republication is not None
    assert waits.republication["file"] == "adults march.csv"
    assert (waits.republication["gone"]["rows"], waits.republication["also"]) == (3, [])
    await council.publish("adults march v2.csv", fewer, replaces=first.import_id)
    assert await council.stands() == as_stated([*fewer, *children])
    # A supplement states nothing of what stands, and says so.
    late = ["30/03/2024,9.00,Adults,Payee 1,LATE"]
    assert (await council.publish("late.csv", late, adds=True)).tally.accepted.rows == 1
    assert await council.stands() == as_stated([*fewer, *children, *late])


async def test_a_year_to_date_states_the_months_before_it_and_a_quarter_its_months(
    council: Body,
) -> None:
    april, may, june = month(4), month(5), month(6)
    await council.publish("april.csv", april)
    to_may = await council.publish("to may.csv", [*april, *may])
    assert to_may.republication is not None
    assert (to_may.state, to_may.republication["rule"]) == ("finished", "states every earlier line")
    april[3] = april[3].replace("404.00", "440.00")
    may[5] = may[5].replace("506.00", "560.00")
    to_june = await council.publish("to june.csv", [*april, *may, *june])
    assert to_june.state == "finished"
    assert await council.stands() == as_stated([*april, *may, *june])
    waits = await council.publish("to june v2.csv", [*april[1:], *may, *june])
    assert waits.republication is not None
    assert (waits.state, waits.republication["gone"]["rows"]) == ("needs_decision", 1)
    # What a quarter states otherwise of files of its months is corrected in each of them.
    await council.takes_back(to_june)
    await council.takes_back(to_may)
    await council.publish("may.csv", month(5))
    june.append("28/06/2024,5.00,Adults,Payee 1,LATE")
    quarter = await council.publish("quarter.csv", [*april, *may, *june])
    assert quarter.republication is not None
    assert quarter.republication["verdict"] == "replaces"
    assert len(quarter.republication["supersedes"]) >= 2
    assert await council.stands() == as_stated([*april, *may, *june])


async def test_the_right_file_after_a_wrong_one_that_was_taken_back_counts_whole(
    council: Body,
) -> None:
    march = month(3)
    wrong = await council.publish("march.csv", [*march, "29/03/2024,1.00,Adults,Nobody,X1"])
    await council.corrects("Payee 9", 0, "1.00")
    # An officer's word stands beside any edition. The name says that the file is of all of March.
    again = await council.publish("march 2024.csv", march, replaces=wrong.import_id)
    assert again.republication is not None
    assert again.republication["gone"] == {"rows": 1, "pence": 100}
    corrected = [*march[:8], march[8].replace("309.00", "1.00"), *march[9:]]
    assert await council.stands() == as_stated(corrected)
    with pytest.raises(Conflict, match="was imported since and replaces lines"):
        await council.takes_back(wrong)

    other = await council.publish("april.csv", month(4))
    await council.takes_back(other)
    right = [*month(4)[:-1], "27/04/2024,5.00,Adults,Payee 1,A1"]
    run = await council.publish("april v2.csv", right)
    assert (run.state, run.tally.accepted.rows) == ("finished", 28)
    standing = await council.stands()
    assert [row for row in standing if "/04/" in row] == as_stated(right)
    # Who says what a file replaces is asked once more of what was not shown with it.
    both = [*march[:4], *march[5:], *right[:4], *right[5:]]
    for state in ("needs_decision", "finished"):
        run = await council.publish("march and april.csv", both, replaces=again.import_id)
        assert run.state == state
    assert run.republication is not None
    assert (run.republication["also"], run.republication["gone"]["rows"]) == (["april v2.csv"], 2)
    assert len(await council.stands()) == len(both)
