"""The files of a watched folder: which wait, read so that nothing else is read, and moved."""

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from services.ingest.buyers.buyer import as_org_id
from shared.errors import Conflict, Rejected

DONE, REFUSED = "done", "refused"
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")
_HIDDEN = (".", "~$")
_PIECE = 1024 * 1024


class Stamp(NamedTuple):
    """What changes when a file is written to, or another takes its place."""

    inode: int
    size: int
    modified_ns: int


class Found(NamedTuple):
    """A file that waits in a buyer's folder; `link`: it is a symbolic link, wherever it leads.

    `put_at` is when it was put there or changed last.
    """

    path: Path
    buyer: str
    stamp: Stamp
    link: bool
    put_at: datetime


def find_waiting(folder: Path) -> list[Found]:
    """The files in the buyers' folders, in the order of their names.

    Not those that programs are writing, by their names, nor what lies deeper or is no file. A
    buyer's folder that is a link is not followed.
    """
    found: list[Found] = []
    for buyer in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if as_org_id(buyer.name) is None or not buyer.is_dir(follow_symlinks=False):
            continue
        for entry in sorted(os.scandir(buyer.path), key=lambda entry: entry.name):
            if entry.name.startswith(_HIDDEN) or entry.name.lower().endswith(_UNFINISHED):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            link = stat.S_ISLNK(status.st_mode)
            if link or stat.S_ISREG(status.st_mode):
                put_at = datetime.fromtimestamp(status.st_ctime, UTC)
                found.append(Found(Path(entry.path), buyer.name, _stamp(status), link, put_at))
    return found


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)


def copy_whole(file: Found, target: Path, most: int) -> str:
    """Copy a file as it was found; the SHA-256 of its bytes, in hexadecimal.

    Rejected: more than `most` bytes. Conflict: it is another file than the one found, or it was
    written to meanwhile.
    """
    if file.stamp.size > most:
        raise Rejected(f"it has {file.stamp.size:,} bytes; {most:,} may be sent at most")
    changed = Conflict(f"{file.path.name} was changed while it was read")
    try:
        opened = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if file.path.is_symlink():
            raise changed from error
        raise
    digest = hashlib.sha256()
    with os.fdopen(opened, "rb") as source, target.open("wb") as copy:
        if _stamp(os.fstat(source.fileno())) != file.stamp:
            raise changed
        left = file.stamp.size
        while piece := source.read(min(_PIECE, left)):
            left -= len(piece)
            digest.update(piece)
            copy.write(piece)
        if left or _stamp(os.fstat(source.fileno())) != file.stamp:
            raise changed
    return digest.hexdigest()


def move_file(file: Found, where: str, reason: str = "") -> Path:
    """Move a file into a folder beside it, under a name that is free there; its new path.

    With a `reason` a text of the same name says why. Conflict: it is another file by now.
    FileNotFoundError: it vanished.
    """
    if _stamp(file.path.lstat()) != file.stamp:
        raise Conflict(f"{file.path.name} was changed before it was moved")
    folder = file.path.parent / where
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise OSError(f"{folder} is a symbolic link: nothing is moved there")
    target = next(
        each for each in _names(folder / file.path.name) if not (_is(each) or _is(_why(each)))
    )
    if reason:
        _why(target).write_text(f"{reason}\n", encoding="utf-8")
    file.path.rename(target)
    return target


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def _why(path: Path) -> Path:
    return path.with_name(f"{path.name}.txt")


def _is(path: Path) -> bool:
    return path.is_symlink() or path.exists()
