"""The members of a zip of files, unpacked where nothing else is."""

import re
from collections.abc import Iterator
from pathlib import Path

from services.ingest.reading.zip_file import Zip, is_link
from shared.errors import Rejected

_DRIVE = re.compile(r"[A-Za-z]:")
# What macOS and Windows leave in a folder besides what was put there.
_LEFT_BY_SYSTEMS = {".ds_store", "thumbs.db", "desktop.ini"}


def check_members(package: Zip, what: str) -> list[str]:
    """The paths of its files. Rejected where one would lie outside its folder, or is a link."""
    members = []
    for name, member in package.members.items():
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or _DRIVE.match(name) or "\0" in name:
            raise Rejected(f"{what} holds {name!r}, a path outside its folder")
        if is_link(member):
            raise Rejected(f"{what} holds {name}, which is a link to another file")
        if name.endswith("/") or parts[0] == "__MACOSX" or parts[-1].lower() in _LEFT_BY_SYSTEMS:
            continue
        members.append(name)
    if not members:
        raise Rejected(f"{what} holds no file")
    return members


def unpack(package: Zip, members: list[str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Every member with the file that it was unpacked to, under a name of ours."""
    for number, member in enumerate(members):
        path = folder / str(number)
        with path.open("xb") as file:
            for chunk in package.unpack(member):
                file.write(chunk)
        yield member, path
