"""Definitions as data."""

from datetime import date
from pathlib import Path

import pytest

from services.classify import organisation, registers
from services.classify.definitions.definition import read_definitions
from services.classify.definitions.vocabulary import LEGAL_FORMS, REGISTER_NAMES
from shared.errors import Misconfigured

SHIPPED = ["community-interest", "ncvo-general-charity", "ppn-001-vcse", "registered-charity"]
HEAD = 'title = "t"\nversion = "1"\nsource = "s"\n'
SINCE = "since = 2026-01-01\n"
CRITERION = '[[criteria]]\nrule = "r"\nregisters = ["charity-commission"]\n'


def write(folder: Path, name: str, more: str = CRITERION, since: str = SINCE) -> None:
    file = folder / f"{name}-{len(list(folder.iterdir()))}.toml"
    file.write_text(f'name = "{name}"\n{HEAD}{since}{more}')


def test_the_four_stand_side_by_side_each_with_its_source_version_day_and_doubt() -> None:
    shipped = read_definitions()
    assert [definition.name for definition in shipped] == SHIPPED
    assert [flag.name for flag in shipped.flags] == ["government-controlled", "nhs-charity"]
    for each in (*shipped, *shipped.flags):
        assert each.source
        assert each.version
        assert each.since
        assert each.criteria
        assert each.doubt


def test_what_the_readers_of_the_law_could_not_verify_is_said() -> None:
    for name in ("ppn-001-vcse", "ncvo-general-charity"):
        [definition] = [each for each in read_definitions() if each.name == name]
        assert definition.doubt.startswith("Not verified")


def test_an_included_definition_brings_its_criteria() -> None:
    shipped = {definition.name: definition for definition in read_definitions()}
    rules = {name: {c.rule for c in each.criteria} for name, each in shipped.items()}
    assert rules["registered-charity"] < rules["community-interest"] == rules["ppn-001-vcse"]


@pytest.mark.parametrize(
    ("includes", "reason"), [("a", "leads back to itself"), ("b", "there is none")]
)
@pytest.mark.parametrize("field", ["includes", "excludes"])
def test_a_name_that_leads_nowhere_is_refused(
    tmp_path: Path, field: str, includes: str, reason: str
) -> None:
    write(tmp_path, "aa", f'{field} = ["{includes}a"]\n{CRITERION}')
    with pytest.raises(Misconfigured, match=reason):
        read_definitions(tmp_path)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("colour = 1\n" + CRITERION, "colour is no field that is known"),
        (CRITERION + 'legal_form = ["charity"]\n', "criteria.1.legal_form is no field"),
        (CRITERION + 'legal_forms = ["club"]\n', "'club' is no legal form; known are: GP"),
        (CRITERION + 'flags = ["big"]\n', "asks for the flag big: there is none"),
        (CRITERION + "since = 2026-02-01\nuntil = 2026-01-01\n", "before it begins"),
        (CRITERION + 'names = ["..."]\n', "has no word to look for"),
        ('[[criteria]]\nrule = "r"\nregisters = ["nowhere"]\n', "'nowhere' is no register"),
        ('[[criteria]]\nrule = "r"\n', "it asks nothing"),
        ("criteria = []\n", "nobody could count"),
        ("criteria = [\n", "is no TOML file"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_a_plain_sentence(
    tmp_path: Path, more: str, reason: str
) -> None:
    write(tmp_path, "aa", more)
    with pytest.raises(Misconfigured, match=reason) as error:
        read_definitions(tmp_path)
    assert "\n" not in str(error.value) or "TOML" in str(error.value)


def test_a_field_that_is_missing_is_named(tmp_path: Path) -> None:
    write(tmp_path, "aa", since="")
    with pytest.raises(Misconfigured, match=r"aa-0\.toml: since is missing"):
        read_definitions(tmp_path)


def test_a_new_definition_needs_no_code(tmp_path: Path) -> None:
    write(tmp_path, "new")
    assert [each.name for each in read_definitions(tmp_path)] == ["new"]
    assert [each.name for each in read_definitions(own=tmp_path)] == sorted([*SHIPPED, "new"])


def test_the_edition_in_force_is_chosen_by_day(tmp_path: Path) -> None:
    write(tmp_path, "aa", since="since = 2025-01-01\n")
    write(tmp_path, "aa", 'includes = ["bb"]\n', since="since = 2026-01-01\n")
    write(tmp_path, "bb", since="since = 2025-06-01\n")

    def names(day: date | None) -> list[tuple[str, int]]:
        return [(each.name, each.since.year) for each in read_definitions(tmp_path, on=day)]

    assert names(date(2024, 12, 31)) == []
    assert names(date(2025, 1, 1)) == [("aa", 2025)]
    assert names(date(2025, 12, 31)) == [("aa", 2025), ("bb", 2025)]
    assert names(date(2026, 1, 1)) == names(None) == [("aa", 2026), ("bb", 2025)]


def test_an_edition_of_another_day_that_is_wrong_is_refused_today(tmp_path: Path) -> None:
    write(tmp_path, "aa", since="since = 2025-01-01\n")
    write(tmp_path, "aa", 'includes = ["bb"]\n', since="since = 2099-01-01\n")
    with pytest.raises(Misconfigured, match="there is none that holds from 2099-01-01"):
        read_definitions(tmp_path, on=date(2026, 1, 1))


def test_two_editions_from_one_day_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "aa")
    write(tmp_path, "aa")
    with pytest.raises(Misconfigured, match="aa has two editions that hold from 2026-01-01"):
        read_definitions(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no folder of definitions"):
        read_definitions(own=tmp_path / "none")


def test_a_flag_has_criteria_only(tmp_path: Path) -> None:
    (tmp_path / "flags").mkdir()
    write(tmp_path / "flags", "ff", CRITERION + 'flags = ["ff"]\n')
    with pytest.raises(Misconfigured, match="the flag ff may have criteria only"):
        read_definitions(tmp_path)


def test_definitions_can_ask_for_every_form_and_register_that_the_loaders_give() -> None:
    forms = {
        value
        for name, value in vars(organisation).items()
        if name.isupper() and isinstance(value, str)
    }
    assert forms <= LEGAL_FORMS
    given = {module.REGISTER for module in vars(registers).values() if hasattr(module, "REGISTER")}
    assert given <= REGISTER_NAMES
