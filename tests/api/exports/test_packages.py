"""Grants and contracts, held to the schemas that their standards publish."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.exports import ocds, three_sixty_giving, vcse_grants
from services.api.exports.agreement import Agreement, Amendment, Paid
from services.api.exports.csv_sheet import as_csv
from services.api.exports.exported import Exported
from services.api.exports.json_package import write_package
from services.api.exports.publication import REDACTED
from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead
from shared.errors import NotKnown
from tests.api.exports import standards
from tests.api.exports.made import ASKED, UNSETTLED, agreement, each, gaps_of, whole

_DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
_MOMENTS = st.integers(1_600_000_000, 1_790_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
_PENCE = st.none() | st.integers(1, 9_999_999_999_999)
_LINE = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=40
).map(lambda text: f"Care {text}")
_ORGANISATIONS = st.sampled_from(
    [None, "GB-CHC-9000001", "GB-SC-SC000001", "GB-COH-01234567", "GB-NHS-RR8", "GB-MPR-IP0001"]
)
_PAID = st.builds(Paid, st.uuids().map(str), _DAYS, st.integers(-9_999_99, 9_999_99), _MOMENTS)
_AMENDED = st.builds(
    Amendment,
    st.integers(2, 9),
    _DAYS,
    st.lists(st.sampled_from(["extension", "value"]), max_size=2).map(tuple),
    st.none() | _LINE,
)
AGREEMENTS = st.builds(
    agreement,
    agreement_id=st.uuids().map(str),
    reference=_LINE,
    title=_LINE,
    provider=_LINE,
    organisation=_ORGANISATIONS,
    withheld=st.sampled_from([None, None, UNSETTLED]),
    start=_DAYS,
    end=st.none() | _DAYS,
    maximum_end=st.none() | _DAYS,
    ended_on=st.none() | _DAYS,
    awarded_on=st.none() | _DAYS,
    pence=_PENCE,
    programmes=st.lists(_LINE, max_size=2, unique=True).map(tuple),
    amendments=st.lists(_AMENDED, max_size=2).map(tuple),
    payments=st.lists(_PAID, max_size=3, unique_by=lambda paid: paid.payment_id).map(tuple),
    recorded_at=_MOMENTS,
)
SEVERAL = st.lists(AGREEMENTS, min_size=1, max_size=5, unique_by=lambda one: one.agreement_id)


def packed(records: list[Exported[Any]], head: dict[str, Any], name: str) -> dict[str, Any]:
    package: dict[str, Any] = json.loads(whole(write_package(head, name, each(records))))
    return package


@settings(max_examples=20)
@given(SEVERAL)
def test_contracts_are_valid_releases_of_ocds(agreements: list[Agreement]) -> None:
    known = [replace(one, title=None if one.withheld else one.title) for one in agreements]
    records = [ocds.release(one, ASKED) for one in known]
    package = packed(records, ocds.package_head(ASKED), "releases")
    assert list(standards.ocds_package().iter_errors(package)) == []
    assert len(package["releases"]) == len(agreements)


@settings(max_examples=20)
@given(SEVERAL)
def test_grants_are_valid_by_360giving_or_told_why_not(agreements: list[Agreement]) -> None:
    records = [three_sixty_giving.grant(one, ASKED) for one in agreements]
    assert all((each.content is None) == bool(each.gaps) for each in records)
    if any(each.content is not None for each in records):
        package = packed(records, {"version": three_sixty_giving.VERSION}, "grants")
        assert list(standards.grant_package().iter_errors(package)) == []
        for one in package["grants"]:
            assert set(one["recipientOrganization"][0]) >= {"id", "name"}


def test_the_columns_of_the_sheet_are_the_standard_s_titles() -> None:
    assert set(three_sixty_giving.COLUMNS) <= standards.titles() | {"Currency"}


def test_no_empty_package_of_grants() -> None:
    undated = three_sixty_giving.grant(agreement(awarded_on=None), ASKED)
    assert gaps_of(undated) == ["awardDate"]
    assert undated.content is None
    with pytest.raises(NotKnown, match="nothing"):
        whole(write_package({}, "grants", each([undated]), empty="nothing"))


def test_a_release_says_what_is_known_and_names_nobody_who_may_be_a_person() -> None:
    paid = Paid("p-1", date(2024, 5, 1), 3_000_00, datetime(2026, 1, 1, tzinfo=UTC))
    one = agreement(kind="contract", payments=(paid,), ended_on=date(2025, 3, 31))
    told = ocds.release(one, ASKED).content
    assert told is not None
    [contract] = told["contracts"]
    assert (told["ocid"], told["date"]) == (
        "ocds-a1b2c3-6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
        "2026-01-01T00:00:00Z",
    )
    assert (contract["status"], contract["period"]["endDate"]) == (
        "terminated",
        "2025-03-31T23:59:59Z",
    )
    assert contract["value"] == {"amount": 36_000, "currency": "GBP"}
    [transaction] = contract["implementation"]["transactions"]
    assert transaction["value"]["amount"] == 3_000
    person = replace(one, provider="A N OTHER", title=None, withheld=UNSETTLED, organisation=None)
    exported = ocds.release(person, ASKED)
    assert "OTHER" not in json.dumps(exported.content)
    assert person.supplier_id not in json.dumps(exported.content), "it is made of the name"
    assert gaps_of(exported) == ["awards/suppliers/name"]
    assert REDACTED in json.dumps(exported.content)


def test_the_id_of_a_release_changes_with_what_it_says() -> None:
    first, again, longer = (
        ocds.release(agreement(kind="contract", end=date(year, 3, 31)), ASKED).content
        for year in (2027, 2027, 2028)
    )
    assert first is not None
    assert again is not None
    assert longer is not None
    assert first["id"] == again["id"] != longer["id"]


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({}, ["Local authority department which awarded the grant"]),
        (
            {"awarded_on": None, "pence": None, "organisation": None, "end": None},
            [
                "Local authority department which awarded the grant",
                "Date the grant was awarded",
                "Beneficiary's registration number",
                "Amount",
                "Time period for which the grant has been given",
            ],
        ),
        ({"withheld": UNSETTLED}, ["Beneficiary"]),
    ],
)
def test_a_grant_to_a_vcse_organisation(changes: dict[str, Any], gaps: list[str]) -> None:
    asked = replace(ASKED, definition="community-interest")
    exported = vcse_grants.vcse_grant(agreement(**changes), asked)
    assert gaps_of(exported) == gaps
    assert exported is not None
    assert (exported.content is None) == ("withheld" in changes)
    assert vcse_grants.vcse_grant(agreement(), replace(ASKED, definition="other")) is None


def _read(path: Path, content: bytes) -> SheetRead:
    path.write_bytes(content)
    [read] = dry_run_file(path, {}, date(2026, 11, 25), buyer=ASKED.buyer)
    return read


def test_grants_and_contracts_read_back_as_what_they_are(tmp_path: Path) -> None:
    asked = replace(ASKED, definition="community-interest")
    agreements = [agreement(reference=f"G-{n}", pence=n * 1_000_50) for n in range(1, 6)]
    pounds = sum(one.pence or 0 for one in agreements)
    grants = [three_sixty_giving.grant(one, asked) for one in agreements]
    sheet = whole(as_csv(three_sixty_giving.COLUMNS, three_sixty_giving.as_rows(each(grants))))
    listed = [row for one in agreements if (row := vcse_grants.vcse_grant(one, asked))]
    releases = [ocds.release(replace(one, kind="contract"), asked) for one in agreements]
    files = {
        "grants.csv": sheet,
        "grants.json": whole(write_package({"version": "1.4"}, "grants", each(grants))),
        "vcse.csv": whole(as_csv(vcse_grants.COLUMNS, each(listed))),
        "ocds.json": whole(write_package(ocds.package_head(asked), "releases", each(releases))),
    }
    for name, content in files.items():
        read = _read(tmp_path / name, content)
        assert (name, read.error, read.rejected_by_reason) == (name, "", {})
        assert (name, read.accepted.rows, read.accepted.pence) == (name, 5, pounds)


def test_the_sheet_says_what_the_package_says() -> None:
    exported = three_sixty_giving.grant(agreement(pence=12_345_67), ASKED)
    sheet = whole(as_csv(three_sixty_giving.COLUMNS, three_sixty_giving.as_rows(each([exported]))))
    [row] = csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline=""))
    assert exported.content is not None
    assert Decimal(row["Amount Awarded"]) == Decimal(str(exported.content["amountAwarded"]))
    assert row["Recipient Org:Charity Number"] == "9000001"
    assert row["Grant Programme:Title"] == "Older people"
