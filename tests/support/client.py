"""Python clients of doors, generated from their committed OpenAPI documents: `make client`."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.contracts import OPENAPI, ROOT

_PYTHON = ROOT / ".venv" / "client" / "bin" / "python"
# Of the generator's two seconds for a door one is its start.
_RUN = """
import json, sys
from openapi_python_client.cli import app
for arguments in json.loads(sys.argv[1]):
    app(arguments, standalone_mode=False)
"""
_AS_BYTES = ("application/zip", "message/rfc822")
"""Kinds of body of which the generator knows nothing."""


def generate_clients(doors: Sequence[str], into: Path) -> None:
    """Write the package `localpound_<door>` of each door into a folder.

    CalledProcessError where a part of a document is none that the generator can use.
    """
    into.mkdir(parents=True, exist_ok=True)
    runs = [_arguments(door, into) for door in doors]
    subprocess.run([str(_PYTHON), "-c", _RUN, json.dumps(runs)], check=True, stdout=sys.stderr)
    for door in doors:
        _settings(door, into).unlink()
        _import_unset(into / _package(door))


def _import_unset(package: Path) -> None:
    """The generator (0.29.1) forgets the import where a body is of several kinds."""
    for module in (package / "api").rglob("*.py"):
        text = module.read_text()
        if "| Unset = UNSET" in text:
            module.write_text(
                text.replace("import Response, UNSET\n", "import Response, UNSET, Unset\n", 1)
            )


def _package(door: str) -> str:
    return f"localpound_{door}"


def _arguments(door: str, into: Path) -> list[str]:
    settings = _settings(door, into)
    package = _package(door)
    overrides = dict.fromkeys(_AS_BYTES, "application/octet-stream")
    said = {"package_name_override": package, "post_hooks": [], "content_type_overrides": overrides}
    settings.write_text(json.dumps(said))
    return [
        *("generate", "--meta", "none", "--overwrite", "--fail-on-warning"),
        *("--path", str(OPENAPI / f"{door}.json"), "--config", str(settings)),
        *("--output-path", str(into / package)),
    ]


def _settings(door: str, into: Path) -> Path:
    return into / f"generate-{door}.json"


if __name__ == "__main__":
    _, asked, folder = sys.argv
    generate_clients([asked], Path(folder))
