"""A server is ready when it answers a real request, not when its port is open."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.addresses import StackFailed
from deploy.local.processes import Identity
from deploy.local.state import StackFolder, tail

DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 0.05


def listens(address: str) -> bool:
    """Whether anything takes connections at `host:port`."""
    host, _, port = address.strip().rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=3).close()
    except (OSError, ValueError):
        return False
    return True


async def kafka_answers(address: str) -> bool:
    """Whether a broker tells the cluster's metadata, itself being in it."""
    if not listens(address):  # aiokafka logs a refusal
        return False
    try:
        admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=5000)
        await admin.start()
        try:
            return bool((await admin.describe_cluster())["brokers"])
        finally:
            await admin.close()
    except (OSError, KafkaError):
        return False


async def postgres_answers(url: str) -> bool:
    """Whether a database answers `select 1`."""
    try:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            return bool(await connection.fetchval("select 1") == 1)
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError):
        return False


def until_ready(
    what: str, answers: Callable[[], Awaitable[bool]], folder: StackFolder, server: str
) -> None:
    """Ask until it answers; StackFailed with the log's end when it ended or took too long."""
    until = time.monotonic() + DEADLINE_SECONDS
    while True:
        if asyncio.run(_ask(answers)):
            return
        running = Identity.read(folder.processes / f"{server}.json")
        problem = None
        if running is None or running.process() is None:
            problem = "ended as it started"
        elif time.monotonic() > until:
            problem = f"did not answer within {DEADLINE_SECONDS:.0f} s"
        if problem:
            raise StackFailed(f"{what} {problem}. The end of its log:\n{tail(folder.log(server))}")
        time.sleep(PAUSE_SECONDS)


async def _ask(answers: Callable[[], Awaitable[bool]]) -> bool:
    return await answers()
