"""A refresh that fails is tried again ever more seldom, and whose fault it was is told."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.api.ranking import refresh_ranking, refresher
from services.api.ranking.refresher import Refresher
from tests.api.conftest import Model


def _failures(cause: str) -> float:
    name = "localpound_api_ranking_refreshes_failed_total"
    return REGISTRY.get_sample_value(name, {"cause": cause}) or 0.0


@pytest.mark.parametrize(
    ("statement", "cause", "level"),
    [
        ("select no_such_column from touched_suppliers", "program", "error"),
        ("select pg_terminate_backend(pg_backend_pid())", "database", "warning"),
    ],
    ids=["an error of ours", "a database that goes away"],
)
async def test_what_fails_is_told_by_its_cause_and_tried_again_after_a_growing_pause(
    model: Model, monkeypatch: pytest.MonkeyPatch, statement: str, cause: str, level: str
) -> None:
    pauses: list[float] = []
    works = refresh_ranking._WAITING

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            monkeypatch.setattr(refresh_ranking, "_WAITING", works)
        if len(pauses) == 10:
            raise asyncio.CancelledError

    monkeypatch.setattr(refresh_ranking, "_WAITING", statement)
    before = _failures(cause)
    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        await Refresher(model.engine, pause).run()
    assert [(log["event"], log["log_level"]) for log in logs] == [
        ("ranking.not_refreshed", level)
    ] * 8
    assert _failures(cause) == before + 8
    for seconds, most in zip(pauses, (1, 2, 4, 8, 16, 32, 60, 60), strict=False):
        assert most / 2 <= seconds <= most
    assert pauses[8:] == [refresher._LOOKS_SECONDS] * 2, "once it works, at its usual pace"
