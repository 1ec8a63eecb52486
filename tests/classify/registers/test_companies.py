"""Companies House's free company data, in its published columns."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from services.classify.registers.companies import read_parts
from services.classify.registers.reading.contents import Contents, together
from services.classify.registers.reading.numbers_seen import NumbersSeen
from services.classify.registers.reading.opened import open_file
from shared.errors import Rejected
from tests.classify.company_data import COLUMNS, company
from tests.classify.registries import write_dicts

FILE = "BasicCompanyDataAsOneFile-2026-11-01.csv"
BY_GUARANTEE = "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"
WITHOUT_LIMITED = (
    "PRI/LBG/NSC (Private, Limited by guarantee, no share capital, use of 'Limited' exemption)"
)


def read(folder: Path, *rows: Mapping[str, str], file: str = FILE) -> Contents:
    path = write_dicts(folder / file, COLUMNS, rows)
    return together(read_parts(path, open_file))


def test_every_company_is_kept_to_be_looked_up(tmp_path: Path) -> None:
    contents = read(
        tmp_path,
        company("00212481", "THORNBECK & CO. LIMITED"),
        company("OC300001", "HARROWFELL LLP", CompanyCategory="Limited Liability Partnership"),
    )
    assert contents.as_at == date(2026, 11, 1)
    assert contents.organisations == []
    assert [(c.number, c.words, c.legal_form) for c in contents.companies] == [
        ("00212481", "THORNBECK AND COMPANY", "private limited company"),
        ("OC300001", "HARROWFELL", "limited liability partnership"),
    ]
    assert contents.companies[0].registered_on == date(2012, 9, 11)
    assert contents.companies[0].postcode == "LS1 4AB"


@pytest.mark.parametrize(
    ("category", "legal_form"),
    [
        ("Community Interest Company", "community interest company"),
        (BY_GUARANTEE, "company limited by guarantee"),
        (WITHOUT_LIMITED, "company limited by guarantee"),
        ("Registered Society", "registered society"),
        ("Charitable Incorporated Organisation", "charitable incorporated organisation"),
        ("Scottish Charitable Incorporated Organisation", "charitable incorporated organisation"),
        ("Royal Charter Company", "royal charter company"),
    ],
)
def test_what_may_be_vcse_is_an_organisation(
    tmp_path: Path, category: str, legal_form: str
) -> None:
    contents = read(tmp_path, company("00212481", "THORNBECK", CompanyCategory=category))
    [organisation] = contents.organisations
    assert (organisation.org_id, organisation.company_number) == ("GB-COH-00212481", "00212481")
    assert organisation.legal_form == legal_form
    assert organisation.address == "1 ROW, LEEDS"
    assert organisation.codes == ("88990 - Other social work activities",)
    assert len(contents.companies) == 1


def test_the_words_of_a_community_interest_company_decide(tmp_path: Path) -> None:
    contents = read(
        tmp_path, company("00000001", "BECK C.I.C."), company("00000002", "CIC LIMITED")
    )
    assert [c.legal_form for c in contents.companies] == [
        "community interest company",
        "private limited company",
    ]
    assert [o.org_id for o in contents.organisations] == ["GB-COH-00000001"]


def test_former_names_have_the_days_on_which_they_were_borne(tmp_path: Path) -> None:
    contents = read(
        tmp_path,
        company(
            "00212481",
            "BECK CARE",
            CompanyCategory=BY_GUARANTEE,
            **{
                "PreviousName_1.CONDATE": "01/04/2020",
                " PreviousName_1.CompanyName": "BECK AID",
                "PreviousName_2.CONDATE": "02/05/2015",
                " PreviousName_2.CompanyName": "BECK HELP",
            },
        ),
    )
    assert [(n.name, n.kind, n.since, n.until) for n in contents.names] == [
        ("BECK CARE", "current", date(2020, 4, 1), None),
        ("BECK AID", "previous", date(2015, 5, 2), date(2020, 4, 1)),
        ("BECK HELP", "previous", date(2012, 9, 11), date(2015, 5, 2)),
    ]


def test_a_company_is_a_cic_from_the_day_it_took_the_words_into_its_name(tmp_path: Path) -> None:
    former = {
        "PreviousName_1.CONDATE": "01/04/2020",
        " PreviousName_1.CompanyName": "BECK AID C.I.C.",
        "PreviousName_2.CONDATE": "02/05/2015",
        " PreviousName_2.CompanyName": "BECK AID LIMITED",
    }
    cic = "Community Interest Company"
    contents = read(
        tmp_path,
        company("00000001", "BECK CARE CIC", CompanyCategory=cic, **former),
        company("00000002", "ROW CARE CIC", CompanyCategory=cic),
    )
    assert [o.registered_on for o in contents.organisations] == [
        date(2015, 5, 2),
        date(2012, 9, 11),
    ]


def test_a_day_of_dissolution_ends_it(tmp_path: Path) -> None:
    contents = read(
        tmp_path,
        company("00000001", "X Y", CompanyCategory=BY_GUARANTEE, DissolutionDate="05/06/2024"),
    )
    [organisation] = contents.organisations
    assert (organisation.removed_on, organisation.removed_why) == (date(2024, 6, 5), "dissolved")


def test_an_edition_in_parts_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    first, second = (f"BasicCompanyData-2026-11-01-part{n}_2.csv" for n in (1, 2))
    with pytest.raises(Rejected, match=rf"part1_2\.csv: of its parts {second} are missing"):
        read(tmp_path, company("00000001", "ONE"), file=first)
    read_second = write_dicts(tmp_path / second, COLUMNS, [company("00000002", "TWO")])
    assert read_second.is_file()
    contents = read(tmp_path, company("00000001", "ONE"), file=first)
    assert [c.number for c in contents.companies] == ["00000001", "00000002"]
    with pytest.raises(Rejected, match=r"part2_2\.csv, row 2.*00000002 stands there twice"):
        read(tmp_path, company("00000002", "ONE"), file=first)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({" CompanyNumber": "12"}, "CompanyNumber"),
        ({" CompanyNumber": "00000001"}, "CompanyNumber"),
        ({"IncorporationDate": "31/02/2015"}, "IncorporationDate"),
        ({"DissolutionDate": "2015-02-01"}, "DissolutionDate"),
        (
            {
                "CompanyCategory": "Community Interest Company",
                " PreviousName_1.CompanyName": "X",
            },
            "PreviousName_1.CONDATE",
        ),
    ],
)
def test_a_value_that_can_not_be_is_told(
    tmp_path: Path, changes: dict[str, str], column: str
) -> None:
    with pytest.raises(Rejected, match=rf"2026-11-01\.csv, row 3, column `{column}`"):
        read(tmp_path, company("00000001", "ONE"), company("00000002", "TWO") | changes)


def test_a_company_without_a_name_is_left_out(tmp_path: Path) -> None:
    contents = read(tmp_path, company("00000001", " "), company("00000002", "TWO"))
    assert [c.number for c in contents.companies] == ["00000002"]
    assert [(row.row, row.column) for row in contents.left_out] == [(2, "CompanyName")]


def test_numbers_are_seen_once() -> None:
    seen = NumbersSeen()
    numbers = ["00000001", "99999999", "SC000001", "NI000001", "IP00001R", "SC999999", "00000008"]
    assert [seen.add(number) for number in numbers] == [True] * 7
    assert [seen.add(number) for number in numbers] == [False] * 7
