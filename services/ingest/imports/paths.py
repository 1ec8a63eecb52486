"""Which files a command line names: files, folders with all below them, and patterns."""

import glob
from collections.abc import Sequence
from pathlib import Path

from shared.errors import Rejected

KINDS = {
    ".csv",
    ".txt",
    ".tsv",
    ".xls",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".ods",
    ".parquet",
    ".json",
    ".jsonl",
    ".ndjson",
    ".zip",
}
"""The endings of files that are taken out of a folder; a file that is named is always taken."""


def find_files(named: Sequence[Path]) -> list[Path]:
    """The files, each once, those of a folder in the order of their names.

    Rejected: a pattern or a folder in which there is none. A file that is not there stays in the
    list, and whoever opens it says so.
    """
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            files = _files_in(path)
            if not files:
                raise Rejected(
                    f"the folder {path} holds no file of payments or agreements ({_kinds()})"
                )
            found += files
        elif not path.exists() and glob.has_magic(str(path)):
            names = glob.glob(str(path), recursive=True)  # noqa: PTH207 - a pattern may be absolute
            matches = [Path(name) for name in sorted(names)]
            if not matches:
                raise Rejected(f"no file matches {path}")
            for match in matches:
                found += _files_in(match) if match.is_dir() else [match]
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _files_in(folder: Path) -> list[Path]:
    """Not what programs leave behind: hidden files, and the locks of open workbooks."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in KINDS
        and path.is_file()
        and not path.name.startswith((".", "~$"))
        and "__MACOSX" not in path.parts
    )


def _kinds() -> str:
    return ", ".join(sorted(KINDS))
