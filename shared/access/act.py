"""What a request does, as the audit will tell it: told by whoever knows, read once it is answered.

It goes with the request's context, so that neither use cases nor queries hand it on.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.requests import HTTPConnection

HOLDER_OF_LINK = "whoever holds the link"
"""Who calls by a signed link, without a token."""
_SAFE = re.compile(r"[\w:./~@+-]{1,100}", re.ASCII)
COMMAND = "COMMAND"
"""Stands for the method of what is done at the command line."""
COMMAND_LINE = "command line"
"""Who vouches for the name of a user of the operating system."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE", COMMAND})


@dataclass
class Act:
    """Who does what to which object; never what is in it.

    `personal`: a right to see names that may be persons' was made use of. `committed`: how many
    transactions of the request wrote and hold a row of the audit. `over`: the request is answered,
    and what goes on in its context is no act of the caller.
    """

    method: str
    subject: str = ""
    issuer: str = ""
    route: str = ""
    about: str = ""
    personal: bool = False
    committed: int = 0
    over: bool = False

    @property
    def writes(self) -> bool:
        """Whether the method asks for a change."""
        return self.method in _WRITES


CURRENT: ContextVar[Act | None] = ContextVar("act", default=None)


def note_caller(connection: HTTPConnection, subject: str, issuer: str) -> None:
    """Say who calls, at which route, of what: the identifiers in the path."""
    act = CURRENT.get()
    if act is None:
        return
    act.subject, act.issuer = subject, issuer
    route = connection.scope.get("route")
    act.route = f"{act.method} {getattr(route, 'path', 'unknown')}"
    act.about = act.about or _identifiers(connection.path_params)


def note_object(identifier: str) -> None:
    """Say of what the request is, where its path does not: an identifier, never a name."""
    act = CURRENT.get()
    if act is not None:
        act.about = identifier if _SAFE.fullmatch(identifier) else "?"


def note_personal() -> None:
    """Say that names which may be persons' may be in the answer."""
    act = CURRENT.get()
    if act is not None:
        act.personal = True


def _identifiers(path: Mapping[str, object]) -> str:
    """The parameters of a path; what is no identifier might be a name, and is left out."""
    return " ".join(
        text if _SAFE.fullmatch(text) else "?" for text in (str(value) for value in path.values())
    )
