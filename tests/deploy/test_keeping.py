import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from deploy.local.addresses import StackFailed
from deploy.local.keeper import Server
from deploy.local.keeping import keeping
from deploy.local.processes import Identity
from deploy.local.state import StackFolder, remove_leftovers, stacks
from tests.deploy.programs import OWNER, SLEEPER, python, until


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, StackFolder]]:
    """A process that owns a stack of one sleeping server."""
    process = python(OWNER, str(tmp_path))
    assert process.stdout
    pid, path = process.stdout.readline().split()
    with process:
        yield process, int(pid), StackFolder(Path(path))
        process.kill()


Owner = tuple[subprocess.Popen[str], int, StackFolder]


def test_nothing_is_left_after_the_block(tmp_path: Path) -> None:
    with keeping(tmp_path) as keeper:
        pid = keeper.start(Server("sleeper", SLEEPER))
        assert psutil.pid_exists(pid)
        assert os.getsid(pid) == pid  # out of reach of the terminal's Ctrl-C
    assert not psutil.pid_exists(pid)
    assert stacks(tmp_path) == []


def test_nothing_is_left_after_an_exception(tmp_path: Path) -> None:
    pid = 0

    def fail() -> None:
        nonlocal pid
        with keeping(tmp_path) as keeper:
            pid = keeper.start(Server("sleeper", SLEEPER))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert pid
    assert not psutil.pid_exists(pid)
    assert stacks(tmp_path) == []


def test_nothing_is_left_where_the_end_is_asked_for_as_the_keeper_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deploy.local.keeping.subprocess.Popen", interrupted)
    with pytest.raises(KeyboardInterrupt), keeping(tmp_path):
        pass
    assert stacks(tmp_path) == []


def test_a_server_sees_its_own_environment_and_none_of_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_SECRET", "owner")
    show = "import os; print(os.environ.get('LOCALPOUND_SECRET'), os.environ['MINE'], flush=True)"
    with keeping(tmp_path) as keeper:
        keeper.start(Server("shown", [sys.executable, "-c", show], environment={"MINE": "yes"}))
        log = keeper.folder.log("shown")
        assert until(lambda: log.read_text() == "None yes\n")


def test_a_server_that_cannot_be_run_says_so(tmp_path: Path) -> None:
    with keeping(tmp_path) as keeper, pytest.raises(StackFailed, match="No such file"):
        keeper.start(Server("absent", ["/absent/program"]))


def test_a_server_that_dies_is_reaped_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as keeper:
        pid = keeper.start(Server("sleeper", SLEEPER))
        os.kill(pid, signal.SIGKILL)
        assert until(lambda: not psutil.pid_exists(pid), seconds=3)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_keeper_cleans_up_after_a_killed_owner(owner: Owner, number: int) -> None:
    process, server, folder = owner
    process.send_signal(number)
    process.wait()
    assert until(lambda: not psutil.pid_exists(server) and not folder.path.exists())


def test_the_keeper_sees_its_owner_gone_though_a_fork_holds_the_pipe(tmp_path: Path) -> None:
    fork = OWNER.replace("    sys.stdin.read()", "    import os; os.fork(); time.sleep(600)")
    process = python(fork, str(tmp_path))
    assert process.stdout
    server, _ = process.stdout.readline().split()
    parent = psutil.Process(process.pid)
    # The keeper is a child as well: without its fork the pipe would be waited for ten minutes.
    assert until(lambda: any(_is_fork(child, process) for child in parent.children()))
    forked = [child for child in parent.children() if _is_fork(child, process)]
    process.kill()
    try:
        assert until(lambda: not psutil.pid_exists(int(server)))
    finally:
        for child in forked:
            child.kill()
        process.communicate()


def test_the_next_start_cleans_up_when_the_keeper_was_killed_as_well(
    owner: Owner, tmp_path: Path
) -> None:
    process, server, folder = owner
    os.kill(folder.identities()["keeper"].pid, signal.SIGKILL)
    process.kill()
    process.wait()
    assert not until(lambda: not psutil.pid_exists(server), seconds=1.5)  # left over indeed
    assert remove_leftovers(tmp_path) == [folder]
    assert _ended(server)
    assert stacks(tmp_path) == []


def test_the_owner_cleans_up_when_the_keeper_was_killed(owner: Owner, tmp_path: Path) -> None:
    process, server, folder = owner
    os.kill(folder.identities()["keeper"].pid, signal.SIGKILL)
    process.communicate(timeout=20)  # ends its input, so the owner leaves its block
    assert _ended(server)
    assert stacks(tmp_path) == []


def test_a_stack_whose_owner_lives_is_not_touched(owner: Owner, tmp_path: Path) -> None:
    _, server, folder = owner
    assert remove_leftovers(tmp_path) == []
    assert psutil.pid_exists(server)
    assert folder.path.exists()


def test_a_living_owner_is_known_by_its_lock_even_if_its_record_is_wrong(
    owner: Owner, tmp_path: Path
) -> None:
    process, server, folder = owner
    record = folder.processes / "owner.json"
    replace(Identity.of(process.pid), created=1.0).write(record)  # as after a jump of the clock
    assert remove_leftovers(tmp_path) == []
    assert psutil.pid_exists(server)


def test_a_leftover_record_never_ends_the_process_that_has_its_number_now(tmp_path: Path) -> None:
    folder = StackFolder(tmp_path / "1-abcdef")
    folder.processes.mkdir(parents=True)
    with subprocess.Popen(SLEEPER) as bystander:
        recorded = replace(Identity.of(bystander.pid), created=1.0)
        recorded.write(folder.processes / "kafka.json")
        assert remove_leftovers(tmp_path) == [folder]
        assert not folder.path.exists()
        assert bystander.poll() is None
        bystander.kill()


def _ended(pid: int) -> bool:
    """Whether it runs no more; an orphan that nobody reaps is a zombie for a moment."""
    return until(
        lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    )


def _is_fork(child: psutil.Process, parent: subprocess.Popen[str]) -> bool:
    return child.cmdline() == psutil.Process(parent.pid).cmdline()
