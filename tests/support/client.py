"""A Python client of a door, generated from its committed OpenAPI document: `make client`."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.contracts import OPENAPI, ROOT

GENERATOR = ROOT / ".venv" / "client" / "bin" / "openapi-python-client"


def generate_client(door: str, into: Path) -> Path:
    """Write the package `localpound_<door>` into a folder; the folder of the package."""
    into.mkdir(parents=True, exist_ok=True)
    package = f"localpound_{door}"
    settings = into / "generate.json"
    settings.write_text(json.dumps({"package_name_override": package, "post_hooks": []}))
    subprocess.run(
        [
            *(str(GENERATOR), "generate", "--meta", "none", "--overwrite"),
            *("--path", str(OPENAPI / f"{door}.json"), "--config", str(settings)),
            *("--output-path", str(into / package)),
        ],
        check=True,
        stdout=sys.stderr,
    )
    settings.unlink()
    return into / package


if __name__ == "__main__":
    _, asked, folder = sys.argv
    generate_client(asked, Path(folder))
