"""Everything that the demo runs on: broker, database, migrated schemas, the four services."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy.engine import make_url

from deploy.demo.steps import DemoFailed, Steps
from deploy.local.addresses import Addresses
from deploy.local.keeping import ROOT
from deploy.local.services import SERVICES, Services, running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from shared.topics import TOPICS

_LOG_LINES = 10


@dataclass(frozen=True)
class Running:
    """The running product."""

    addresses: Addresses
    services: Services
    environment: dict[str, str]
    topic_prefix: str

    def get(self, service: str, path: str, **parameters: Any) -> Any:
        """What a service answers, as JSON."""
        return self._ask("GET", service, path, params=parameters)

    def post(self, service: str, path: str, body: object) -> Any:
        """What a service answers to JSON that is sent to it."""
        return self._ask("POST", service, path, json=body)

    def send(self, service: str, path: str, file: Path, fields: Mapping[str, str]) -> Any:
        """What a service answers to a file that is sent to it, as JSON."""
        content = {"file": (file.name, file.read_bytes())}
        return self._ask("POST", service, path, data=fields, files=content)

    def _ask(self, method: str, service: str, path: str, **said: Any) -> Any:
        url = f"{self.services.url(service)}{path}"
        try:
            answer = httpx.request(method, url, timeout=60, **said)
        except httpx.TransportError as error:
            raise DemoFailed(f"{service} does not answer: {error!r}") from error
        if answer.is_error:
            asked = f"{method} {answer.request.url}"
            raise DemoFailed(f"{service} refused {asked}: {answer.status_code} {answer.text}")
        return answer.json()

    def command(self, *arguments: str, shown: bool = False) -> str:
        """Run a service's own command line and return what it printed.

        Its progress is `shown`, or kept for the message of DemoFailed.
        """
        done = subprocess.run(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments],
            env=os.environ | self.environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=None if shown else subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stderr or done.stdout).splitlines()[-_LOG_LINES:])
            raise DemoFailed(f"{' '.join(arguments)} ended with {done.returncode}:\n{said}")
        return done.stdout

    def command_json(self, *arguments: str, shown: bool = False) -> Any:
        """The JSON that a service's command line printed."""
        return json.loads(self.command(*arguments, shown=shown))


@contextmanager
def running(
    steps: Steps,
    settings: Mapping[str, str],
    *,
    own_settings: Mapping[str, Mapping[str, str]] | None = None,
    addresses: Addresses | None = None,
) -> Iterator[Running]:
    """Run the product for the block; nothing of it is left afterwards.

    On a broker and a database that were given, it works in topics and a database of its own, which
    it removes. `settings` are LOCALPOUND_ variables of the services, `own_settings` those of
    further replicas by name (`api-2`), each with what it has beside.
    """
    with ExitStack() as held:
        if addresses is None:
            with steps.step("Kafka and PostgreSQL start"):
                addresses = held.enter_context(stack())
        prefix = ""
        if addresses.kind == "given":
            addresses, prefix = held.enter_context(_apart(addresses))
        with steps.step("four schemas are migrated"):
            roles = asyncio.run(migrate_all(addresses.database))
        environment = {
            **addresses.environment(),
            **roles,
            "LOCALPOUND_TOPIC_PREFIX": prefix,
            "LOCALPOUND_GROUP_PREFIX": prefix,
            **settings,
        }
        names = (*SERVICES, *(own_settings or {}))
        with steps.step(f"{', '.join(names)} start"):
            services = held.enter_context(
                running_services(
                    *(addresses, environment),
                    names=names,
                    own_settings=own_settings,
                    usual_ports=True,
                )
            )
        try:
            yield Running(addresses, services, environment, prefix)
        except DemoFailed as error:
            raise DemoFailed(f"{_last_words(services)}\n{error}") from error


def _last_words(services: Services) -> str:
    """The end of each service's log: one of them tells why the demo can't go on."""
    ends = []
    for name in services.processes:
        lines = services.log_tail(name).splitlines()[-_LOG_LINES:]
        ends.append("\n".join([f"The end of the log of {name}:", *lines]))
    return "\n".join(ends)


@contextmanager
def _apart(given: Addresses) -> Iterator[tuple[Addresses, str]]:
    """A database and a topic prefix of the demo's own on a given broker and database."""
    name = f"localpound_demo_{secrets.token_hex(3)}"
    url = make_url(given.database).set(database=name).render_as_string(hide_password=False)
    prefix = f"{name}."
    asyncio.run(_execute(given.database, f'create database "{name}"'))
    try:
        yield Addresses(given.kafka, url, given.kind), prefix
    finally:
        asyncio.run(_execute(given.database, f'drop database "{name}" with (force)'))
        asyncio.run(_delete_topics(given.kafka, [prefix + topic.name for topic in TOPICS]))


async def _execute(database: str, statement: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _delete_topics(bootstrap: str, topics: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(topics)
    finally:
        await admin.close()
