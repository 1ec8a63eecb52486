"""Templates in files: those shipped, those of a deployment, those of its buyers.

A deployment's folder holds `<name>.txt`, and for each buyer that says it otherwise a folder
`<org-id>/<name>.txt`. What is in it must be meant: a name that no wording has is a fault.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from shared.errors import Misconfigured
from shared.fields import ORG_ID

_LARGEST = 64 * 1024
_SUFFIX = ".txt"

Known = Callable[[str], Collection[str]]
"""What a wording of a name can be filled with."""


@dataclass
class Folder:
    """The templates of a folder by buyer (None: for all) and name, and what is wrong with it."""

    templates: dict[str | None, dict[str, Template]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_folder(folder: Path, names: Collection[str], known: Known) -> Folder:
    """Read every template of a deployment's folder; each fault names its file."""
    read = Folder()
    for buyer, path in _files(folder, read.faults):
        shown = str(path.relative_to(folder))
        if path.suffix != _SUFFIX or path.stem not in names:
            read.faults.append(f"{shown}: no wording has this name; there are {', '.join(names)}")
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            read.faults.append(f"{shown}: leads out of the folder")
            continue
        try:
            template = read_template(path, shown, known(path.stem))
        except Misconfigured as error:
            read.faults.append(str(error))
        else:
            read.templates.setdefault(buyer, {})[path.stem] = template
    return read


def read_template(path: Path, shown: str, known: Collection[str]) -> Template:
    """One template; Misconfigured names the file, as `shown`, and what is wrong with it."""
    try:
        if path.stat().st_size > _LARGEST:
            raise Misconfigured(f"{shown}: is larger than {_LARGEST // 1024} KB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Misconfigured(f"{shown}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{shown}: is not UTF-8 text") from error
    subject, _, body = text.partition("\n")
    if not subject.strip() or not body.strip():
        raise Misconfigured(f"{shown}: its first line is the subject, the message comes after it")
    template = Template(text)
    if not template.is_valid():
        raise Misconfigured(f"{shown}: a $ that is not a placeholder is written $$")
    asked = set(template.get_identifiers())
    if unknown := sorted(asked - set(known)):
        raise Misconfigured(
            f"{shown}: nothing is known as {', '.join(unknown)}; there are "
            f"{', '.join(sorted(known))}"
        )
    return template


def paragraphs_of(body: str) -> list[str]:
    """The paragraphs of a filled template, which empty lines part, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", body.strip())]


def _files(folder: Path, faults: list[str]) -> Iterator[tuple[str | None, Path]]:
    """The files of a folder with their buyers; hidden ones are nobody's wording."""
    if not folder.is_dir():
        faults.append(f"{folder}: is no folder")
        return
    for path in _seen(folder):
        if not path.is_dir():
            yield None, path
        elif re.fullmatch(ORG_ID, path.name) is None:
            faults.append(f"{path.name}: a folder is named by a buyer's org-id, as GB-LAE-LDS")
        else:
            yield from ((path.name, inner) for inner in _seen(path))


def _seen(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
