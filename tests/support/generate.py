"""Write the committed contracts anew: `make generate`. Refuses a change that breaks a reader.

A published event is never broken: a new major version stands beside it. A door's callers may be
broken where `--breaking` says why, which is then told in docs/openapi/changes.md.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from shared.door.problems import as_markdown
from shared.events import POSTED, PUBLISHED
from tests.support import contracts
from tests.support.published_openapi import CHANGES, tell, untold


def main() -> int:
    """Write schemas, AsyncAPI and OpenAPI; 1, with nothing written, where somebody would break."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--breaking", default="", metavar="WHY")
    why = asked.parse_args().breaking
    schemas = {contracts.schema_path(fact): contracts.event_schema(fact) for fact in _FACTS}
    broken = [
        f"{path.name}{change}"
        for path, schema in schemas.items()
        if path.exists()
        for change in contracts.breaking_changes(json.loads(path.read_text()), schema)
    ]
    if broken:
        return _refuse("A published event would break; give it a new major version:", broken)
    documents = {name: _as_read(contracts.openapi(app)) for name, app in contracts.doors().items()}
    broken = [change for name, document in documents.items() for change in untold(name, document)]
    if broken and not why:
        where = CHANGES.relative_to(contracts.ROOT)
        hint = f'make generate BREAKING="why" writes it all the same, and tells it in {where}:'
        return _refuse(f"Callers of a door would break; {hint}", broken)
    for path, schema in schemas.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contracts.dump_json(schema))
    contracts.PROBLEMS.write_text(as_markdown())
    contracts.ASYNCAPI.write_text(contracts.dump_yaml(contracts.asyncapi()))
    for name, document in documents.items():
        (contracts.OPENAPI / f"{name}.json").write_text(contracts.dump_json(document))
    if broken:
        tell(broken, why, datetime.now(UTC).date())
    return 0


_FACTS = (*POSTED, *PUBLISHED)


def _as_read(document: dict[str, Any]) -> dict[str, Any]:
    """As whoever reads the committed file has it: a tuple is a list there."""
    read: dict[str, Any] = json.loads(contracts.dump_json(document))
    return read


def _refuse(reason: str, broken: list[str]) -> int:
    sys.stderr.write("\n".join([reason, *(f"  {change}" for change in broken)]) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
