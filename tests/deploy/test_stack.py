import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import containers, stack
from deploy.local.addresses import Addresses, Kind, StackFailed, StackMisconfigured

GIVEN = {
    "LOCALPOUND_KAFKA": "broker:9092",
    "LOCALPOUND_DATABASE": "postgresql://me@database/pound",
}


@pytest.fixture(autouse=True)
def _no_stack_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOCALPOUND_KAFKA", "LOCALPOUND_DATABASE", "LOCALPOUND_STACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A native stack that starts nothing."""

    @contextmanager
    def nothing(*_: object, **__: object) -> Iterator[Addresses]:
        yield Addresses(kafka="k", database="d", kind="native")

    monkeypatch.setattr(stack, "native_stack", nothing)


@pytest.mark.parametrize(
    ("environment", "engine", "kind"),
    [
        (GIVEN, True, "given"),
        (GIVEN | {"LOCALPOUND_STACK": "native"}, True, "given"),
        ({}, True, "docker"),
        ({}, False, "native"),
        ({"LOCALPOUND_KAFKA": "", "LOCALPOUND_DATABASE": ""}, False, "native"),
        ({"LOCALPOUND_STACK": "native"}, True, "native"),
        ({"LOCALPOUND_STACK": "docker"}, False, "docker"),
    ],
)
def test_the_stack_is_chosen(
    environment: dict[str, str], engine: bool, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "engine_answers", lambda: engine)
    assert stack.choose(environment)[0] == kind


@pytest.mark.parametrize("given", list(GIVEN))
def test_one_address_without_the_other_is_an_error_that_names_the_missing_one(given: str) -> None:
    (missing,) = set(GIVEN) - {given}
    with pytest.raises(StackMisconfigured, match=f"{missing} is missing"):
        stack.choose({given: GIVEN[given]})


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(StackMisconfigured, match="LOCALPOUND_STACK=podman"):
        stack.choose({"LOCALPOUND_STACK": "podman"})


def test_given_addresses_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    given = GIVEN | {"LOCALPOUND_KAFKA": "gone:9092,broker:9092"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(stack, "listens", {"broker:9092", "database:5432"}.__contains__)
    with stack.stack() as addresses:
        assert addresses.kind == "given"
        assert addresses.environment() == given
        assert addresses.pids == {}


def test_addresses_left_over_from_a_stack_that_ended_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(stack, "listens", {"broker:9092"}.__contains__)
    said = "nothing listens where LOCALPOUND_DATABASE says.*unset LOCALPOUND_DATABASE"
    with pytest.raises(StackFailed, match=said), stack.stack():
        pass


def test_a_given_database_must_be_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALPOUND_KAFKA", "broker:9092")
    monkeypatch.setenv("LOCALPOUND_DATABASE", "mysql://me@database/pound")
    with pytest.raises(StackMisconfigured, match="postgresql://"), stack.stack():
        pass


def test_no_engine_answers_where_there_is_no_socket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    assert not containers.engine_answers()


@pytest.mark.loopback
def test_an_engine_that_hangs_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        assert not containers.engine_answers(seconds=0.5)


def test_native_takes_over_with_one_line_when_containers_cannot_be_had(
    native: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(stack, "engine_answers", lambda: True)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    with caplog.at_level(logging.WARNING, logger="deploy"), stack.stack() as addresses:
        assert addresses.kind == "native"
    (line,) = [record for record in caplog.records if record.name == "deploy.local.stack"]
    assert "native" in line.getMessage()


def test_a_forced_docker_does_not_fall_back(
    native: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCALPOUND_STACK", "docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    with pytest.raises(StackFailed, match="could not be started"), stack.stack():
        pass
