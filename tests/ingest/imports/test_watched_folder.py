"""A watched folder: files are imported once they are whole, then moved to where they belong."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.folder_files import copy_whole, find_waiting, move_file
from services.ingest.imports.import_waiting import import_waiting
from services.ingest.imports.take_back import take_back
from services.ingest.imports.watched_folder import WatchedFolder
from services.ingest.reading.limits import Limits
from services.ingest.settings import Settings
from shared.access import ANYONE
from shared.errors import Conflict, Rejected
from tests.ingest.imports.test_import_file import ROWS, write_csv
from tests.ingest.said import NOW, rows_of
from tests.support.waiting import eventually

LEEDS = "GB-LAE-LDS"


class Hand:
    """Looks into the folder and imports what waits, with a clock that is moved by hand."""

    def __init__(self, engine: AsyncEngine, folder: Path, settings: Settings) -> None:
        self.engine, self.folder, self.settings = engine, folder, settings
        self.now: Callable[[], datetime] = lambda: NOW
        self.again()

    def again(self) -> None:
        """A service that was started anew knows nothing."""
        self.watched = WatchedFolder(
            self.engine, self.folder, self.settings, self.now, lambda: None
        )

    async def look(self, *, times: int = 2) -> None:
        for _ in range(times):
            await self.watched.look()

    async def work(self) -> None:
        await import_waiting(self.engine, lambda: NOW, Limits())

    def files(self) -> set[str]:
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if not path.is_dir()
        }


@pytest.fixture
def hand(engine: AsyncEngine, tmp_path: Path, settings: Settings) -> Hand:
    (tmp_path / LEEDS).mkdir()
    quick = settings.model_copy(update={"watched_seconds": 0})
    return Hand(engine, tmp_path, quick)


async def test_files_are_imported_and_moved(hand: Hand) -> None:
    box = hand.folder / LEEDS
    write_csv(box, ROWS, "april.csv")
    (box / "page.xls").write_bytes(b"<html><body>x</body></html>")
    (box / "unknown.part").write_bytes(b"half of it")
    (box / "~$april.xlsx").write_bytes(b"a lock")
    (hand.folder / "GB-LAE-XXX").mkdir()
    write_csv(hand.folder / "GB-LAE-XXX", ROWS)
    (box / "link.csv").symlink_to("/etc/hostname")
    await hand.look()
    await hand.work()
    await hand.look()
    assert hand.files() == {
        *(f"{LEEDS}/done/april.csv", f"{LEEDS}/unknown.part", f"{LEEDS}/~$april.xlsx"),
        *(f"{LEEDS}/refused/{name}" for name in ("page.xls", "page.xls.txt")),
        *(f"{LEEDS}/refused/{name}" for name in ("link.csv", "link.csv.txt")),
        *(f"GB-LAE-XXX/refused/{name}" for name in ("spend.csv", "spend.csv.txt")),
    }
    assert "web page" in (box / "refused/page.xls.txt").read_text()
    assert (
        "GB-LAE-XXX is not known" in (hand.folder / "GB-LAE-XXX/refused/spend.csv.txt").read_text()
    )
    assert len(await rows_of(hand.engine, "select * from payments")) == 4
    assert len(await rows_of(hand.engine, "select * from files")) == 2


async def test_what_is_given_up_while_it_lies_there_is_moved_and_imported_when_it_is_put_again(
    hand: Hand,
) -> None:
    path = write_csv(hand.folder / LEEDS, ROWS, "april.csv")
    await hand.look()
    [sent] = await rows_of(hand.engine, "select import_id from imports")
    after = datetime.now(UTC) + timedelta(seconds=1)
    given_up = (sent.import_id, ANYONE, "Finance officer", "the wrong file", after)
    await take_back(hand.engine, *given_up)
    hand.again()  # a service that was down meanwhile must not import it anew
    await hand.look()
    await hand.work()
    assert hand.files() == {f"{LEEDS}/refused/april.csv", f"{LEEDS}/refused/april.csv.txt"}
    why = (hand.folder / LEEDS / "refused/april.csv.txt").read_text()
    assert "taken back by Finance officer: the wrong file" in why
    assert await rows_of(hand.engine, "select * from payments") == []

    (hand.folder / LEEDS / "refused/april.csv").rename(path)
    await eventually(lambda: asyncio.to_thread(_put_after, path, after))
    await hand.look()
    await hand.work()
    await hand.look()
    assert f"{LEEDS}/done/april.csv" in hand.files()
    assert len(await rows_of(hand.engine, "select * from payments")) == 4


def _put_after(path: Path, moment: datetime) -> bool:
    path.touch()
    return datetime.fromtimestamp(path.stat().st_ctime, UTC) > moment


async def test_a_service_killed_between_import_and_move_adds_nothing_twice(hand: Hand) -> None:
    hand.now = partial(datetime.now, UTC)
    hand.again()
    write_csv(hand.folder / LEEDS, ROWS, "april.csv")
    await hand.look()
    await hand.work()
    hand.again()
    await hand.look()
    await hand.work()
    assert hand.files() == {f"{LEEDS}/done/april.csv"}
    write_csv(hand.folder / LEEDS, ROWS, "april.csv")  # the same month, dropped again
    await hand.look()
    names = ("april.csv", "april (2).csv", "april (2).csv.txt")
    assert hand.files() == {f"{LEEDS}/done/{name}" for name in names}
    assert len(await rows_of(hand.engine, "select * from payments")) == 4
    [row] = await rows_of(hand.engine, "select * from imports")
    assert (hand.folder / LEEDS / "done/april (2).csv.txt").read_text() == (
        f"it adds nothing: its very bytes were imported for {LEEDS} on "
        f"{row.started_at:%Y-%m-%d %H:%M} UTC as april.csv (import {row.import_id})\n"
    )


async def test_a_file_that_still_grows_waits(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.settings = hand.settings.model_copy(update={"watched_seconds": 5})
    hand.again()
    moment = 100.0
    monkeypatch.setattr("services.ingest.imports.watched_folder.time.monotonic", lambda: moment)
    path = write_csv(hand.folder / LEEDS, ROWS[:1])
    await hand.look()
    moment += 4
    write_csv(hand.folder / LEEDS, ROWS)
    os.utime(path, ns=(1, 1))
    await hand.look()
    moment += 4
    await hand.look()
    assert await rows_of(hand.engine, "select * from imports") == []
    moment += 1
    await hand.look(times=1)
    assert len(await rows_of(hand.engine, "select * from imports")) == 1


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_text("longer than it was"),
        lambda path: (path.unlink(), path.symlink_to("/etc/hostname")),
    ],
)
def test_a_file_that_changes_under_the_hand_is_left(tmp_path: Path, change: Change) -> None:
    (tmp_path / LEEDS).mkdir()
    path = write_csv(tmp_path / LEEDS, ROWS)
    [found] = find_waiting(tmp_path)
    with pytest.raises(Rejected, match="may be sent at most"):
        copy_whole(found, tmp_path / "copy", 3)
    change(path)
    with pytest.raises(Conflict):
        copy_whole(found, tmp_path / "copy", 1000)
    with pytest.raises(Conflict):
        move_file(found, "done")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        move_file(found, "done")
