import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import psutil

from deploy.local.processes import Identity, end
from tests.deploy.programs import SLEEPER, STUBBORN


def test_a_process_is_known_by_its_id_and_birth() -> None:
    me = Identity.of(os.getpid())
    found = me.process()
    assert found is not None
    assert found.pid == os.getpid()


def test_a_reused_process_id_is_another_process() -> None:
    reused = replace(Identity.of(os.getpid()), created=time.time() - 86_400)
    assert reused.process() is None


def test_a_process_with_a_reused_id_is_not_ended() -> None:
    with subprocess.Popen(SLEEPER) as bystander:
        recorded = replace(Identity.of(bystander.pid), created=1.0)
        end([recorded], grace_seconds=1)
        assert bystander.poll() is None
        bystander.kill()


def test_a_process_is_ended_and_reaped() -> None:
    sleeper = subprocess.Popen(SLEEPER)
    end([Identity.of(sleeper.pid)])
    assert not psutil.pid_exists(sleeper.pid)  # not even a zombie
    sleeper.wait()


def test_one_that_ignores_the_polite_signal_is_killed() -> None:
    with subprocess.Popen(STUBBORN, stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout
        stubborn.stdout.readline()
        end([Identity.of(stubborn.pid)], grace_seconds=0.3)
        ended = not psutil.pid_exists(stubborn.pid)
        stubborn.kill()
    assert ended


def test_a_zombie_does_not_run() -> None:
    with subprocess.Popen(["true"]) as short:
        identity = Identity.of(short.pid)
        while psutil.Process(short.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert identity.process() is None


def test_a_record_is_read_back_and_a_broken_one_is_none(tmp_path: Path) -> None:
    me = Identity.of(os.getpid(), ["SIGINT", "SIGQUIT"])
    me.write(tmp_path / "me.json")
    assert Identity.read(tmp_path / "me.json") == me
    (tmp_path / "broken.json").write_text('{"pid": 1')
    assert Identity.read(tmp_path / "broken.json") is None
    assert Identity.read(tmp_path / "absent.json") is None
