"""docker-compose.yml, Dockerfile and proxy name only what exists and agree with the code."""

import ast
import fnmatch
import importlib
import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer import Typer

from deploy.local.addresses import KAFKA_VERSION, POSTGRES_VERSION
from deploy.migrate import SERVICES, service_addresses
from shared.settings import ServiceSettings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
PROXY = (ROOT / "deploy" / "proxy" / "nginx.conf").read_text()
OWN = (*SERVICES, "migrate")
VARIABLE = re.compile(r"\$\{(\w+)(:\?[^}]+)?\}")


def settings_of(service: str) -> type[ServiceSettings]:
    module = importlib.import_module(f"services.{service}.settings")
    settings: type[ServiceSettings] = module.Settings
    return settings


def environment_of(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in PARTS[name].get("environment", {}).items()}


def test_every_part_that_is_waited_for_exists_and_can_reach_the_state() -> None:
    for name, part in PARTS.items():
        for other, wanted in part.get("depends_on", {}).items():
            assert other in PARTS, name
            condition = wanted["condition"]
            if condition == "service_healthy":
                assert "healthcheck" in PARTS[other], f"{name} waits for the health of {other}"
            else:
                assert condition == "service_completed_successfully"
                assert PARTS[other].get("restart", "no") == "no", f"{other} never ends"


def test_nobody_waits_for_itself() -> None:
    def before(name: str, seen: tuple[str, ...] = ()) -> None:
        assert name not in seen, seen
        for other in PARTS[name].get("depends_on", {}):
            before(other, (*seen, name))

    for name in PARTS:
        before(name)


def test_each_service_runs_after_the_migrations_and_a_healthy_broker() -> None:
    for service in SERVICES:
        assert set(PARTS[service]["depends_on"]) == {"kafka", "migrate"}
    assert set(PARTS["proxy"]["depends_on"]) == set(SERVICES)


def test_images_are_built_from_what_is_here() -> None:
    for name in OWN:
        build = PARTS[name]["build"]
        context = ROOT / build["context"]
        assert context == ROOT
        assert (context / build["dockerfile"]).is_file()
        assert PARTS[name]["image"] == COMPOSE["name"]


def test_the_broker_and_the_database_are_those_of_the_native_stack() -> None:
    assert PARTS["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert PARTS["postgres"]["image"] == PARTS["roles"]["image"] == f"postgres:{POSTGRES_VERSION}"


@pytest.mark.parametrize("name", OWN)
def test_commands_name_modules_and_verbs_that_exist(name: str) -> None:
    module, *verbs = PARTS[name]["command"]
    assert importlib.util.find_spec(module) is not None
    if name in SERVICES:
        assert module == f"services.{name}"
        assert verbs == ["serve"]
        named = vars(importlib.import_module(f"{module}.__main__")).values()
        commands = [c for t in named if isinstance(t, Typer) for c in t.registered_commands]
        assert "serve" in {c.name or getattr(c.callback, "__name__", "") for c in commands}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_only_settings_that_it_knows(service: str) -> None:
    fields = {field.upper() for field in settings_of(service).model_fields}
    for variable in environment_of(service).keys() - {"TMPDIR"}:
        name = variable.removeprefix(f"LOCALPOUND_{service.upper()}_").removeprefix("LOCALPOUND_")
        assert name in fields, variable


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_may_be_given_and_what_settings_name_is_found(service: str) -> None:
    part = PARTS[service]
    assert part["env_file"] == [{"path": "localpound.env", "required": False}]
    targets = {mount.split(":")[1] for mount in part["volumes"]}
    assert {"/settings", environment_of(service)["TMPDIR"]} <= targets


def test_replicas_are_named_by_their_containers() -> None:
    assert all("LOCALPOUND_INSTANCE" not in environment_of(service) for service in SERVICES)
    assert all("hostname" not in PARTS[service] for service in SERVICES)


def test_the_migrations_are_given_the_addresses_that_they_look_for() -> None:
    environment = environment_of("migrate")
    known = {"LOCALPOUND_DATABASE", *service_addresses(environment["LOCALPOUND_DATABASE"])}
    assert set(environment) == known
    for service in SERVICES:
        own = environment_of(service)["LOCALPOUND_DATABASE"]
        assert environment[f"LOCALPOUND_{service.upper()}_DATABASE"] == own
        assert own.startswith(f"postgresql://{service}:")


@pytest.mark.parametrize("service", SERVICES)
def test_ports_agree_with_the_settings_the_proxy_and_the_health_check(service: str) -> None:
    port = settings_of(service).model_fields["http_port"].default
    assert environment_of(service)["LOCALPOUND_HTTP_PORT"] == str(port)
    assert f" http://{service}:{port};" in PROXY
    check = PARTS[service]["healthcheck"]["test"]
    assert check[:3] == ["CMD", "python", "-c"]
    ast.parse(check[3])
    assert "LOCALPOUND_HTTP_PORT" in check[3]


def test_health_is_asked_where_the_doors_answer() -> None:
    door = importlib.import_module("shared.door.web").open_door("A door", "", ready=None)
    paths = {getattr(route, "path", None) for route in door.routes}
    checks = [str(part["healthcheck"]["test"]) for part in PARTS.values() if "healthcheck" in part]
    asked = {path for check in checks for path in re.findall(r"/health/\w+", check)}
    assert asked == {"/health/ready"}
    assert asked <= paths


def test_the_proxy_passes_to_the_services_and_to_nothing_else() -> None:
    doors = set(re.findall(r"http://(\w+):(\d+);", PROXY))
    ports = {(name, environment_of(name)["LOCALPOUND_HTTP_PORT"]) for name in SERVICES}
    assert doors == ports
    [listening] = re.findall(r"listen (\d+);", PROXY)
    assert PARTS["proxy"]["ports"] == [f"127.0.0.1:{listening}:{listening}"]
    assert f"127.0.0.1:{listening}/" in str(PARTS["proxy"]["healthcheck"]["test"])


def test_what_is_published_is_published_on_the_loopback_only() -> None:
    published = [port for part in PARTS.values() for port in part.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_broker_tells_its_clients_addresses_that_they_can_reach() -> None:
    kafka = environment_of("kafka")
    advertised = dict(
        listener.split("://") for listener in kafka["KAFKA_ADVERTISED_LISTENERS"].split(",")
    )
    listening = dict(listener.split("://") for listener in kafka["KAFKA_LISTENERS"].split(","))
    protocols = dict(
        pair.split(":") for pair in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    assert (
        set(listening) == set(protocols) == {*advertised, kafka["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    )
    assert advertised["PLAINTEXT"] == environment_of("ingest")["LOCALPOUND_KAFKA"]
    for name, address in advertised.items():
        assert listening[name].rpartition(":")[2] == address.rpartition(":")[2]
    assert PARTS["kafka"]["ports"] == [f"{advertised['HOST']}:9094"]


def test_no_secret_stands_in_the_file_and_none_may_be_left_out() -> None:
    text = yaml.safe_dump(PARTS)
    used = VARIABLE.findall(text)
    required = {name for name, message in used if message}
    assert {name for name, _ in used} == required
    for part in PARTS.values():
        for variable, value in part.get("environment", {}).items():
            if "PASSWORD" in variable or "TOKEN_KEY" in variable:
                assert value is None or VARIABLE.fullmatch(str(value)), variable
    for login in re.findall(r"postgresql://\w+:([^@]+)@", text):
        assert VARIABLE.fullmatch(login), login


def test_roles_have_their_passwords_from_the_environment_that_they_are_given() -> None:
    sql = (ROOT / "deploy" / "postgres" / "passwords.sql").read_text()
    given = environment_of("roles")
    for service in SERVICES:
        variable = f"{service.upper()}_PASSWORD"
        assert f"\\getenv {service} {variable}\n" in sql
        assert f"alter role {service} password :'{service}';" in sql
        assert given[variable].startswith(f"${{LOCALPOUND_{variable}:?")
        assert f"${{LOCALPOUND_{variable}}}" in environment_of(service)["LOCALPOUND_DATABASE"]


def test_mounts_are_files_that_are_here_or_volumes_that_are_declared() -> None:
    used = set()
    for part in PARTS.values():
        for mount in part.get("volumes", ()):
            source, target = mount.split(":")[:2]
            assert target.startswith("/")
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
                assert mount.endswith(":ro")
            else:
                used.add(source)
    assert used == set(COMPOSE["volumes"])
    for path in re.findall(r"/sql/(\S+\.sql)", " ".join(PARTS["roles"]["command"])):
        assert (ROOT / "deploy" / "postgres" / path).is_file()


@pytest.mark.parametrize("name", [*SERVICES, "proxy"])
def test_a_container_that_serves_has_no_rights_that_it_does_not_need(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["init"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]


def copied() -> list[str]:
    """What the Dockerfile copies from its context."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_what_the_image_copies_is_here_and_passes_the_dockerignore() -> None:
    allowed = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    assert copied()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in allowed), source
    assert sorted(copied()) == sorted(allowed)


def test_the_image_has_every_file_that_the_migrations_read() -> None:
    migrate = (ROOT / "deploy" / "migrate.py").read_text()
    for name in re.findall(r'"(\w+\.sql)"', migrate):
        assert any(source.endswith(f"/{name}") for source in copied())
    imported = set(re.findall(r"^from (deploy[\w.]*) import", migrate, re.MULTILINE))
    assert not imported, "the image has no more of deploy/ than migrate.py"


def test_the_image_is_of_a_python_that_the_project_takes_and_installs_the_locked_versions() -> None:
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    [base] = bases
    version = tuple(int(part) for part in re.findall(r"python:(\d+)\.(\d+)-slim", base)[0])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lowest = tuple(int(part) for part in project["requires-python"].removeprefix(">=").split("."))
    assert version >= lowest
    assert "--require-hashes" in DOCKERFILE
    assert "requirements/production.txt" in copied()


def test_the_image_runs_as_nobody_in_particular() -> None:
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user == ["10001:10001"]
