"""A file written anew: whole or not at all, whoever else writes it at the same time."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replace_file(target: Path) -> Iterator[TextIO]:
    """Text that takes the place of `target` once all of it is written; UTF-8, line ends as given.

    It is written beside it, under a name of its own. Where a link stands, what it leads to is
    replaced; a pipe or a device is written straight to. Raises OSError that names `target`, which
    is then as it was.
    """
    whole = target.resolve()
    partial = whole.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as text:
                yield text
            return
        try:
            # Not by `tempfile`, whose files nobody but their owner may read.
            with partial.open("x", encoding="utf-8", newline="") as text:
                if whole.exists():
                    partial.chmod(whole.stat().st_mode & 0o777)
                yield text
            partial.replace(whole)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        # A full disk names no file, and nobody has heard of the partial one.
        if error.errno is None or error.filename not in {None, str(partial)}:
            raise
        raise OSError(error.errno, error.strerror, str(target)) from error
