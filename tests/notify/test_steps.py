"""Steps of the timer: one that fails is said and holds up none of the others."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.notify import raise_what_is_due as module
from services.notify.raise_what_is_due import steps_due
from services.notify.steps import Steps
from tests.notify.conftest import Desk
from tests.notify.facts import registered


def failures(step: str) -> float:
    return REGISTRY.get_sample_value("localpound_notify_steps_failed_total", {"step": step}) or 0.0


async def test_what_can_not_be_planned_stops_neither_raising_nor_deliveries(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.tell(registered())
    before, is_broken = failures("planning anew"), True
    woken: list[int] = []

    async def plan(*_: object) -> int:
        if is_broken:
            raise TypeError("an agreement that can't be planned")
        return 0

    monkeypatch.setattr(module, "plan_outdated", plan)
    steps = steps_due(desk.engine, desk.clock, desk.now.date, lambda: woken.append(1))
    for times in range(1, 4):
        assert steps.unready() == []
        with capture_logs() as logs:
            await steps.take()
        [said] = [one for one in logs if one["event"] == "step.failed"]
        assert (said["step"], said["exc_info"]) == ("planning anew", True)
        assert len(woken) == times
    assert "notice.due.v1" in await desk.published_types()
    assert failures("planning anew") == before + 3
    assert steps.unready() == ["planning anew: failed 3 times in a row"]
    is_broken = False
    await steps.take()
    assert steps.unready() == []


async def test_a_database_that_is_away_is_waited_out_and_said_when_it_stays_away() -> None:
    async def step() -> None:
        raise ConnectionRefusedError("the database is away")

    steps = Steps({"raising": step})
    with capture_logs() as logs:
        for _ in range(3):
            await steps.take()
    assert {(one["event"], one["log_level"]) for one in logs} == {("step.interrupted", "warning")}
    assert steps.unready() == ["raising: failed 3 times in a row"]
