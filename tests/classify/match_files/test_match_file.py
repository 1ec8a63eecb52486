"""The offline tool: one row out for each row in, in order."""

import csv
import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.classify.match_files.index_files import index_files
from services.classify.match_files.match_file import COLUMNS, Mapped, answering, match_file
from services.classify.match_files.side_by_side import side_by_side
from services.classify.match_files.suppliers_file import read_suppliers
from services.classify.supplier import Supplier
from shared.errors import Rejected
from tests.classify.database import DEFINITIONS
from tests.classify.registries import charity_row, write_charities


def test_one_row_for_each_row_in_the_same_order(tmp_path: Path) -> None:
    write_charities(
        tmp_path,
        [
            charity_row("9000101", "Thornbeck Hospice"),
            charity_row("9000201", "Harrowfell Hall"),
            charity_row("9000202", "Harrowfell Hall"),
        ],
    )
    suppliers = [
        Supplier("", "THORNBECK HOSPICE"),
        Supplier("", "J Smith"),
        Supplier("", ""),
        Supplier("", "Harrowfell Hall"),
        Supplier("", "Thornbeck", charity_number="9000101"),
    ]
    answer = answering(index_files(tmp_path, tmp_path / "cache"), DEFINITIONS)
    rows = written(suppliers, partial(map, answer))
    assert tuple(rows[0]) == COLUMNS
    shared = rows[3]["candidates"].split(";")
    assert [(r["registered_charity"], r["tier"], r["organisation"], r["rule"]) for r in rows] == [
        ("true", "auto", "GB-CHC-9000101", "exact-name"),
        ("false", "none", "", "no-match"),
        ("false", "none", "", "no-name"),
        ("true", "review", shared[0], "exact-name-shared"),
        ("true", "auto", "GB-CHC-9000101", "published-identifier"),
    ]
    assert set(shared) == {"GB-CHC-9000201", "GB-CHC-9000202"}  # which first is the model's matter


def test_several_processes_write_what_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.classify.match_files.match_file._AT_ONCE", 3)
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    answer = answering(index_files(tmp_path, tmp_path / "cache"), DEFINITIONS)
    suppliers = [Supplier("", f"Thornbeck Hospice {n}" if n % 3 else "") for n in range(20)]
    with side_by_side(answer, 2) as answers_of:
        assert written(suppliers, answers_of) == written(suppliers, partial(map, answer))


def test_a_lone_carriage_return_in_a_payee_survives(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    answer = answering(index_files(tmp_path, tmp_path / "cache"), DEFINITIONS)
    suppliers = list(read_suppliers(io.BytesIO(b'supplier\r\n"Thornbeck\rHospice"\r\n')))
    [row] = written(suppliers, partial(map, answer))
    assert (row["supplier"], row["rule"]) == ("Thornbeck\rHospice", "exact-name")


def test_a_spreadsheet_takes_no_answer_for_a_formula(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "@Thornbeck Hospice")])
    answer = answering(index_files(tmp_path, tmp_path / "cache"), DEFINITIONS)
    one, other = written(
        [Supplier("", "=1+1"), Supplier("", "@Thornbeck Hospice")], partial(map, answer)
    )
    assert one["supplier"] == "'=1+1"
    assert (other["supplier"], other["organisation_name"]) == ("'@Thornbeck Hospice",) * 2


def test_a_folder_without_registers_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="holds no register"):
        index_files(tmp_path, tmp_path)


def test_an_index_that_cannot_be_kept_serves_all_the_same_and_why_is_told(tmp_path: Path) -> None:
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    cache = tmp_path / "cache"
    cache.write_text("a file where a folder is asked for")
    warnings: list[str] = []
    assert index_files(tmp_path, cache, warn=warnings.append).entries == 1
    [warning] = warnings
    assert warning.startswith(f"the index is not kept for the next run, {cache} does not take it: ")


def test_an_index_that_a_full_disk_refuses_serves_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    monkeypatch.setattr("numpy.savez", fill)
    warnings: list[str] = []
    assert index_files(tmp_path, tmp_path / "cache", warn=warnings.append).entries == 1
    [warning] = warnings
    assert "does not take it: No space left on device" in warning


def test_a_register_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    open_any = Path.open

    def refuse(path: Path, *words: Any, **options: Any) -> Any:
        if path.name == file.name:
            raise PermissionError(13, "Permission denied", str(path))
        return open_any(path, *words, **options)

    monkeypatch.setattr(Path, "open", refuse)  # root may read every file
    with pytest.raises(Rejected, match=f"^{file.name} can't be read: Permission denied$"):
        index_files(tmp_path, tmp_path / "cache")


def written(suppliers: list[Supplier], answers_of: Mapped) -> list[dict[str, str]]:
    target = io.StringIO(newline="")
    assert match_file(suppliers, target, answers_of) == len(suppliers)
    return list(csv.DictReader(io.StringIO(target.getvalue(), newline="")))
