"""Compile requirements/ from pyproject.toml: versions and hashes, no download addresses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"


def compile_requirements(name: str, *arguments: str, constraints: tuple[str, ...] = ()) -> None:
    """Write requirements/<name>.txt, agreeing with the files named in `constraints`."""
    agreed = [part for other in constraints for part in ("-c", str(REQUIREMENTS / f"{other}.txt"))]
    subprocess.run(  # noqa: S603 - our own arguments
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links", "--output-file"),
            *(str(REQUIREMENTS / f"{name}.txt"), *arguments, *agreed),
        ],
        check=True,
        cwd=ROOT,
    )


if __name__ == "__main__":
    (REQUIREMENTS / "uv.in").write_text("uv\n")
    compile_requirements("uv", str(REQUIREMENTS / "uv.in"))
    # Of an environment of its own: its typer is older than ours.
    (REQUIREMENTS / "client.in").write_text("openapi-python-client>=0.29\n")
    compile_requirements("client", str(REQUIREMENTS / "client.in"))
    compile_requirements("production", "pyproject.toml")
    compile_requirements("local", "pyproject.toml", "--extra=local", constraints=("production",))
    compile_requirements(
        "dev", "pyproject.toml", "--extra=dev", constraints=("production", "local")
    )
