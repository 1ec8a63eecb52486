"""The stack in containers, where a Docker engine answers."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from deploy.local.addresses import KAFKA_VERSION, POSTGRES_VERSION, Addresses, StackFailed
from deploy.local.ports import free_ports
from deploy.local.postgres import INITDB, NAME, SETTINGS
from deploy.local.ready import DEADLINE_SECONDS, PAUSE_SECONDS, kafka_answers, postgres_answers

ENGINE_SECONDS = 3.0


def engine_answers(seconds: float = ENGINE_SECONDS) -> bool:
    """Whether a Docker engine answers within that time; False too where there is only a client."""
    try:
        from testcontainers.core.docker_client import DockerClient  # noqa: PLC0415  optional, slow
    except ImportError:
        return False
    answered: list[bool] = []

    def ask() -> None:
        try:
            answered.append(bool(DockerClient(timeout=seconds).client.ping()))
        except Exception:  # noqa: BLE001  no engine, no rights, a broken one: none for us
            answered.append(False)

    # In a thread, since a socket to an engine that hangs, or ssh to one that is off, can block.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return any(answered)


@contextmanager
def docker_stack() -> Iterator[Addresses]:
    """Run Kafka and PostgreSQL in containers for the block; testcontainers' reaper is their keeper.

    Raises StackFailed before the block where they cannot be had, images out of reach included.
    """
    with ExitStack() as running:
        try:
            kafka = _start_kafka(running)
            database = _start_postgres(running)
            _until_ready("Kafka", lambda: kafka_answers(kafka))
            _until_ready("PostgreSQL", lambda: postgres_answers(database))
        except StackFailed:
            raise
        except Exception as error:
            # Its message may name hosts, so only its kind is told.
            raise StackFailed(
                f"containers of apache/kafka:{KAFKA_VERSION} and postgres:{POSTGRES_VERSION} "
                f"could not be started ({type(error).__name__})"
            ) from error
        yield Addresses(kafka=kafka, database=database, kind="docker")


def _start_kafka(running: ExitStack) -> str:
    # The broker tells its clients where it is, so the port must be known before it starts.
    (port,) = free_ports(1)
    container = _container(f"apache/kafka:{KAFKA_VERSION}").with_bind_ports(9092, port)
    host = container.get_container_host_ip()
    variables = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENERS": "PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{host}:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_HEAP_OPTS": "-Xmx512m",
    }
    _start(container.with_envs(**variables), running)
    return f"{host}:{port}"


def _start_postgres(running: ExitStack) -> str:
    container = _container(f"postgres:{POSTGRES_VERSION}").with_exposed_ports(5432)
    variables = {
        "POSTGRES_USER": NAME,
        "POSTGRES_DB": NAME,
        "POSTGRES_HOST_AUTH_METHOD": "trust",
        "POSTGRES_INITDB_ARGS": " ".join(INITDB),
    }
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    container.with_envs(**variables).with_command(["postgres", *options])
    _start(container, running)
    host, port = container.get_container_host_ip(), container.get_exposed_port(5432)
    return f"postgresql://{NAME}@{host}:{port}/{NAME}"


def _container(image: str) -> Any:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415  optional, slow

    return DockerContainer(image)


def _start(container: Any, running: ExitStack) -> None:
    running.callback(container.stop)  # first, since a start can fail half-way
    container.start()


def _until_ready(what: str, answers: Callable[[], Awaitable[bool]]) -> None:
    async def ask() -> bool:
        return await answers()

    until = time.monotonic() + DEADLINE_SECONDS
    while not asyncio.run(ask()):
        if time.monotonic() > until:
            raise StackFailed(f"{what} did not answer within {DEADLINE_SECONDS:.0f} s")
        time.sleep(PAUSE_SECONDS)
