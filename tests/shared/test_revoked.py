"""A single token is taken back at every door, within seconds and without a restart."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.api.settings import Settings as ApiSettings
from services.classify.settings import Settings as ClassifySettings
from services.ingest.settings import Settings as IngestSettings
from services.notify.settings import Settings as NotifySettings
from shared.access import Refused, issue_token, revoked
from shared.access.own_tokens import tell
from shared.access.revoked import Revoked, read_revoked, revoke
from shared.errors import Misconfigured
from shared.service import Service, guard_of, run
from shared.settings import ServiceSettings

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LEFT, STAYS = "0b84b901-e745-4d51-9023-04b3f4b85850", "6f1d2a0e-4f4a-4a39-9a86-2f2d3b1c7e55"
NEW = "9c1f7f0a-58c3-4f5b-9d51-0f6b3a7f3c11"


@pytest.mark.parametrize(
    "settings", [ApiSettings, ClassifySettings, IngestSettings, NotifySettings]
)
async def test_the_token_of_an_officer_who_left_opens_no_door_any_more(
    settings: type[ServiceSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "revoked"
    monkeypatch.setattr(revoked, "_READ_EVERY_SECONDS", 0.0)
    guard = guard_of(settings(token_key=KEY, revoked_tokens=file))
    left, stays = (
        issue_token(KEY, who, ["spend:read"], datetime.now(UTC), buyers=["*"]) for who in "ab"
    )
    assert (await guard.identify(left)).subject == "a"
    assert revoke(file, tell(left).token_id, NOW)
    with pytest.raises(Refused, match="it was revoked") as refused:
        await guard.identify(left)
    assert refused.value.status == 401
    assert (await guard.identify(stays)).subject == "b"


def test_a_service_that_starts_reads_the_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, reads = tmp_path / "revoked", list[Path]()
    file.write_text(f"{LEFT}\n")

    def read(path: Path) -> frozenset[str]:
        reads.append(path)
        return read_revoked(path)

    def build(settings: ApiSettings) -> Service:
        guard_of(settings)
        raise Misconfigured("so far, and no further")

    monkeypatch.setattr(revoked, "read_revoked", read)
    monkeypatch.setattr("shared.service.configure_logs", lambda *_: None)
    assert run(build, ApiSettings(token_key=KEY, revoked_tokens=file)) == 2
    assert reads == [file]


class Doors:
    """Asked at times of the test's choice."""

    def __init__(self, file: Path) -> None:
        self._time = 0.0
        self._revoked = Revoked(file, lambda: self._time)

    async def refuse(self, *token_ids: str, after: float = 0.0) -> list[bool]:
        self._time += after
        return [await self._revoked.holds(each) for each in token_ids]


async def test_the_file_may_be_written_by_hand_and_is_read_again_when_it_changed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "revoked"
    doors = Doors(file)
    assert await doors.refuse(STAYS, after=9) == [False], "there is no file yet"
    file.write_text(f"{STAYS} laptop lost on a train")  # no end of line
    assert await doors.refuse(STAYS, after=1) == [False], "looked at a second ago"
    assert await doors.refuse(STAYS, after=1) == [True], "the first file is waited for"
    assert revoke(file, LEFT, NOW)
    assert not revoke(file, LEFT, NOW)
    assert await doors.refuse(LEFT, after=60) == [True], "who asks after a while, waits"
    assert read_revoked(file) == {LEFT, STAYS}
    file.write_bytes(b"\xff")
    with capture_logs() as logs:
        assert await doors.refuse(LEFT, after=60) == [True], "not read, it holds what it held"
        file.unlink()
        assert await doors.refuse(LEFT, after=60) == [True], "nor are doors open as it is gone"
    assert [log["event"] for log in logs] == ["revoked_tokens.not_read"] * 2
    file.write_bytes(b"\xff")
    with pytest.raises(Misconfigured, match="LOCALPOUND_REVOKED_TOKENS"):
        Revoked(file)


async def test_lines_that_are_gone_are_told_and_stay_revoked_until_the_door_starts_anew(
    tmp_path: Path,
) -> None:
    file = tmp_path / "revoked"
    file.write_text(f"{LEFT}\n{STAYS}\n")
    doors = Doors(file)
    told = []
    for content in (LEFT, "", f"{STAYS} was lost", f"{NEW} left"):
        file.write_text(content)
        with capture_logs() as logs:
            assert await doors.refuse(LEFT, STAYS, after=60) == [True, True]
        told += [(log["log_level"], log["event"], log["ids"]) for log in logs]
    gone = "warning", "revoked_tokens.lines_gone", 1
    assert told == [gone, gone, gone], "once as each goes, also one that had come back"
    assert await Doors(file).refuse(LEFT, STAYS, NEW) == [False, False, True]


async def test_while_a_large_file_is_read_the_door_answers_by_what_it_held_unless_that_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, go_on = tmp_path / "revoked", threading.Event()
    file.write_text(f"{STAYS}\n")
    doors = Doors(file)
    revoke(file, LEFT, NOW)

    def read_slowly(path: Path) -> frozenset[str]:
        go_on.wait(10)
        return read_revoked(path)

    monkeypatch.setattr(revoked, "read_revoked", read_slowly)
    async with asyncio.timeout(5):
        assert await doors.refuse(LEFT, STAYS, after=3) == [False, True]
        assert await doors.refuse(LEFT, STAYS, after=3) == [False, True]
    waits = asyncio.create_task(doors.refuse(LEFT, after=30))
    given_up = asyncio.create_task(doors.refuse(LEFT))
    await asyncio.sleep(0)
    assert not waits.done()
    given_up.cancel()
    await asyncio.wait([given_up])
    go_on.set()
    assert await waits == [True], "a client that goes away ends no read"


def test_an_editors_byte_order_mark_lets_no_token_in(tmp_path: Path) -> None:
    file = tmp_path / "revoked"
    file.write_text(f"{LEFT} left\r\n", "utf-8-sig", newline="")
    assert read_revoked(file) == {LEFT}
