"""Apache Kafka's jars, from their Maven coordinates, fetched once."""

import fcntl
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.addresses import KAFKA_VERSION, StackFailed
from deploy.local.state import STATE

COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
    # Kafka logs by slf4j 1.7, and no jar of its own writes that down: it would fail mute.
    "org.slf4j:slf4j-simple:1.7.36",
)
TRIES = 3
PAUSE_SECONDS = 2.0


def kafka_classpath(state: Path = STATE) -> list[Path]:
    """Return Kafka's jars, fetched the first time; one line on stderr says when."""
    cache = state / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    listed = cache / f"kafka-{KAFKA_VERSION}.jars"
    with (cache / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        jars = [Path(line) for line in listed.read_text().splitlines()] if listed.exists() else []
        if not jars or not all(jar.exists() for jar in jars):
            jars = _fetch()
            listed.write_text("\n".join(map(str, jars)))
    return jars


def _fetch() -> list[Path]:
    """Resolve and download into the ordinary Maven cache of this user."""
    from jgo.maven import MavenContext  # noqa: PLC0415  slow to import, needed once

    context = MavenContext(timeout=60)
    wanted = [context.create_dependency(coordinate) for coordinate in COORDINATES]
    if not all(one.artifact.cached_path and one.artifact.cached_path.exists() for one in wanted):
        sys.stderr.write(f"Fetching Apache Kafka {KAFKA_VERSION} (43 MB, once)\n")
    for tries_left in reversed(range(TRIES)):
        try:
            direct, transitive = context.resolver.resolve(wanted)
            needed = direct + [one for one in transitive if one.scope in {"compile", "runtime"}]
            with ThreadPoolExecutor(max_workers=4) as threads:
                jars: list[Path] = list(threads.map(lambda one: one.artifact.resolve(), needed))
            _drop_cut_off(jars)
        except Exception as error:  # noqa: BLE001  jgo raises many kinds, often a plain RuntimeError
            if not tries_left:
                # Its message names hosts, so only its kind is told.
                raise StackFailed(
                    f"Apache Kafka {KAFKA_VERSION} could not be fetched ({type(error).__name__}): "
                    f"{advice(error)} Or give a broker and a database by "
                    "LOCALPOUND_KAFKA and LOCALPOUND_DATABASE."
                ) from None
            time.sleep(PAUSE_SECONDS)
        else:
            return jars
    raise AssertionError("unreachable")


def advice(error: Exception) -> str:
    """What to look at: an organisation's own proxy often signs with a certificate of its own."""
    if "SSL" in type(error).__name__:
        return (
            "its certificate is not trusted. Where your network puts its own in place, name the "
            "file of certificates that this machine trusts: REQUESTS_CA_BUNDLE=FILE make ..."
        )
    return "is the Maven registry within reach?"


def _drop_cut_off(jars: list[Path]) -> None:
    """Delete jars that an interrupted download left half written: jgo takes them as they are."""
    cut_off = [jar for jar in jars if not zipfile.is_zipfile(jar)]
    for jar in cut_off:
        jar.unlink()
    if cut_off:
        raise ValueError(f"{len(cut_off)} jars are incomplete")
