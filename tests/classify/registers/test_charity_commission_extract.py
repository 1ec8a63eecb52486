"""The Charity Commission's public extract in both forms in which it is published."""

import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.classify.organisation import Link
from services.classify.registers.charity_commission_extract import read, read_parts
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import open_file
from shared.errors import Rejected
from tests.classify.registries import write_zip

AT = "2023-09-07 00:00:00.0000000"
COLUMNS = {
    "charity": (
        *("date_of_extract", "organisation_number", "registered_charity_number"),
        *("linked_charity_number", "charity_name", "charity_type", "charity_registration_status"),
        *("date_of_registration", "date_of_removal", "latest_income"),
        *(f"charity_contact_address{line}" for line in range(1, 6)),
        *("charity_contact_postcode", "charity_company_registration_number"),
        *("charity_is_cio", "charity_activities"),
    ),
    "charity_other_names": (
        *("registered_charity_number", "linked_charity_number", "charity_name_type"),
        "charity_name",
    ),
    "charity_area_of_operation": (
        *("registered_charity_number", "linked_charity_number", "geographic_area_type"),
        "geographic_area_description",
    ),
    "charity_classification": (
        *("registered_charity_number", "linked_charity_number", "classification_code"),
        *("classification_type", "classification_description"),
    ),
    "charity_event_history": (
        *("registered_charity_number", "linked_charity_number", "event_type", "date_of_event"),
        *("reason", "assoc_registered_charity_number"),
    ),
}
Cells = dict[str, Any]
Write = Callable[[Path, str, Sequence[Cells]], Path]


def write_tabs(folder: Path, table: str, rows: Sequence[Cells]) -> Path:
    columns = COLUMNS[table]
    lines = [tuple(_tab(row.get(column)) for column in columns) for row in rows]
    return write_zip(folder / f"publicextract.{table}.zip", columns, lines)


def _tab(value: Any) -> str:
    return "" if value is None else str(value)


def write_json(folder: Path, table: str, rows: Sequence[Cells]) -> Path:
    """As published: a byte order mark, an object on each line, days with a T, null where empty."""
    objects = [{column: _json(row.get(column)) for column in COLUMNS[table]} for row in rows]
    lines = ",\r\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
    path = folder / f"publicextract.{table}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"publicextract.{table}.json", b"\xef\xbb\xbf" + f"[{lines}]".encode())
    return path


def _json(value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace(" 00:00:00.0000000", "T00:00:00") or None
    return value


def charity(number: int, **changes: Any) -> Cells:
    return {
        "date_of_extract": AT,
        "organisation_number": number,
        "registered_charity_number": number,
        "linked_charity_number": 0,
        "charity_name": 'The "Beck" Trust',
        "charity_registration_status": "Registered",
        "date_of_registration": "1962-03-06 00:00:00.0000000",
        "charity_is_cio": False,
        **changes,
    }


def removed(number: int, day: str, **changes: Any) -> Cells:
    at = f"{day} 00:00:00.0000000"
    return charity(number, charity_registration_status="Removed", date_of_removal=at, **changes)


def event(number: int, kind: str, day: str, reason: str = "", other: Any = None) -> Cells:
    return {
        "registered_charity_number": number,
        "linked_charity_number": 0,
        "event_type": kind,
        "date_of_event": f"{day} 00:00:00.0000000",
        "reason": reason,
        "assoc_registered_charity_number": other,
    }


def told(number: int, linked: int = 0, **cells: Any) -> Cells:
    return {"registered_charity_number": number, "linked_charity_number": linked, **cells}


@pytest.fixture(params=[write_tabs, write_json], ids=["tab-separated", "json"])
def write(request: pytest.FixtureRequest) -> Write:
    form: Write = request.param
    return form


def one(contents: Contents) -> Any:
    [organisation] = contents.organisations
    return organisation


def test_a_charity_is_read_with_its_days_form_income_and_address(
    tmp_path: Path, write: Write
) -> None:
    path = write(
        tmp_path,
        "charity",
        [
            removed(
                900101,
                "2018-11-06",
                charity_type="CIO",
                latest_income=1234.5,
                charity_contact_address1="1 Row, ",
                charity_contact_address4="Thornbeck",
                charity_contact_postcode="LS1 4AB",
                charity_company_registration_number="212481",
            ),
            charity(900101, linked_charity_number=1),
        ],
    )
    contents = read(path)
    found = one(contents)
    assert contents.as_at == date(2023, 9, 7)
    assert (found.registered_on, found.removed_on) == (date(1962, 3, 6), date(2018, 11, 6))
    assert found.legal_form == "charitable incorporated organisation"
    assert (found.income, found.address, found.postcode) == (1234, "1 Row, Thornbeck", "LS1 4AB")
    assert found.company_number == "00212481"
    assert [left.reason for left in contents.left_out] == [
        f"publicextract.{table}.zip does not lie beside it: what it tells is missing"
        for table in list(COLUMNS)[1:]
    ]


def test_working_and_previous_names_are_those_of_the_charity_not_of_its_funds(
    tmp_path: Path, write: Write
) -> None:
    write(
        tmp_path,
        "charity_other_names",
        [
            told(900101, charity_name_type="Working name", charity_name="Beck"),
            told(900101, charity_name_type="Previous name", charity_name="Old Beck"),
            told(900101, 3, charity_name_type="Working name", charity_name="A fund"),
            told(900999, charity_name_type="Working name", charity_name="Of nobody"),
        ],
    )
    contents = read(write(tmp_path, "charity", [charity(900101)]))
    assert [(name.name, name.kind) for name in contents.names] == [
        ('The "Beck" Trust', "current"),
        ("Beck", "working"),
        ("Old Beck", "previous"),
    ]


def test_areas_and_classes_are_gathered(tmp_path: Path, write: Write) -> None:
    write(
        tmp_path,
        "charity_area_of_operation",
        [
            told(900101, geographic_area_type="Local Authority", geographic_area_description=area)
            for area in ("Leeds City", "Bradford City", "Leeds City")
        ],
    )
    write(
        tmp_path,
        "charity_classification",
        [told(900101, classification_code=110, classification_description="Amateur Sport")],
    )
    found = one(read(write(tmp_path, "charity", [charity(900101)])))
    assert found.areas == ("Leeds City", "Bradford City")
    assert found.codes == ("110 Amateur Sport",)


def test_the_reason_of_the_latest_removal_is_kept(tmp_path: Path, write: Write) -> None:
    write(
        tmp_path,
        "charity_event_history",
        [
            event(900101, "Removed", "2018-11-06", "Ceased to exist"),
            event(900101, "Removed", "2001-01-01", "Does not operate"),
            event(900102, "Removed", "2001-01-01", "Does not operate"),
        ],
    )
    contents = read(write(tmp_path, "charity", [removed(900101, "2018-11-06"), charity(900102)]))
    assert [o.removed_why for o in contents.organisations] == ["Ceased to exist", None]


def test_a_charity_that_gave_all_to_one_is_carried_on_by_it(tmp_path: Path, write: Write) -> None:
    day = "2018-11-06"
    write(
        tmp_path,
        "charity_event_history",
        [
            event(900101, "Asset transfer out", day, other=900201),
            event(900102, "Asset transfer out", day, other=900201),
            event(900102, "Asset transfer out", day, other=900202),
            event(900103, "Asset transfer out", "2010-01-01", other=900201),
            event(900104, "Asset transfer out", day),
            event(900105, "Asset transfer out", day, other=900105),
            event(900106, "Asset transfer out", day, other=900201),
        ],
    )
    rows = [removed(number, day) for number in range(900101, 900106)]
    contents = read(write(tmp_path, "charity", [*rows, charity(900106)]))
    assert contents.links == [
        Link("GB-CHC-900101", "GB-CHC-900201", "succession", date(2018, 11, 6))
    ]


def test_a_removal_without_a_day_happened_by_that_of_the_extract(
    tmp_path: Path, write: Write
) -> None:
    path = write(tmp_path, "charity", [charity(900101, charity_registration_status="Removed")])
    found = one(read(path))
    assert (found.removed_on, found.removed_by) == (None, date(2023, 9, 7))


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"date_of_registration": "1962-13-06"}, "date_of_registration"),
        ({"registered_charity_number": "12"}, "registered_charity_number"),
        ({"charity_registration_status": "perhaps"}, "charity_registration_status"),
        ({"latest_income": "much"}, "latest_income"),
    ],
)
def test_a_value_that_can_not_be_is_told(
    tmp_path: Path, write: Write, changes: Cells, column: str
) -> None:
    path = write(tmp_path, "charity", [charity(900101), charity(900102, **changes)])
    row = 3 if write is write_tabs else 2
    with pytest.raises(
        Rejected, match=rf"publicextract\.charity\.zip, row {row}, column `{column}`"
    ):
        read(path)


def test_a_charity_without_a_name_is_left_out(tmp_path: Path, write: Write) -> None:
    for table in list(COLUMNS)[1:]:
        write(tmp_path, table, [told(900101) | event(900101, "Removed", "2018-11-06")])
    path = write(tmp_path, "charity", [charity(900101), charity(900102, charity_name=" ")])
    contents = read(path)
    assert len(contents.organisations) == 1
    assert [row.column for row in contents.left_out] == ["charity_name"]


def test_a_number_that_stands_twice_is_told(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path, "charity", [charity(900101), charity(900101)])
    with pytest.raises(Rejected, match=r"row [23].*900101 stands there twice"):
        read(path)


def test_a_fault_in_a_table_beside_it_names_that_table(tmp_path: Path, write: Write) -> None:
    write(tmp_path, "charity_event_history", [event(900101, "Removed", "2018-11-31")])
    path = write(tmp_path, "charity", [charity(900101)])
    with pytest.raises(Rejected, match=r"publicextract\.charity_event_history\.zip, row [12], col"):
        read(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("{}", "not an array of objects"),
        ("[]", "the array is empty"),
        ("[1]", "not an object with fields"),
        (
            '[{"registered_charity_number": 1}]',
            "missing, and so are .*; there are: registered_charity_number",
        ),
        ('[{"date_of_extract": "2023', "the array does not end"),
        ("[\xff", "not UTF-8"),
    ],
)
def test_what_is_no_array_of_charities_is_told(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "publicextract.charity.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("publicextract.charity.json", text.encode("latin-1"))
    with pytest.raises(Rejected, match=rf"publicextract\.charity\.zip, row 1.*{reason}"):
        read(path)


def test_a_long_array_is_read_in_parts(tmp_path: Path, write: Write) -> None:
    many = [charity(900000 + n, charity_activities="x" * 40) for n in range(10_001)]
    path = write(tmp_path, "charity", many)
    sizes = [len(part.organisations) for part in read_parts(path, open_file)]
    assert sizes == [10_000, 1]


def test_the_published_sample(data: Path) -> None:
    folder = data / "registers" / "ccew_extract_sample_2023-09"
    contents = read(folder / "publicextract.charity.zip")
    assert contents.as_at == date(2023, 9, 7)
    assert len(contents.organisations) == 200
    assert contents.left_out == []
    gone = [o for o in contents.organisations if o.removed]
    assert len(gone) == 78
    assert sum(o.removed_why is not None for o in gone) >= 70
    assert {name.kind for name in contents.names} == {"current", "working", "previous"}
    active = [o for o in contents.organisations if not o.removed]
    assert all(o.codes and o.areas for o in active)
    assert len(contents.links) == 17
