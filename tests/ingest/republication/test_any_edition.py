"""Any ledger and any edition of it: what stands is what the edition states, until it is undone."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.open_run import Run
from services.ingest.imports.take_back import take_back
from services.ingest.payments.wording import fold_payee, fold_unit
from shared.access import ANYONE
from tests.ingest.said import NOW, published_data, rows_of
from tests.ingest.standing import STANDING

LEEDS = "GB-LAE-LDS"
HEADER = "Payment Date,Amount,Directorate,Supplier,Transaction Number\n"
Line = tuple[date, int, str, str, str]
LINES = st.lists(
    st.tuples(
        st.dates(date(2024, 4, 1), date(2024, 4, 30)),
        st.integers(-3, 9).filter(bool),
        st.sampled_from(["Adults", "Children"]),
        st.sampled_from(["Mind Ltd", "Mind LLP", "St Anne's", "REDACTED"]),
        st.sampled_from(["1", "2", "3", "0004", "INV 5", ""]),
    ),
    min_size=3,
    max_size=14,
)


@st.composite
def editions(draw: st.DrawFn, lines: list[Line]) -> list[Line]:
    """The same file as it may be stated anew: changed, fewer, more, worded otherwise, in any order.

    One line at least stays, so that the file is of the same month.
    """
    stated: list[Line] = []
    for day, pounds, unit, payee, number in lines:
        what = draw(st.sampled_from(["same", "same", "changed", "moved", "gone", "twice", "words"]))
        line = (day, pounds, unit, payee, number)
        if what == "changed":
            line = (day, pounds + draw(st.integers(1, 3)), unit, payee, number)
        elif what == "moved":
            line = (draw(st.dates(date(2024, 4, 1), date(2024, 4, 30))), *line[1:])
        elif what == "words":
            capitals = payee.upper().replace("LTD", "LIMITED")
            line = (day, pounds, unit.upper(), capitals, number.lstrip("0"))
        stated += [] if what == "gone" else [line] * (2 if what == "twice" else 1)
    return draw(st.permutations([*stated, *draw(LINES)]))


class Ledger:
    """Imports files of lines, each a minute after the last."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._now = NOW

    def clock(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    async def bring(self, name: str, lines: list[Line], **said: Any) -> Run:
        path = self._folder / f"{name} April 2024.csv"
        rows = [
            f"{day:%d/%m/%Y},{pounds}.00,{unit},{payee},{number}\n"
            for day, pounds, unit, payee, number in lines
        ]
        path.write_text(HEADER + "".join(rows))
        return await import_file(self.engine, path, LEEDS, self.clock, lambda *_: None, **said)

    async def standing(self) -> Counter[tuple[Any, ...]]:
        rows = await rows_of(self.engine, STANDING)
        return Counter(
            (day, fold_payee(who), pence, fold_unit(unit)) for day, who, pence, unit in rows
        )

    async def published(self) -> tuple[int, int]:
        """Payments and pence that a reader of payments.v1 counts."""
        newest: dict[str, tuple[int, int, bool]] = {}
        for fact in await published_data(self.engine, "payments.v1"):
            revision = fact.get("revision", 0)
            if revision >= newest.get(fact["payment_id"], (-1,))[0]:
                held = fact["amount_pence"], fact.get("withdrawn", False)
                newest[fact["payment_id"]] = revision, *held
        counted = [pence for _, pence, withdrawn in newest.values() if not withdrawn]
        return len(counted), sum(counted)

    async def empty(self) -> None:
        async with self.engine.begin() as tx:
            await tx.execute(text("alter table payment_revisions disable trigger user"))
            await tx.execute(
                text(
                    "truncate payments, payment_revisions, imports, import_requests, outbox, files,"
                    " file_chunks"
                )
            )


def stated(lines: list[Line]) -> Counter[tuple[Any, ...]]:
    """What stands then; a number that the edition leaves out stays, and is not compared."""
    return Counter(
        (day, fold_payee(payee), pounds * 100, fold_unit(unit))
        for day, pounds, unit, payee, _ in lines
    )


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_what_stands_is_what_the_edition_states(
    engine: AsyncEngine, tmp_path: Path, data: st.DataObject
) -> None:
    ledger = Ledger(engine, tmp_path)
    lines = data.draw(LINES)
    edition = data.draw(editions(lines))
    await ledger.empty()
    first = await ledger.bring("a", lines)
    before = await ledger.standing()
    assert before == stated(lines)
    again = await ledger.bring("b", edition, replaces=first.import_id)
    assert again.state == "finished"
    after = await ledger.standing()
    assert after == stated(edition)
    assert await ledger.published() == (
        after.total(),
        sum(line[2] * count for line, count in after.items()),
    )
    for name, sent in (("b", edition), ("a", lines)):  # sent again nothing happens
        await ledger.bring(name, sent)
        assert await ledger.standing() == after
    if again.file_id == first.file_id:
        return
    said = (ANYONE, "A. Officer", "a draft", ledger.clock())
    await take_back(engine, UUID(again.import_id), *said)
    assert await ledger.standing() == before
    assert (await ledger.published())[0] == before.total()
    anew = await ledger.bring("b", edition, replaces=first.import_id)
    assert anew.number > again.number
    assert await ledger.standing() == after
