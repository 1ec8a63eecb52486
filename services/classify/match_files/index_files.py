"""The index of a folder of register files, kept in a cache folder from one run to the next."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from services.classify.basis.kept_index import Keep, cache_folder
from services.classify.matching.index.index import Index
from services.classify.matching.known import BorneName, Edition, assemble
from services.classify.organisation import Link, Organisation
from services.classify.registers import Register, find_registers
from services.classify.registers.load_registers import borne_names, read_register
from shared.errors import Rejected


def _nothing(_: str) -> None:
    pass


def index_files(
    folder: Path,
    cache: Path | None = None,
    watch: Callable[[str], object] = _nothing,
    warn: Callable[[str], object] = _nothing,
) -> Index:
    """The index of every register in the folder; from the cache where no file has changed since.

    Rejected where the folder holds no register or one can't be read. `watch` is told of each
    register that is read, `warn` why the index could not be kept: it then serves this run alone.
    """
    found = find_registers(folder)
    if not found:
        raise Rejected(
            f"{folder} holds no register that is known by its file name, such as "
            "publicextract.charity.zip: docs/operations.md lists them"
        )
    stamp = _stamp(found)
    keep = Keep.of(cache or cache_folder(), "files", str(folder.resolve()))
    if (kept := keep.load(stamp)) is not None:
        return kept
    with ExitStack() as alone:
        try:
            alone.enter_context(keep.alone())
        except OSError as error:
            warn(_not_kept(keep, error))
            return _build(found, stamp, watch)
        # Another process may have made it while this one waited.
        if (kept := keep.load(stamp)) is not None:
            return kept
        index = _build(found, stamp, watch)
        try:
            keep.save(index, stamp)
        except OSError as error:
            warn(_not_kept(keep, error))
    return index


def _not_kept(keep: Keep, error: OSError) -> str:
    return (
        f"the index is not kept for the next run, {keep.cache} does not take it: "
        f"{error.strerror or error}; LOCALPOUND_CACHE names another folder"
    )


def _stamp(found: list[tuple[Register, Path]]) -> str:
    told = []
    for register, path in found:
        about = path.stat()
        told.append(f"{register.source} {path.resolve()} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _build(found: list[tuple[Register, Path]], stamp: str, watch: Callable[[str], object]) -> Index:
    organisations: list[Organisation] = []
    names: list[BorneName] = []
    links: list[Link] = []
    editions: dict[str, Edition] = {}
    for register, path in found:
        watch(register.source)
        contents, day = read_register(register, path)
        editions[register.source] = Edition(register.title, day)
        organisations += contents.organisations
        names += borne_names(register.source, contents)
        links += contents.links
    watch("index")
    return Index.build(assemble(organisations, names, links, editions), stamp)
