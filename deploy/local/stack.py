"""The one door to a running broker and database: given ones, Docker's, or native processes."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from deploy.local.addresses import Addresses, Kind, StackFailed, StackMisconfigured
from deploy.local.containers import docker_stack, engine_answers
from deploy.local.native import native_stack
from deploy.local.ready import listens
from deploy.local.state import STATE

__all__ = ["Addresses", "StackFailed", "StackMisconfigured", "choose", "stack"]

log = logging.getLogger(__name__)

POSTGRES_PORT = 5432


def choose(environment: Mapping[str, str]) -> tuple[Kind, bool]:
    """Return the kind of stack to use, and whether the environment insists on it.

    Both LOCALPOUND_KAFKA and LOCALPOUND_DATABASE: that broker and database. Otherwise
    LOCALPOUND_STACK (native or docker), otherwise Docker where an engine answers, otherwise native.
    """
    kafka, database = environment.get("LOCALPOUND_KAFKA"), environment.get("LOCALPOUND_DATABASE")
    forced = environment.get("LOCALPOUND_STACK")
    if kafka and database:
        return "given", True
    if kafka or database:
        missing = "LOCALPOUND_DATABASE" if kafka else "LOCALPOUND_KAFKA"
        raise StackMisconfigured(f"{missing} is missing: give both addresses, or neither")
    if forced == "native":
        return "native", True
    if forced == "docker":
        return "docker", True
    if forced:
        raise StackMisconfigured(f"LOCALPOUND_STACK={forced}: it can be native or docker")
    return ("docker" if engine_answers() else "native"), False


@contextmanager
def stack(
    *,
    state: Path = STATE,
    kafka: Mapping[str, str] | None = None,
    postgres: Mapping[str, str] | None = None,
) -> Iterator[Addresses]:
    """Run, or find, a broker and a database for the block; nothing of it is left afterwards.

    A stack that is started holds no data; where one is given something must listen. `kafka` and
    `postgres` are server settings that override ours, in the native stack only. Raises StackFailed,
    with the end of the server's log.
    """
    kind, insisted = choose(os.environ)
    if kind == "given":
        given = _given(os.environ)
        _check_reachable(given)
        yield given
        return
    with ExitStack() as running:
        addresses = None
        if kind == "docker":
            try:
                addresses = running.enter_context(docker_stack())
            except StackFailed as error:
                if insisted:
                    raise
                log.warning("Docker answers, but %s: starting the native stack instead", error)
        yield addresses or running.enter_context(
            native_stack(state, kafka=kafka, postgres=postgres)
        )


def _given(environment: Mapping[str, str]) -> Addresses:
    database = environment["LOCALPOUND_DATABASE"]
    if not database.startswith(("postgresql://", "postgres://")):
        raise StackMisconfigured("LOCALPOUND_DATABASE must be a postgresql:// address")
    return Addresses(kafka=environment["LOCALPOUND_KAFKA"], database=database, kind="given")


def _check_reachable(given: Addresses) -> None:
    database = make_url(given.database)
    asked = {"LOCALPOUND_KAFKA": given.kafka.split(",")}
    if database.host:  # otherwise it is reached by a socket
        asked["LOCALPOUND_DATABASE"] = [f"{database.host}:{database.port or POSTGRES_PORT}"]
    silent = [name for name, addresses in asked.items() if not any(map(listens, addresses))]
    if silent:
        raise StackFailed(
            f"nothing listens where {' and '.join(silent)} says. Start what is named there, or "
            "unset LOCALPOUND_DATABASE and LOCALPOUND_KAFKA: then a stack of its own is started"
        )
