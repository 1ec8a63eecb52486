"""The registers of charities, as each is published."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.classify.registers import (
    england_wales_list,
    northern_ireland,
    scotland,
    scotland_removed,
)
from services.classify.registers.reading.contents import Contents
from shared.errors import Rejected
from tests.classify.registries import (
    charity_row,
    northern_row,
    write_charities,
    write_dicts,
    write_northern_ireland,
)


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


def test_northern_ireland(tmp_path: Path) -> None:
    does = "The advancement of education,The relief of those in need by age, ill-health, or youth"
    path = write_northern_ireland(
        tmp_path,
        [
            northern_row(
                "100002",
                **{
                    "Public address": "1 Row, Belfast, BT14 7PJ",
                    "Total income": "1500",
                    "What the charity does": does,
                },
            ),
            northern_row(
                "100003",
                **{
                    "Date registered": "22/06/2020",
                    "Status": "Removed",
                    "Company number": "28840",
                },
            ),
            northern_row("100002", **{"Sub charity number": "1"}),
        ],
    )
    contents = northern_ireland.read(path)
    charities = by_key(contents)
    assert contents.as_at == date(2020, 6, 22)
    assert contents.left == {"GB-NIC-100003"}
    one, other = charities["GB-NIC-100002"], charities["GB-NIC-100003"]
    assert (one.postcode, one.company_number, one.income) == ("BT14 7PJ", None, 1500)
    assert one.codes == (
        "The advancement of education",
        "The relief of those in need by age, ill-health, or youth",
    )
    assert (other.company_number, other.income) == ("NI028840", None)


SCOTLAND = (
    *("Charity Number", "Charity Name", "Registered Date", "Known As", "Charity Status", "Notes"),
    *("Postcode", "Constitutional Form", "Main Operating Location", "Purposes", "Objectives"),
    *("Principal Office/Trustees Address", "Most recent year income", "Regulatory Type"),
)
SCOTLAND_REMOVED = (*SCOTLAND, "Ceased Date", "Reason For Removal")


def scottish(number: str, **cells: str) -> dict[str, str]:
    return {
        "Charity Number": number,
        "Charity Name": "New Trust",
        "Registered Date": "19/10/2004 00:00",
        "Charity Status": "Active",
        **cells,
    }


def test_scotland_as_it_stands(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "CharityExport-2026-10-01.csv",
        SCOTLAND,
        [
            scottish(
                "SC000002",
                **{
                    "Charity Name": "Beck Care (Subject to Insolvency Proceedings)",
                    "Known As": "BC",
                    "Registered Date": "01/01/1970 00:00",
                    "Postcode": "XX0 0XX",
                    "Constitutional Form": "Company (the charity is registered with ...)",
                    "Main Operating Location": "Glasgow City",
                    "Purposes": "'The advancement of education','The relief of age, or ill-health'",
                    "Principal Office/Trustees Address": "-, -",
                    "Most recent year income": "22601",
                },
            )
        ],
    )
    contents = scotland.read(path)
    [charity] = contents.organisations
    assert contents.as_at == date(2026, 10, 1)
    assert named(contents, charity.key) == [("Beck Care", "current"), ("BC", "working")]
    assert (charity.registered_on, charity.postcode, charity.address) == (None, None, None)
    assert (charity.legal_form, charity.income) == ("charitable company", 22601)
    assert charity.areas == ("Glasgow City",)
    assert charity.codes == ("The advancement of education", "The relief of age, or ill-health")


def test_scotland_says_by_when_old_removals_took_place(tmp_path: Path) -> None:
    path = write_dicts(
        tmp_path / "charities_scotland_removed.csv",
        SCOTLAND_REMOVED,
        [
            scottish(
                "SC000002",
                **{"Registered Date": "01/01/1992 00:00", "Ceased Date": "02/06/2012 18:58"},
            ),
            scottish(
                "SC000003",
                **{
                    "Ceased Date": "05/07/2018 10:00",
                    "Known As": "NT",
                    "Constitutional Form": "SCIO (x)",
                    "Reason For Removal": "This charity has been dissolved. ",
                },
            ),
        ],
    )
    contents = scotland_removed.read(path)
    charities = by_key(contents)
    old, new = charities["GB-SC-SC000002"], charities["GB-SC-SC000003"]
    assert (old.registered_on, old.removed_on, old.removed_by) == (None, None, date(2012, 6, 2))
    assert (new.registered_on, new.removed_on) == (date(2004, 10, 19), date(2018, 7, 5))
    assert new.removed_why == "This charity has been dissolved."
    assert new.legal_form == "charitable incorporated organisation"
    assert named(contents, "GB-SC-SC000003") == [("New Trust", "current"), ("NT", "working")]
    assert contents.as_at == date(2018, 7, 5)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Charity Number": "SC1"}, "Charity Number"),
        ({"Charity Name": "-"}, "Charity Name"),
        ({"Charity Status": "Removed"}, "Charity Status"),
        ({"Registered Date": "31/02/2015 00:00"}, "Registered Date"),
        ({"Most recent year income": "x"}, "Most recent year income"),
        ({"Charity Number": "SC000002"}, "Charity Number"),
    ],
)
def test_a_value_that_can_not_be_is_told(
    tmp_path: Path, cells: dict[str, str], column: str
) -> None:
    rows = [scottish("SC000002"), scottish("SC000003") | cells]
    path = write_dicts(tmp_path / "CharityExport.csv", SCOTLAND, rows)
    with pytest.raises(Rejected, match=rf"CharityExport\.csv, row 3, column `{column}`"):
        scotland.read(path)
