"""A door's OpenAPI document as callers have it, and which changes were told to them.

Callers have what the main branch has: the document where this branch left it; on the main branch
itself, the one of the commit before. Without a history (an archive, a shallow clone) it is the
file as it stands.
"""

import json
import subprocess
from datetime import date
from typing import Any

from tests.support.contracts import OPENAPI, ROOT
from tests.support.openapi_changes import breaking_changes

CHANGES = OPENAPI / "changes.md"
"""Every change that broke callers, with its day and why."""


def published(door: str) -> dict[str, Any] | None:
    """The document that callers of a door have; None where there was none."""
    path = OPENAPI / f"{door}.json"
    base = _base()
    text = base and _git("show", f"{base}:{path.relative_to(ROOT).as_posix()}")
    if not text and path.exists():
        text = path.read_text()
    return json.loads(text) if text else None


def untold(door: str, now: dict[str, Any]) -> list[str]:
    """What would break callers of a door and is not told in CHANGES, a sentence each."""
    before = published(door)
    if before is None:
        return []
    told = set(CHANGES.read_text().splitlines())
    found = dict.fromkeys(f"{door}: {change}" for change in breaking_changes(before, now))
    return [change for change in found if _line(change) not in told]


def tell(changes: list[str], why: str, today: date) -> None:
    """Add changes to CHANGES."""
    lines = "\n".join(_line(change) for change in changes)
    with CHANGES.open("a") as file:
        file.write(f"\n## {today.isoformat()} · {why}\n{lines}\n")


def _line(change: str) -> str:
    return f"- {change}"


def _base() -> str:
    here = _git("rev-parse", "HEAD")
    left = _git("merge-base", "HEAD", "main") or _git("merge-base", "HEAD", "origin/main")
    return left if left != here and left else _git("rev-parse", "--verify", "HEAD^")


def _git(*arguments: str) -> str:
    """What git says; empty where it knows nothing, or is not there."""
    try:
        said = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
