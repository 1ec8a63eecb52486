"""Public bodies: negative evidence, each register in its published form."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.classify.registers import (
    find_registers,
    government,
    health_services,
    local_authorities,
    mutuals,
    schools,
    universities,
)
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import open_file
from shared.errors import Rejected
from tests.classify.registries import write_dicts

SOCIETIES = (
    *("Society Number", "Society Suffix", "Full Registation Number", "Society Name"),
    *("Registered As", "Society Address", "Registration Date", "Deregistration Date"),
    *("Registration Act", "Society Status"),
)


def society(number: str, **cells: str) -> dict[str, str]:
    return {
        "Full Registation Number": number,
        "Society Name": "Beck Club Limited",
        "Registered As": "Community Benefit Society",
        "Society Address": "1 Row, Beck, LS1 4AB",
        "Registration Date": "01/04/1990",
        "Society Status": "Registered",
        **cells,
    }


def test_mutuals_are_told_by_kind(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "SocietyList.csv",
        SOCIETIES,
        [
            society("4428"),
            society("10002R", **{"Registered As": "Co-operative Society"}),
            society("12CU", **{"Registered As": "Credit Union"}),
            society("13WM", **{"Registered As": "Working Men's Club"}),
            society("14R", **{"Registered As": "Registered Society"}),
            society(
                "15R", **{"Society Status": "Deregistered", "Deregistration Date": "02/03/2011"}
            ),
            society("16R", **{"Society Status": "Deregistered"}),
            society("4428", **{"Society Name": "Again"}),
            society("17R", **{"Society Name": ""}),
        ],
    )
    contents = mutuals.read(path)
    assert [(o.org_id, o.legal_form) for o in contents.organisations][:5] == [
        ("GB-MPR-4428", "community benefit society"),
        ("GB-MPR-10002R", "co-operative society"),
        ("GB-MPR-12CU", "credit union"),
        ("GB-MPR-13WM", "friendly or other mutual society"),
        ("GB-MPR-14R", "registered society"),
    ]
    assert contents.organisations[0].postcode == "LS1 4AB"
    assert contents.organisations[0].registered_on == date(1990, 4, 1)
    assert contents.organisations[5].removed_on == date(2011, 3, 2)
    assert contents.left == {"GB-MPR-16R"}
    assert [row.row for row in contents.left_out] == [9, 10]


def test_the_spelling_of_a_column_may_be_mended(tmp_path: Path) -> None:
    columns = [column.replace("Registation", "Registration") for column in SOCIETIES]
    row = society("4428")
    row["Full Registration Number"] = row.pop("Full Registation Number")
    [found] = mutuals.read(write_dicts(tmp_path / "SocietyList.csv", columns, [row])).organisations
    assert found.org_id == "GB-MPR-4428"


def write_bare(path: Path, *rows: Sequence[str]) -> Path:
    """As the Organisation Data Service writes it: every cell quoted, no header, 27 columns."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(
        [*row, *[""] * (27 - len(row))] for row in rows
    )
    path.write_text(text.getvalue())
    return path


TRUST = ("R1C", "BECK NHS TRUST", "Y59", "QRL", "HEADQUARTERS", "", "ROW", "BECK", "", "LS1 4AB")


def test_nhs_bodies_have_no_header(tmp_path: Path) -> None:
    path = write_bare(
        tmp_path / "etr.csv",
        (*TRUST, "20110401", "20240930"),
        ("R1D", *TRUST[1:], "20110401"),
    )
    contents = health_services.read_trusts(path, open_file)
    one, other = contents.organisations
    assert (one.org_id, one.legal_form) == ("GB-NHS-R1C", "NHS body")
    assert (one.registered_on, one.removed_on) == (date(2011, 4, 1), date(2024, 9, 30))
    assert (one.postcode, one.address) == ("LS1 4AB", "HEADQUARTERS, ROW, BECK")
    assert other.removed_on is None


def test_only_general_practices_are_taken_from_all_who_prescribe(tmp_path: Path) -> None:
    path = write_bare(
        tmp_path / "epraccur.csv",
        (*("A81001", "BECK SURGERY"), *[""] * 23, "4"),
        (*("Y00910", "BECK HOSPICE"), *[""] * 23, "13"),
    )
    contents = health_services.read_practices(path, open_file)
    [practice] = contents.organisations
    assert (practice.name, practice.legal_form) == ("BECK SURGERY", "GP practice")
    assert [(row.row, row.column) for row in contents.left_out] == [(2, "Prescribing Setting")]


def test_boards_are_read_whatever_year_their_columns_tell(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "icb_names_codes_2025-04.csv",
        ("ICB25CD", "ICB25CDH", "ICB25NM", "ObjectId"),
        [{"ICB25CDH": "QWO", "ICB25NM": "NHS Beck Integrated Care Board"}],
    )
    contents = health_services.read_boards(path)
    [board] = contents.organisations
    assert (board.org_id, contents.as_at) == ("GB-NHS-QWO", date(2025, 4, 1))


AUTHORITIES = (
    *("local-authority-code", "official-name", "nice-name", "gss-code", "start-date"),
    *("end-date", "nation", "local-authority-type-name", "alt-names"),
)


def authority(code: str, **cells: str) -> dict[str, str]:
    return {
        "local-authority-code": code,
        "official-name": "Beck City Council",
        "nice-name": "Beck",
        "nation": "England",
        **cells,
    }


def test_local_authorities_bear_the_names_by_which_they_are_called(tmp_path: Path) -> None:
    write_dicts(
        tmp_path / "lookup_name_to_registry.csv",
        ("la-name", "local-authority-code"),
        [
            {"la-name": name, "local-authority-code": "BEK"}
            for name in ("Beck", "London Borough of Beck", "beck city council")
        ],
    )
    path = write_dicts(
        tmp_path / "uk_local_authorities.csv",
        AUTHORITIES,
        [
            authority("BEK", **{"start-date": "1905-06-19"}),
            authority("ROW", nation="Wales", **{"end-date": "2020-03-31"}),
            authority("HAR", nation="Northern Ireland", **{"start-date": "2015-04-01"}),
        ],
    )
    contents = local_authorities.read(path)
    assert [(o.org_id, o.registered_on, o.removed_on) for o in contents.organisations] == [
        ("GB-LAE-BEK", None, None),
        ("GB-PLA-ROW", None, date(2020, 3, 31)),
        ("GB-LANI-HAR", date(2015, 4, 1), None),
    ]
    assert [n.name for n in contents.names if n.key == "GB-LAE-BEK"] == [
        "Beck City Council",
        "Beck Council",
        "London Borough of Beck",
    ]


GOVERNMENT = (
    *("index-entry-number", "entry-number", "entry-timestamp", "key", "name", "official-name"),
    *("start-date", "end-date"),
)


def entry(number: int, key: str, **cells: str) -> dict[str, str]:
    return {
        "entry-number": str(number),
        "entry-timestamp": "2019-01-07T14:39:48Z",
        "key": key,
        "name": "Beck Agency",
        "official-name": "Beck Council",
        **cells,
    }


def test_the_latest_entry_of_a_register_holds(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "government-organisation.csv",
        GOVERNMENT,
        [
            entry(7, "D1", name="New Agency", **{"end-date": "2016-05"}),
            entry(3, "D1", name="Old Agency"),
            entry(4, "D2", **{"start-date": "2012", "entry-timestamp": "2020-09-01T17:55:19Z"}),
        ],
    )
    contents = government.read_organisations(path, open_file)
    one, other = contents.organisations
    assert contents.as_at == date(2020, 9, 1)
    assert (one.org_id, one.name, one.removed_on) == ("GB-GOR-D1", "New Agency", date(2016, 5, 31))
    assert (other.registered_on, other.legal_form) == (date(2012, 1, 1), "government body")
    council = government.read_authorities(path, open_file).organisations[0]
    assert (council.org_id, council.name) == ("GB-LAE-D1", "Beck Council")


SCHOOLS = (
    *("URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName"),
    *("TypeOfEstablishment (code)", "TypeOfEstablishment (name)"),
    *("EstablishmentTypeGroup (code)", "EstablishmentTypeGroup (name)"),
    *("EstablishmentStatus (code)", "EstablishmentStatus (name)", "OpenDate", "CloseDate"),
    *("UKPRN", "Street", "Locality", "Address3", "Town", "County (name)", "Postcode"),
    *("HeadFirstName", "HeadLastName"),
)


def school(urn: str, **cells: str) -> dict[str, str]:
    return {
        "URN": urn,
        "LA (name)": "Leeds",
        "EstablishmentName": "St Beck’s School",  # noqa: RUF001 - as printed
        "TypeOfEstablishment (name)": "Academy converter",
        "EstablishmentTypeGroup (name)": "Academies",
        "EstablishmentStatus (name)": "Open",
        "OpenDate": "01-09-2011",
        "Postcode": "LS1 4AB",
        **cells,
    }


def test_schools_are_read_in_the_encoding_in_which_they_are_published(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "edubasealldata20260403.csv",
        SCHOOLS,
        [
            school("100001", UKPRN="10000001"),
            school("100002", **{"EstablishmentTypeGroup (name)": "Colleges"}),
            school("100003", CloseDate="31-08-2011"),
            school("100004", **{"EstablishmentStatus (name)": "Closed"}),
            school("100005", EstablishmentName=""),
        ],
    )
    path.write_bytes(path.read_text().encode("cp1252"))
    contents = schools.read(path)
    assert contents.as_at == date(2026, 4, 3)
    assert [o.legal_form for o in contents.organisations][:2] == [
        "school",
        "further education college",
    ]
    assert contents.organisations[0].name == "St Beck’s School"  # noqa: RUF001 - as printed
    assert contents.organisations[2].removed_on == date(2011, 8, 31)
    assert contents.left == {"GB-EDU-100004"}
    assert [(link.a, link.b) for link in contents.links] == [("GB-UKPRN-10000001", "GB-EDU-100001")]
    assert [row.row for row in contents.left_out] == [6]


UNIVERSITIES = (
    *("UKPRN", "PROVIDER_NAME", "VIEW_NAME", "SORT_NAME", "ALIAS", "FLAT_NAME_NUMBER"),
    *("BUILDING_NAME_NUMBER", "LOCALITY", "STREET_NAME", "TOWN", "POSTCODE", "GROUPS"),
)


def university(ukprn: str, **cells: str) -> dict[str, str]:
    return {
        "UKPRN": ukprn,
        "PROVIDER_NAME": "THE UNIVERSITY OF BECK",
        "VIEW_NAME": "University of Beck",
        "ALIAS": "Beck University",
        **cells,
    }


def test_universities_bear_several_names(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "learning-providers-plus.csv", UNIVERSITIES, [university("10000001")]
    )
    contents = universities.read(path)
    [found] = contents.organisations
    assert (found.org_id, found.legal_form) == ("GB-UKPRN-10000001", "university")
    assert {(n.name, n.kind) for n in contents.names} == {
        ("THE UNIVERSITY OF BECK", "current"),
        ("University of Beck", "working"),
        ("Beck University", "working"),
    }


Read = Callable[..., Contents]


@pytest.mark.parametrize(
    ("read", "columns", "row", "bad", "column"),
    [
        (
            mutuals.read,
            SOCIETIES,
            society("1R"),
            {"Full Registation Number": "?"},
            SOCIETIES[2],
        ),
        (mutuals.read, SOCIETIES, society("1R"), {"Registration Date": "1/13/20"}, SOCIETIES[6]),
        (local_authorities.read, AUTHORITIES, authority("A"), {"nation": "X"}, "nation"),
        (local_authorities.read, AUTHORITIES, authority("A"), {}, AUTHORITIES[0]),
        (
            government.read_organisations,
            GOVERNMENT,
            entry(1, "A"),
            {"end-date": "2016-13"},
            "end-date",
        ),
        (government.read_organisations, GOVERNMENT, entry(1, "A"), {"key": ""}, "key"),
        (schools.read, SCHOOLS, school("1"), {"URN": "x"}, "URN"),
        (schools.read, SCHOOLS, school("1"), {}, "URN"),
        (schools.read, SCHOOLS, school("1"), {"URN": "2", "OpenDate": "2011-09-01"}, "OpenDate"),
        (universities.read, UNIVERSITIES, university("1"), {}, "UKPRN"),
    ],
)
def test_a_value_that_can_not_be_is_told(
    tmp_path: Path, read: Read, columns: Sequence[str], row: dict[str, str], bad: Any, column: str
) -> None:
    path = write_dicts(tmp_path / "list.csv", columns, [row, row | bad])
    with pytest.raises(Rejected) as caught:
        read(path, open_file)
    assert str(caught.value).startswith(f"list.csv, row 3, column `{column}`:")


@pytest.mark.parametrize(
    ("row", "column"), [(("?", *TRUST[1:]), "Code"), ((*TRUST, "20111301"), "Open Date")]
)
def test_a_value_of_an_nhs_body_that_can_not_be_is_told(
    tmp_path: Path, row: tuple[str, ...], column: str
) -> None:
    path = write_bare(tmp_path / "etr.csv", ("R9X", *TRUST[1:]), row)
    with pytest.raises(Rejected, match=rf"etr\.csv, row 2, column `{column}`"):
        health_services.read_trusts(path, open_file)


def test_the_lists_of_public_bodies_as_published(data: Path) -> None:
    found = {register.source: path for register, path in find_registers(data / "public_bodies")}
    assert list(found) == [
        *("nhs-trusts", "nhs-ccgs", "gp-practices", "nhs-icbs", "local-authorities"),
        *("local-authorities-england", "government-organisations"),
    ]
    trusts = health_services.read_trusts(found["nhs-trusts"], open_file)
    assert len(trusts.organisations) == 273
    assert sum(trust.removed_on is not None for trust in trusts.organisations) > 30
    boards = health_services.read_boards(found["nhs-icbs"])
    assert "GB-NHS-QWO" in {board.org_id for board in boards.organisations}
    councils = local_authorities.read(found["local-authorities"])
    leeds = {name.name for name in councils.names if name.key == "GB-LAE-LDS"}
    assert {"Leeds City Council", "Leeds Council"} <= leeds
    listed = government.read_authorities(found["local-authorities-england"], open_file)
    known = {o.org_id for o in councils.organisations}
    assert len([o for o in listed.organisations if o.org_id not in known]) <= 5
