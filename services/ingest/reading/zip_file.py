"""Zips, of which nothing is believed: what they unpack to is counted while it is unpacked."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from services.ingest.reading.limits import Limits
from shared.errors import Rejected

_CHUNK = 1 << 18
_DIRECTORY_OF_A_MEMBER = 4_096
_END, _END_64, _END_64_PLACE = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LONGEST_END = 66_000
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCKED = 0x1 | 0x40 | 0x2000
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError, IndexError, OverflowError),
)
"""What zipfile raises of files that are cut short, damaged or made to deceive."""


@contextmanager
def open_zip(path: Path, what: str, limits: Limits) -> Iterator["Zip"]:
    """A zip whose members can be read.

    Rejected: damaged, locked by a password, or with too many members.
    """
    try:
        _check_directory(path, what, limits)
        opened = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise _damaged(what, error) from error
    with opened:
        yield Zip(opened, path, what, limits)


class Zip:
    """The members by their paths, and how much was unpacked of them so far."""

    def __init__(self, opened: zipfile.ZipFile, path: Path, what: str, limits: Limits) -> None:
        self._opened = opened
        self._size = path.stat().st_size
        self._what, self._limits = what, limits
        self._unpacked = 0
        self.members: dict[str, zipfile.ZipInfo] = {}
        for member in opened.infolist():
            name = member.filename.replace("\\", "/")
            if name in self.members:
                raise Rejected(f"{what} holds {name} twice: which one counts?")
            self.members[name] = member
        if len(self.members) > limits.zip_members:
            raise _too_many(what, limits)
        if any(member.flag_bits & _LOCKED for member in self.members.values()):
            raise Rejected(f"{what} is locked by a password: send it without one")
        self._check_size(sum(member.file_size for member in self.members.values()))

    def unpack(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, a piece at a time, counted and checked against its checksum."""
        member = self.members[name]
        if member.compress_type not in _METHODS:
            raise Rejected(f"{self._what} is packed in an unusual way: send an ordinary zip")
        try:
            with self._opened.open(member) as source:
                while chunk := source.read(_CHUNK):
                    self._unpacked += len(chunk)
                    self._check_size(self._unpacked)
                    yield chunk
        except DAMAGED as error:
            raise _damaged(self._what, error) from error

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A member as a file, of what was unpacked and checked before."""
        try:
            with self._opened.open(self.members[name]) as source:
                yield source  # type: ignore[misc]  # reads as one
        except DAMAGED as error:
            raise _damaged(self._what, error) from error

    def _check_size(self, unpacked: int) -> None:
        limits = self._limits
        if unpacked > limits.unpacked_bytes:
            raise Rejected(
                f"{self._what} unpacks to more than {limits.unpacked_bytes:,} bytes, the most that "
                "is read: send its files one by one"
            )
        if unpacked > max(limits.ratio_from_bytes, limits.unpacked_ratio * self._size):
            raise Rejected(
                f"{self._what} unpacks to more than {limits.unpacked_ratio} times its size, as a "
                "zip bomb does: send its files unpacked"
            )


def is_link(member: zipfile.ZipInfo) -> bool:
    """Whether a member stands for another file."""
    return stat.S_ISLNK(member.external_attr >> 16)


def _check_directory(path: Path, what: str, limits: Limits) -> None:
    """Refuse a directory of members that is too large to be read at all."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_END))
        tail = file.read()
        end = tail.rfind(_END)
        if end < 0 or len(tail) < end + 22:
            raise zipfile.BadZipFile("the directory at its end is missing")
        size = struct.unpack_from("<I", tail, end + 12)[0]
        if end >= 20 and tail[end - 20 : end - 16] == _END_64_PLACE:  # noqa: PLR2004 - APPNOTE 4.3.15
            file.seek(struct.unpack_from("<Q", tail, end - 12)[0])
            record = file.read(56)
            size = struct.unpack_from("<Q", record, 40)[0] if record[:4] == _END_64 else 0
    if size > limits.zip_members * _DIRECTORY_OF_A_MEMBER:
        raise _too_many(what, limits)


def _too_many(what: str, limits: Limits) -> Rejected:
    return Rejected(f"{what} holds more than {limits.zip_members:,} files")


def _damaged(what: str, error: BaseException) -> Rejected:
    said = next(iter(str(error).splitlines()), "") or type(error).__name__
    return Rejected(f"{what} is cut short or damaged: {said}")
