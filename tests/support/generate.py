"""Write the committed contracts anew: `make generate`. Refuses a change that breaks a reader."""

import json
import sys

from shared.events import POSTED, PUBLISHED
from shared.problems import as_markdown
from tests.support import contracts


def main() -> int:
    """Write schemas, AsyncAPI and OpenAPI; 1 when a published schema would break."""
    broken = []
    for fact in (*POSTED, *PUBLISHED):
        path = contracts.schema_path(fact)
        schema = contracts.event_schema(fact)
        if path.exists():
            broken += [
                f"{path.name}{change}"
                for change in contracts.breaking_changes(json.loads(path.read_text()), schema)
            ]
        if not broken:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(contracts.dump_json(schema))
    if broken:
        sys.stderr.write("A published event would break; give it a new major version:\n")
        sys.stderr.write("\n".join(f"  {change}" for change in broken) + "\n")
        return 1
    contracts.PROBLEMS.write_text(as_markdown())
    contracts.ASYNCAPI.write_text(contracts.dump_yaml(contracts.asyncapi()))
    contracts.OPENAPI.mkdir(parents=True, exist_ok=True)
    for name, app in contracts.doors().items():
        (contracts.OPENAPI / f"{name}.json").write_text(contracts.dump_json(contracts.openapi(app)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
