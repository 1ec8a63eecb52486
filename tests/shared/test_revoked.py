"""A single token is taken back at every door, within seconds and without a restart."""

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
from shared.service import guard_of
from shared.settings import ServiceSettings

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LEFT, STAYS = "0b84b901-e745-4d51-9023-04b3f4b85850", "6f1d2a0e-4f4a-4a39-9a86-2f2d3b1c7e55"


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


def test_the_file_may_be_written_by_hand_and_is_read_again_when_it_changed(tmp_path: Path) -> None:
    file, moments = tmp_path / "revoked", iter((0, 1, 3, 4, 6, 9, 12))
    doors = Revoked(file, lambda: next(moments))
    file.write_text(f"{STAYS} laptop lost on a train")  # no end of line
    assert not doors.holds(STAYS), "looked at a second ago"
    assert doors.holds(STAYS)
    assert revoke(file, LEFT, NOW)
    assert not revoke(file, LEFT, NOW)
    assert not doors.holds(LEFT)
    assert doors.holds(LEFT)
    assert read_revoked(file) == {LEFT, STAYS}
    file.write_bytes(b"\xff")
    with capture_logs() as logs:
        assert doors.holds(LEFT), "what can't be read holds what it held"
        file.unlink()
        assert doors.holds(LEFT), "nor does a token open doors because the file is gone"
    assert [log["event"] for log in logs] == ["revoked_tokens.not_read"] * 2
    file.write_bytes(b"\xff")
    with pytest.raises(Misconfigured, match="LOCALPOUND_REVOKED_TOKENS"):
        Revoked(file)


def test_an_editors_byte_order_mark_lets_no_token_in(tmp_path: Path) -> None:
    file = tmp_path / "revoked"
    file.write_text(f"{LEFT} left\r\n", "utf-8-sig", newline="")
    assert read_revoked(file) == {LEFT}
