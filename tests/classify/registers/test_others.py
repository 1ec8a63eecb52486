"""Sports clubs, names by type, links, mergers, how they are found in a folder, and documented."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.classify.organisation import Link
from services.classify.registers import (
    REGISTERS,
    Register,
    find_registers,
    links,
    mergers,
    sports_clubs,
    typed_names,
)
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import open_file
from shared.errors import Rejected
from tests.classify.registries import write_csv

CLUBS = ("id", "name", "address", "postcode", "active")
PAIR = ("org_id_a", "org_id_b", "org_name")


def test_a_club_listed_again_with_another_postcode_is_one_club(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "casc.csv",
        CLUBS,
        [
            ("GB-CASC-00000001", "Beck Rifle & Pistol Club", "Beck", "—", "False"),
            ("GB-CASC-00000002", "Beck Rifle and Pistol Club", "Beck", "No data", "True"),
            ("GB-CASC-00000003", "Gone Club", "Beck", "LS1 4AB", "False"),
        ],
    )
    contents = sports_clubs.read(path)
    assert [club.key for club in contents.organisations] == ["GB-CASC-00000002", "GB-CASC-00000003"]
    assert contents.links == [Link("GB-CASC-00000001", "GB-CASC-00000002", "same")]
    assert contents.left == {"GB-CASC-00000003"}
    assert [club.postcode for club in contents.organisations] == [None, "LS1 4AB"]


def test_names_by_type(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "organisation_names_uk.csv",
        ("org_type", "name", "source"),
        [("Community Interest Company", "BECK CIC", "x"), ("School", "Beck School", "x")],
    )
    contents = typed_names.read(path)
    assert [(o.org_id, o.legal_form) for o in contents.organisations] == [
        (None, "community interest company"),
        (None, "school"),
    ]


def test_mutuals_are_societies_with_two_identifiers(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "link_mutual-companies.csv",
        PAIR,
        [("GB-MPR-10002R", "GB-COH-IP10002R", "Beck Club Limited")],
    )
    contents = links.read_mutuals(path)
    [society] = contents.organisations
    assert (society.org_id, society.company_number) == ("GB-MPR-10002R", "IP10002R")
    assert contents.links == [Link("GB-MPR-10002R", "GB-COH-IP10002R", "same")]


def test_a_reregistration_leads_from_the_old_number_to_the_new(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "link.csv", PAIR, [("GB-CHC-900001", "GB-CHC-900002", "")])
    assert links.read_reregistrations(path).links == [
        Link("GB-CHC-900001", "GB-CHC-900002", "succession")
    ]


MERGERS = (
    *("org_id_a", "org_id_b", "transferor_subno", "date_property_transferred"),
    *("date_vesting_declaration", "valid_from"),
)


def test_mergers_of_whole_charities_are_successions_on_their_day(tmp_path: Path) -> None:
    one, other, day = "GB-CHC-900001", "GB-CHC-900002", "2015-04-01 00:00:00"
    path = write_csv(
        tmp_path / "mergers.csv",
        MERGERS,
        [
            (one, other, "0", day, "", "2015-06-01 00:00:00"),
            ("GB-CHC-900003", other, "00", "", "", "2016-06-01 00:00:00"),
            (one, other, "3", day, "", "2015-06-01 00:00:00"),
            (other, other, "0", day, "", "2015-06-01 00:00:00"),
            ("", other, "", day, "", "2015-06-01 00:00:00"),
        ],
    )
    contents = mergers.read(path)
    assert contents.links == [
        Link(one, other, "succession", date(2015, 4, 1)),
        Link("GB-CHC-900003", other, "succession", date(2016, 6, 1)),
    ]
    assert [(row.row, row.column) for row in contents.left_out] == [(6, "org_id_a")]


@pytest.mark.parametrize(
    ("read", "columns", "row", "column"),
    [
        (sports_clubs.read, CLUBS, ("x", "Beck", "", "", "True"), "id"),
        (sports_clubs.read, CLUBS, ("GB-CASC-00000001", "Beck", "", "", "?"), "active"),
        (typed_names.read, ("org_type", "name"), ("Guild", "Beck"), "org_type"),
        (links.read_same, PAIR, ("GB-CHC-900001", "900002", ""), "org_id_b"),
        (links.read_mutuals, PAIR, ("GB-MPR-1", "GB-COH-IP1", ""), "org_name"),
        (mergers.read, MERGERS, ("GB-CHC-1", "GB-CHC-2", "0", "x", "", "2015-06-01"), MERGERS[3]),
    ],
)
def test_a_value_that_can_not_be_is_told(
    tmp_path: Path,
    read: Callable[[Path], Contents],
    columns: tuple[str, ...],
    row: tuple[str, ...],
    column: str,
) -> None:
    path = write_csv(tmp_path / "list.csv", columns, [row])
    with pytest.raises(Rejected, match=f"list.csv, row 2, column `{column}`"):
        read(path)


def test_registers_are_found_by_file_name_and_samples_only_when_named(tmp_path: Path) -> None:
    (tmp_path / "casc.csv.gz").touch()
    (tmp_path / "notes.csv").touch()
    for folder in ("ccew_extract_2026-10", "ccew_extract_2026-09", "ccew_extract_sample_2027-01"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "publicextract.charity.zip").touch()
        (tmp_path / folder / "publicextract.charity_other_names.zip").touch()
    found = [(register.source, path.parent) for register, path in find_registers(tmp_path)]
    assert found == [
        ("charity-commission-extract", tmp_path / "ccew_extract_2026-10"),
        ("sports-clubs", tmp_path),
    ]
    sample = tmp_path / "ccew_extract_sample_2027-01"
    assert [path.parent for _, path in find_registers(sample)] == [sample]


@pytest.mark.parametrize("named", [".", "registers"])
def test_public_bodies_are_found_beside_registers(tmp_path: Path, named: str) -> None:
    for place, name in (("registers", "casc.csv"), ("public_bodies", "ods_etr_trusts.csv")):
        (tmp_path / place).mkdir()
        (tmp_path / place / name).touch()
    found = [register.source for register, _ in find_registers(tmp_path / named)]
    assert found == ["sports-clubs", "nhs-trusts"]


@pytest.mark.parametrize(
    ("names", "source", "newest"),
    [
        (["edubasealldata20260403.csv", "edubasealldata20251103.csv"], "schools", 0),
        (
            [
                "BasicCompanyDataAsOneFile-2026-09-01.zip",
                "BasicCompanyDataAsOneFile-2026-10-01.csv",
            ],
            "companies",
            1,
        ),
        (["epraccur.zip"], "gp-practices", 0),
        (["CharityExport-2026-10-01.zip"], "scotland", 0),
        (["SocietyList.csv", "SocietyList-2026-07.csv"], "mutuals-register", 1),
    ],
)
def test_the_newest_edition_in_a_folder_is_taken(
    tmp_path: Path, names: list[str], source: str, newest: int
) -> None:
    for name in names:
        (tmp_path / name).touch()
    [(register, path)] = find_registers(tmp_path)
    assert (register.source, path.name) == (source, names[newest])


MANUAL = Path(__file__).parents[3] / "docs" / "operations.md"


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.source)
def test_a_file_with_other_columns_is_told_all_that_are_needed_as_they_are_documented(
    tmp_path: Path, register: Register
) -> None:
    path = tmp_path / f"{register.files[0].replace('*', '-2026-04-03')}.csv"
    path.write_text("mine,yours\n1,2\n")
    with pytest.raises(Rejected) as caught:
        list(register.parts(path, open_file))
    [documented] = [
        line
        for line in MANUAL.read_text("utf-8").splitlines()
        if line.startswith(f"| {register.title} |")
    ]
    said = re.search(
        r"column `(.+)`: missing(?:, and so are (.+))?; there are: mine", str(caught.value)
    )
    if said is None:
        assert str(caught.value).endswith("2 cells where the header has 27")
        assert "27 without a header" in documented
        return
    needed = [said[1], *(said[2].split(", ") if said[2] else ())]
    assert _numberless(needed) <= _numberless(re.findall("`(.+?)`", documented))


def _numberless(columns: list[str]) -> set[str]:
    """Columns that differ by a number alone are documented as one."""
    return {re.sub(r"\d+", "#", column) for column in columns}
