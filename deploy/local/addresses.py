"""Where a running stack answers, and what goes wrong when there is none."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

KAFKA_VERSION = "4.4.0"
POSTGRES_VERSION = "18"

Kind = Literal["given", "docker", "native"]


@dataclass(frozen=True)
class Addresses:
    """A broker and a database that answered, and where to measure them.

    `pids` and `data` are those of the native servers ("kafka", "postgres") and empty otherwise.
    """

    kafka: str
    database: str
    kind: Kind
    pids: dict[str, int] = field(default_factory=dict)
    data: dict[str, Path] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The two variables by which every part of Local Pound finds its stack."""
        return {"LOCALPOUND_KAFKA": self.kafka, "LOCALPOUND_DATABASE": self.database}


class StackFailed(RuntimeError):
    """No stack could be had; the message says why, with the end of the server's log."""


class StackMisconfigured(StackFailed):
    """The environment asks for what cannot be; nothing was started."""
