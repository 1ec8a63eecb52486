"""The index: what is saved is what is loaded, and nothing else is."""

from pathlib import Path

import pytest

from services.classify.matching.index.index import Index
from services.classify.matching.known import NOTHING
from services.classify.matching.rules import match_suppliers
from services.classify.organisation import Link
from services.classify.supplier import Supplier
from shared.errors import Rejected
from tests.classify.registries import charity, known, typed

HOSPICE = charity("9000101", "THORNBECK HOSPICE", company_number="99000101")
CIO = charity("9000301", "HOLLINGARTH COUNSELLING")
LINK = Link("GB-CHC-9000201", CIO.key, "succession")
REGISTERS = known(HOSPICE, CIO, typed("Thornbeck Manor", "school"), links=[LINK])
PAYEES = [Supplier("s", payee) for payee in ("Thornbeck Hospice", "Thornbeck Manor", "J Smith")]


def test_what_is_loaded_matches_as_what_was_built(tmp_path: Path) -> None:
    built = Index.build(REGISTERS, "one")
    built.save(tmp_path / "index.npz")
    loaded = Index.load(tmp_path / "index.npz", "one")
    assert match_suppliers(PAYEES, NOTHING, loaded) == match_suppliers(PAYEES, NOTHING, built)
    assert loaded.known.by_id[HOSPICE.key] == HOSPICE
    assert loaded.known.by_company["99000101"] == [HOSPICE]
    assert loaded.known.links[CIO.key] == [LINK]
    assert loaded.editions == dict(REGISTERS.editions)


def test_an_index_of_other_registers_is_refused(tmp_path: Path) -> None:
    Index.build(REGISTERS, "one").save(tmp_path / "index.npz")
    with pytest.raises(Rejected, match="other registers"):
        Index.load(tmp_path / "index.npz", "two")


def test_an_index_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index.build(REGISTERS).save(tmp_path / "index.npz")
    monkeypatch.setattr("services.classify.matching.index.saved.FORMAT", -1)
    with pytest.raises(Rejected, match="another version"):
        Index.load(tmp_path / "index.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not an index"])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "index.npz").write_bytes(content)
    with pytest.raises(Rejected, match="is not an index"):
        Index.load(tmp_path / "index.npz")


def test_registers_without_a_name_match_nothing() -> None:
    for found in match_suppliers(PAYEES, NOTHING, Index.build(NOTHING)):
        assert (found.tier, found.rule, found.candidates) == ("none", "no-match", ())
