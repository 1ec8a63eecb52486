"""How a service runs: what the process is told about its memory."""

import platform
import subprocess
import sys

import pytest

_FAULTS_OF_TWENTY_BATCHES = """
import resource
from shared.memory import keep_freed_memory

def work():
    return [b"x" * size for size in range(40_000, 800_000, 40_000)]

keep_freed_memory()
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="nothing is done without glibc")
def test_memory_that_a_batch_freed_is_there_for_the_next() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS_OF_TWENTY_BATCHES],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) < 20  # pages of 4 KB; a batch has 1,800 of them
