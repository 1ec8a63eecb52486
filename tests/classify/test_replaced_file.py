"""A file written anew: whole or not at all, and only ever a file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from services.classify.replaced_file import replace_file


def write(target: Path, said: str) -> None:
    with replace_file(target) as text:
        text.write(said)


def test_two_writers_never_mix_what_they_write(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with replace_file(target) as one, replace_file(target) as other:
        one.write("one\n")
        other.write("other\n")
        one.flush()
        other.flush()
        assert not target.exists()
    assert target.read_text() == "one\n"  # who ends last
    assert list(tmp_path.iterdir()) == [target]


def test_what_fails_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    write(target, "before\n")
    with pytest.raises(UnicodeEncodeError), replace_file(target) as text:
        text.writelines(["half\n", "\ud800"])
    assert target.read_text() == "before\n"
    assert list(tmp_path.iterdir()) == [target]


def test_who_may_read_it_stays(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    write(target, "before\n")
    target.chmod(0o640)
    write(target, "after\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "of" / "out.csv", tmp_path / "link.csv"
    target.parent.mkdir()
    link.symlink_to(target)
    for said in ("first\n", "second\n"):
        write(link, said)
        assert link.is_symlink()
        assert target.read_text() == said


def test_a_pipe_is_written_straight_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe, "said\n")
    reader.join()
    assert read == ["said\n"]
    assert pipe.is_fifo()


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    target = tmp_path / "none" / "out.csv"
    with pytest.raises(FileNotFoundError) as told:
        write(target, "")
    assert told.value.filename == str(target)


def test_a_full_disk_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(OSError, match="No space") as told, replace_file(target):
        raise OSError(28, "No space left on device")
    assert told.value.filename == str(target)
