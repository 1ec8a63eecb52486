"""What the index of a folder of registers takes: to be built, and to be ready from its cached file.

Each is measured in a process of its own, so that nothing else counts.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import orjson

from services.classify.definitions.definition import read_definitions
from services.classify.match_files.index_files import index_files
from services.classify.match_files.match_file import answering
from services.classify.supplier import Supplier

_MODULE = "tests.bench.classify_index"
_UNIT = 1 if sys.platform == "darwin" else 1024  # in which the system counts memory


class Taken(NamedTuple):
    """What one process took: the time until the first name is matched, and the most memory."""

    names: int
    seconds: float
    peak_megabytes: float


def measure_index_apart(folder: Path) -> tuple[Taken, Taken]:
    """Of a folder of registers: the index built, then the same ready from its cached file."""
    with tempfile.TemporaryDirectory() as cache:
        return _apart(folder, Path(cache)), _apart(folder, Path(cache))


def _apart(folder: Path, cache: Path) -> Taken:
    done = subprocess.run(
        [sys.executable, "-m", _MODULE, str(folder), str(cache)], check=True, capture_output=True
    )
    return Taken(**orjson.loads(done.stdout))


def main() -> None:
    """In the process that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("cache", type=Path)
    given = parser.parse_args()
    started = time.perf_counter()
    index = index_files(given.folder, given.cache)
    answering(index, read_definitions())([Supplier("", "WARM WORDS")])
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 1e6
    sys.stdout.write(orjson.dumps(Taken(index.entries, seconds, peak)._asdict()).decode())


if __name__ == "__main__":
    main()
