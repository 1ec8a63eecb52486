"""The registers of charities, as each is published."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.classify.registers import (
    charity_commission_extract,
    england_wales_list,
    northern_ireland,
    scotland_removed,
)
from services.classify.registers.rows import Contents
from shared.errors import Rejected
from tests.classify.registries import charity_row, write_charities, write_csv, write_zip


def by_key(contents: Contents) -> dict[str, Any]:
    return {organisation.key: organisation for organisation in contents.organisations}


def named(contents: Contents, key: str) -> list[tuple[str, str]]:
    return [(name.name, name.kind) for name in contents.names if name.key == key]


class TestEnglandAndWales:
    def read(self, folder: Path, *rows: list[str]) -> Contents:
        return england_wales_list.read(write_charities(folder, rows))

    def test_rows_of_one_number_are_one_charity_with_all_its_names(self, tmp_path: Path) -> None:
        contents = self.read(
            tmp_path,
            charity_row("9000101", "THORNBECK HOSPICE", source="ccew_names_2016"),
            charity_row(
                "9000101", "Thornbeck Care", company="99000101", source="ukcat_sample_2021"
            ),
            charity_row("9000101", "Beck Fund  and Old Beck Home", source="mergers_register"),
        )
        [charity] = contents.organisations
        assert (charity.org_id, charity.name) == ("GB-CHC-9000101", "Thornbeck Care")
        assert (charity.company_number, charity.legal_form) == ("99000101", "charitable company")
        assert named(contents, charity.key) == [
            ("Thornbeck Care", "current"),
            ("THORNBECK HOSPICE", "previous"),
            ("Beck Fund", "merged"),
            ("Old Beck Home", "merged"),
        ]

    def test_a_name_without_number_stays_without_one(self, tmp_path: Path) -> None:
        contents = self.read(
            tmp_path,
            charity_row("9000101", "THORNBECK HOSPICE", source="ccew_names_2016"),
            charity_row("", "HARROWFELL HALL", "", source="ccew_names_2016"),
            charity_row("9000103", "LANTERN ROW", source="ccew_names_2016"),
        )
        [nameless] = [o for o in contents.organisations if o.org_id is None]
        assert (nameless.name, nameless.key) == ("HARROWFELL HALL", "row-3")

    def test_a_name_listed_twice_is_another_charity_only_within_one_list(
        self, tmp_path: Path
    ) -> None:
        contents = self.read(
            tmp_path,
            charity_row("9000101", "ABOUT US", source="ccew_names_2016"),
            charity_row("", "ABOUT US", "", source="ccew_names_2016"),
            charity_row("9000102", "ABOUT YOU", source="charity_lookups_federated_2022"),
            charity_row("", "ABOUT YOU", "", source="ccew_names_2016"),
        )
        assert [o.name for o in contents.organisations if o.org_id is None] == ["ABOUT US"]

    def test_removed_says_by_when_and_not_on_which_day(self, tmp_path: Path) -> None:
        [charity] = self.read(tmp_path, charity_row("9000101", "X Y", "removed")).organisations
        assert (charity.removed_on, charity.removed_by) == (None, date(2021, 12, 31))

    def test_what_was_never_a_charity_is_left_out(self, tmp_path: Path) -> None:
        contents = self.read(
            tmp_path,
            charity_row("4038784", "Unlisted Homes", "", source="mergers_register"),
            charity_row("9000102", ""),
        )
        assert contents.organisations == []
        assert [(row.row, row.column) for row in contents.left_out] == [
            (2, "charity_number"),
            (3, "name"),
        ]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (charity_row("12", "X"), "charity_number"),
            (charity_row("9000101", "X", "perhaps"), "status_2021"),
        ],
    )
    def test_a_value_that_can_not_be_is_told(
        self, tmp_path: Path, row: list[str], column: str
    ) -> None:
        with pytest.raises(Rejected, match=f"charities_england_wales.csv.gz, row 2.*{column}"):
            self.read(tmp_path, row)


EXTRACT = (
    *("date_of_extract", "registered_charity_number", "linked_charity_number", "charity_name"),
    *("charity_type", "charity_registration_status", "date_of_registration", "date_of_removal"),
    *("charity_contact_postcode", "charity_company_registration_number", "latest_income"),
)
AT = "2023-09-07 00:00:00.0000000"


class TestPublicExtract:
    def read(self, folder: Path, *rows: tuple[str, ...]) -> Contents:
        path = write_zip(folder / "publicextract.charity.zip", EXTRACT, rows)
        return charity_commission_extract.read(path)

    def row(self, number: str, linked: str = "0", **changes: str) -> tuple[str, ...]:
        cells = dict.fromkeys(EXTRACT, "") | {
            "date_of_extract": AT,
            "registered_charity_number": number,
            "linked_charity_number": linked,
            "charity_name": 'The "Beck" Trust',
            "charity_registration_status": "Registered",
            "date_of_registration": "1962-03-06 00:00:00.0000000",
        }
        return tuple((cells | changes).values())

    def test_days_forms_and_names_are_read(self, tmp_path: Path) -> None:
        write_zip(
            tmp_path / "publicextract.charity_other_names.zip",
            (
                *("registered_charity_number", "linked_charity_number", "charity_name_type"),
                "charity_name",
            ),
            [
                ("900101", "0", "Working name", "Beck"),
                ("900101", "0", "Previous name", "Old Beck"),
                ("900101", "3", "Working name", "A fund"),
                ("900999", "0", "Working name", "Of nobody"),
            ],
        )
        contents = self.read(
            tmp_path,
            self.row(
                "900101",
                charity_type="CIO",
                charity_registration_status="Removed",
                date_of_removal="2018-11-06 00:00:00.0000000",
            ),
            self.row("900101", "1"),
        )
        [charity] = contents.organisations
        assert contents.as_at == date(2023, 9, 7)
        assert (charity.registered_on, charity.removed_on) == (date(1962, 3, 6), date(2018, 11, 6))
        assert charity.legal_form == "charitable incorporated organisation"
        assert named(contents, "GB-CHC-900101") == [
            ('The "Beck" Trust', "current"),
            ("Beck", "working"),
            ("Old Beck", "previous"),
        ]

    def test_a_number_that_stands_twice_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(Rejected, match=r"row 3.*stands there twice"):
            self.read(tmp_path, self.row("900101"), self.row("900101"))

    def test_an_impossible_day_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(Rejected, match="row 2, column `date_of_registration`"):
            self.read(tmp_path, self.row("900101", date_of_registration="1962-13-06"))


NORTHERN_IRELAND = (
    *("Reg charity number", "Sub charity number", "Charity name", "Date registered", "Status"),
    *("Public address", "Company number"),
)


def test_northern_ireland(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "charities_northern_ireland.csv",
        NORTHERN_IRELAND,
        [
            (
                "100002",
                "0",
                "Beck Aid",
                "13/12/2013",
                "Up-to-date",
                "1 Row, Belfast, BT14 7PJ",
                "0",
            ),
            ("100003", "0", "Old Beck", "22/06/2020", "Removed", "1 Row", "28840"),
        ],
    )
    contents = northern_ireland.read(path)
    charities = by_key(contents)
    assert contents.as_at == date(2020, 6, 22)
    assert contents.left == {"GB-NIC-100003"}
    assert charities["GB-NIC-100002"].postcode == "BT14 7PJ"
    assert charities["GB-NIC-100002"].company_number is None
    assert charities["GB-NIC-100003"].company_number == "NI028840"


SCOTLAND = (
    *("Charity Number", "Charity Name", "Registered Date", "Ceased Date", "Known As"),
    *("Postcode", "Constitutional Form"),
)


def test_scotland_says_by_when_old_removals_took_place(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "charities_scotland_removed.csv",
        SCOTLAND,
        [
            ("SC000002", "Old Trust", "01/01/1992 00:00", "02/06/2012 18:58", "", "", ""),
            ("SC000003", "New Trust", "19/10/2004 00:00", "05/07/2018 10:00", "NT", "", "SCIO (x)"),
        ],
    )
    contents = scotland_removed.read(path)
    charities = by_key(contents)
    old, new = charities["GB-SC-SC000002"], charities["GB-SC-SC000003"]
    assert (old.registered_on, old.removed_on, old.removed_by) == (None, None, date(2012, 6, 2))
    assert (new.registered_on, new.removed_on) == (date(2004, 10, 19), date(2018, 7, 5))
    assert new.legal_form == "charitable incorporated organisation"
    assert named(contents, "GB-SC-SC000003") == [("New Trust", "current"), ("NT", "working")]
    assert contents.as_at == date(2018, 7, 5)
