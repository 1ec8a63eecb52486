"""The real servers, started here and ended again: about 20 s together."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local import kafka, native, postgres
from deploy.local.addresses import StackFailed
from deploy.local.jars import kafka_classpath
from deploy.local.keeping import Keeping, keeping
from deploy.local.native import native_stack
from deploy.local.ports import free_ports
from deploy.local.postgres import Database, start_postgres
from deploy.local.state import STATE, StackFolder, stacks
from tests.deploy.programs import ROOT, python, until

pytestmark = pytest.mark.loopback

RUN = [sys.executable, "-m", "deploy.local", "run", "--"]
OWNER = """
import json, sys
from deploy.local.native import native_stack

with native_stack() as addresses:
    data = {name: str(path) for name, path in addresses.data.items()}
    print(json.dumps([addresses.kafka, addresses.database, addresses.pids, data]), flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Owned:
    owner: subprocess.Popen[str]
    kafka: str
    database: str
    pids: dict[str, int]
    data: dict[str, str]

    @property
    def folder(self) -> Path:
        return STATE / Path(self.data["kafka"]).relative_to(STATE).parts[0]


@pytest.fixture(scope="module")
def owned() -> Iterator[Owned]:
    """A native stack owned by another process; the last test of this file kills that one."""
    owner = python(OWNER)
    assert owner.stdout
    with owner:
        yield Owned(owner, *json.loads(owner.stdout.readline()))
        owner.kill()


def test_postgresql_is_durable_and_ours(owned: Owned) -> None:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(owned.database)
        try:
            names = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"]
            settings = [await connection.fetchval(f"show {name}") for name in names]
            me = "select current_user, current_database(), current_setting('is_superuser')"
            return settings + list(await connection.fetchrow(me) or ())
        finally:
            await connection.close()

    assert asyncio.run(ask()) == ["on", "on", "on", "1GB", "localpound", "localpound", "on"]


def test_kafka_makes_no_topic_by_itself(owned: Owned) -> None:
    async def ask() -> dict[str, str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=owned.kafka)
        await admin.start()
        try:
            broker = ConfigResource(ConfigResourceType.BROKER, "1")
            (response,) = await admin.describe_configs([broker])
            return {entry[0]: entry[1] for entry in response.resources[0][4]}
        finally:
            await admin.close()

    settings = asyncio.run(ask())
    assert settings["auto.create.topics.enable"] == "false"
    assert settings["offsets.topic.replication.factor"] == "1"


def test_servers_listen_on_the_loopback_only(owned: Owned) -> None:
    for pid in owned.pids.values():
        open_ports = [
            each.laddr.ip
            for each in psutil.Process(pid).net_connections("inet")
            if each.status == psutil.CONN_LISTEN
        ]
        assert open_ports
        assert {address.removeprefix("::ffff:") for address in open_ports} == {"127.0.0.1"}


def test_a_second_stack_runs_a_command_beside_the_first(owned: Owned) -> None:
    show = "import os; print(os.environ['LOCALPOUND_KAFKA'], os.environ['LOCALPOUND_DATABASE'])"
    ran = subprocess.Popen(
        [*RUN, sys.executable, "-c", f"{show}; raise SystemExit(7)"],
        cwd=ROOT,
        env=_without_addresses() | {"LOCALPOUND_STACK": "native"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said, complaints = ran.communicate()
    assert ran.returncode == 7, complaints
    assert not {owned.kafka, owned.database} & set(said.split())
    assert len(said.split()) == 2
    assert not [each for each in stacks() if each.path.name.startswith(f"{ran.pid}-")]
    assert all(psutil.pid_exists(pid) for pid in owned.pids.values())


def test_kill_9_of_the_owner_leaves_nothing(owned: Owned) -> None:
    servers = [psutil.Process(pid) for pid in owned.pids.values()]
    backends = [child for server in servers for child in server.children(recursive=True)]
    assert backends
    owned.owner.send_signal(signal.SIGKILL)
    owned.owner.wait()
    assert until(lambda: not any(one.is_running() for one in servers + backends))
    assert until(lambda: not owned.folder.exists())


def test_a_cluster_id_may_look_like_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "uuid4", lambda: UUID(bytes=b"\xf8" * 16))  # "-Pj4" in base64
    folder = StackFolder(tmp_path)
    folder.log("kafka").parent.mkdir()
    properties = tmp_path / "server.properties"
    settings = kafka._settings(tmp_path / "data", *free_ports(2))
    properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    kafka._format(folder, kafka._java(tmp_path, kafka_classpath()), properties)
    assert "cluster.id=-Pj4" in (tmp_path / "data" / "meta.properties").read_text()


def test_a_broker_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    bad = {"log.retention.hours": "a fortnight"}
    with pytest.raises(StackFailed, match="a fortnight") as failed, native_stack(kafka=bad):
        pass
    kept = Path(str(failed.value).rsplit(" ", 1)[1])
    assert "a fortnight" in (kept / "kafka.log").read_text()
    assert kept.is_relative_to(STATE / "failed")
    for log in kept.iterdir():
        log.unlink()
    kept.rmdir()


def test_a_database_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    bad = {"shared_buffers": "plenty"}
    with keeping(tmp_path) as keeper, pytest.raises(StackFailed, match='"plenty"'):
        start_postgres(keeper, bad)
    assert stacks(tmp_path) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another user")
def test_root_runs_postgresql_though_only_root_may_enter_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "find_spec", lambda name: _copy_of_package(name, private))
    with keeping(private) as keeper:
        database = start_postgres(keeper)
        server = psutil.Process(database.pid)
        assert (database.data / "PG_VERSION").read_text().strip() == "18"
        assert server.uids().real == database.data.stat().st_uid != 0
        program = Path(server.exe())
        assert "localpound-" in str(program)
    assert not database.data.exists()
    assert not program.exists()


def test_a_start_cut_off_half_way_is_removed_by_the_next(tmp_path: Path) -> None:
    half = StackFolder(tmp_path / "123-abcdef")
    half.path.mkdir()
    with keeping(tmp_path):
        assert half in stacks(tmp_path)


def _without_addresses() -> dict[str, str]:
    given = {"LOCALPOUND_KAFKA", "LOCALPOUND_DATABASE"}
    return {name: value for name, value in os.environ.items() if name not in given}


def _copy_of_package(name: str, folder: Path) -> ModuleSpec | None:
    spec = find_spec(name)
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    for part in package.parent.glob(f"{package.name}*"):
        shutil.copytree(part, folder / part.name)
    return ModuleSpec(name, None, origin=str(folder / package.name / "__init__.py"))


def test_a_port_that_another_took_meanwhile_is_chosen_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = ["java.net.BindException: Address already in use\n" + "INFO closing\n" * 200]

    def start_broker(keeper: Keeping, _: object) -> kafka.Broker:
        if taken:
            keeper.folder.log("kafka").write_text(taken.pop())
            raise StackFailed("Kafka ended as it started. The end of its log:\nINFO closing")
        return kafka.Broker("127.0.0.1:1", 1, tmp_path)

    monkeypatch.setattr(native, "start_kafka", start_broker)
    monkeypatch.setattr(native, "start_postgres", lambda *_: Database("postgresql://", 2, tmp_path))
    with native_stack(tmp_path / "state") as addresses:
        assert addresses.kafka == "127.0.0.1:1"
        assert len(stacks(tmp_path / "state")) == 1
    assert stacks(tmp_path / "state") == []
