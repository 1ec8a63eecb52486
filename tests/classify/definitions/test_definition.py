"""Definitions as data."""

from pathlib import Path

import pytest

from services.classify.definitions.definition import read_definitions
from shared.errors import Misconfigured


def test_each_definition_has_its_source_version_and_day() -> None:
    shipped = {definition.name: definition for definition in read_definitions()}
    assert set(shipped) == {"community-interest", "registered-charity"}
    assert all(d.source and d.version and d.since and d.criteria for d in shipped.values())


def test_an_included_definition_brings_its_criteria() -> None:
    shipped = {definition.name: definition for definition in read_definitions()}
    assert set(shipped["registered-charity"].criteria) < set(shipped["community-interest"].criteria)


HEAD = 'title = "t"\nversion = "1"\nsince = 2026-01-01\nsource = "s"\ncriteria = []\n'


@pytest.mark.parametrize(("includes", "reason"), [("a", "includes itself"), ("b", "there is none")])
def test_an_inclusion_that_leads_nowhere_is_refused(
    tmp_path: Path, includes: str, reason: str
) -> None:
    (tmp_path / "a.toml").write_text(f'name = "aa"\nincludes = ["{includes}a"]\n{HEAD}')
    with pytest.raises(Misconfigured, match=reason):
        read_definitions(tmp_path)


def test_a_new_definition_needs_no_code(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text('name = "new"\n' + HEAD)
    assert [definition.name for definition in read_definitions(tmp_path)] == ["new"]
