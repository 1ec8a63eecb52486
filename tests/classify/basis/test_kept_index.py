"""Indexes in the cache folder: whole and of the right registers, or made anew."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from services.classify.basis.kept_index import Keep
from services.classify.matching.index.index import Index
from tests.classify.registries import charity, known


def index(stamp: str) -> Index:
    return Index.build(known(charity("9000101", "Thornbeck Hospice")), stamp)


def kept(folder: Path, *stamps: str) -> Keep:
    keep = Keep.of(folder / "cache", "registers", "a database")
    for stamp in stamps:
        keep.save(index(stamp), stamp)
    return keep


def test_what_is_kept_is_found_by_the_stamp_of_its_registers(tmp_path: Path) -> None:
    keep = kept(tmp_path, "one")
    found = keep.load("one")
    assert found is not None
    assert (found.entries, found.meta["stamp"]) == (1, "one")
    assert keep.load("two") is None


def test_a_newer_index_takes_the_place_of_its_owners_earlier_ones_alone(tmp_path: Path) -> None:
    other = Keep.of(tmp_path / "cache", "registers", "another database")
    other.save(index("one"), "one")
    keep = kept(tmp_path, "one", "two")
    assert keep.load("one") is None
    assert keep.load("two") is not None
    assert other.load("one") is not None


def test_what_nobody_asked_for_in_a_month_goes(tmp_path: Path) -> None:
    others = [Keep.of(tmp_path / "cache", "registers", f"database {n}") for n in range(2)]
    for other in others:
        other.save(index("one"), "one")
    for other in others:
        os.utime(other.path("one"), (0, 0))
    assert others[0].load("one") is not None
    kept(tmp_path, "one")
    assert [other.path("one").exists() for other in others] == [True, False]


def half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    "spoil", [half, lambda whole: b"", lambda whole: b"PK" + whole[2:-30], lambda whole: b"x" * 99]
)
def test_a_file_that_is_not_whole_is_never_trusted(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    keep = kept(tmp_path, "one")
    path = keep.path("one")
    path.write_bytes(spoil(path.read_bytes()))
    assert keep.load("one") is None
    assert not path.exists()


def test_a_damaged_byte_of_what_tells_the_arrays_apart_makes_it_anew(tmp_path: Path) -> None:
    keep = kept(tmp_path, "one")
    path = keep.path("one")
    whole = path.read_bytes()
    entry = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 1)
    # Of an array's entry in the zip: version, flags, method, sizes, length of name and of comment.
    for place in (6, 8, 10, 20, 24, 28, 29, 30, 32):
        spoilt = bytearray(whole)
        spoilt[entry + place] ^= 0b0100_0001
        path.write_bytes(spoilt)
        found = keep.load("one")
        assert found is None or found.prepare().entries == 1
        assert found is not None or not path.exists()


def test_the_index_of_other_registers_under_this_name_is_not_taken(tmp_path: Path) -> None:
    keep = kept(tmp_path, "one")
    keep.path("one").rename(keep.path("two"))
    assert keep.load("two") is None


def test_what_cannot_be_touched_serves_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = kept(tmp_path, "one")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "touch", refuse)  # another user's file; root may touch every one
    assert keep.load("one") is not None
    monkeypatch.setattr(Path, "unlink", refuse)
    keep.path("one").write_bytes(b"damaged")
    assert keep.load("one") is None


def test_what_could_not_be_written_whole_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(file: IO[bytes], **_: object) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", fill)
    with pytest.raises(OSError, match="No space"):
        kept(tmp_path, "one")
    assert list((tmp_path / "cache").iterdir()) == []


def test_one_alone_makes_it(tmp_path: Path) -> None:
    keep, order = kept(tmp_path), []

    def make(name: str) -> None:
        with keep.alone():
            order.append(f"{name} begins")
            time.sleep(0.05)
            order.append(f"{name} ends")

    threads = [threading.Thread(target=make, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.split()[0] for each in order] in (
        ["one", "one", "two", "two"],
        ["two", "two", "one", "one"],
    )
