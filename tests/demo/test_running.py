"""When the demo can't go on, it says why, with what the services last said, and is gone."""

import pytest
from rich.console import Console

from deploy.demo.running import Running, running
from deploy.demo.steps import DemoFailed, Steps, until
from deploy.local.addresses import Addresses


def test_what_does_not_come_in_time_is_named() -> None:
    with pytest.raises(DemoFailed, match="a payment did not come within 0 s"):
        until(lambda: None, within=0, what="a payment")


def test_what_is_found_is_returned() -> None:
    looks = iter([None, None, 7])
    assert until(lambda: next(looks), within=5, what="a seven") == 7


def test_a_failure_shows_the_end_of_each_log(
    given: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.demo.running.SERVICES", ("ingest", "api"))  # as good as all four
    started: list[Running] = []

    def ask_a_service_that_was_killed() -> None:
        with running(Steps(Console(quiet=True)), {}, addresses=given) as run:
            started.append(run)
            run.services.kill("api")
            run.get("api", "/v1/totals")

    with pytest.raises(DemoFailed) as caught:
        ask_a_service_that_was_killed()
    [run] = started
    said = str(caught.value)
    assert "The end of the log of ingest:" in said
    assert "The end of the log of api:" in said
    assert "service.started" in said
    assert said.splitlines()[-1].startswith("api does not answer")
    assert not any(process.process() for process in run.services.processes.values())
