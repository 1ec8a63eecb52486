"""Documents of OCDS and 360Giving, and which tables are taken for agreements, without a stack."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.ingest.agreement_files.edition import facts_of
from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.find_agreements import find_agreement_sheets
from services.ingest.agreement_files.ocds import read_release_or_record
from services.ingest.agreement_files.raw_terms import make_entry
from services.ingest.agreement_files.record_entries import NO_REFERENCE, TWICE, EntryBatch
from services.ingest.agreement_files.row_entries import NOT_AWARDED, WITHDRAWN
from services.ingest.agreement_files.three_sixty_giving import read_grant
from services.ingest.agreement_files.whose import BuyersOfFile
from services.ingest.agreements.agreement import Standing
from services.ingest.dry_run.dry_run import dry_run_file
from services.ingest.dry_run.sheet_read import SheetRead
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.shapes.day_form import DayForm
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected
from tests.ingest.agreement_files.test_import_agreements import (
    HEADER,
    ROWS,
    release,
    write_register,
)
from tests.ingest.made_files import make_zip
from tests.ingest.said import ICB, NOW

TODAY = date(2026, 6, 1)


def entries(document: dict[str, Any]) -> tuple[Entry, ...]:
    read = read_release_or_record(document)
    assert not isinstance(read, Skipped)
    assert all(isinstance(each, Entry) for each in read)
    return read  # type: ignore[return-value]


def test_a_contract_is_known_by_the_award_that_it_signs() -> None:
    signed = release("2025-03-01", "2027-03-31", value={"amount": 200_000, "currency": "GBP"})
    alone = {**signed, "contracts": []}
    alone["awards"][0]["contractPeriod"] = {"startDate": "2025-04-01"}
    assert entries(signed)[0].said["reference"] == entries(alone)[0].said["reference"]
    assert entries(signed)[0].said["lines"][0]["annual_amount_pence"] == 10_000_000
    assert entries(signed)[0].buyer.ids == ("b", "GB-LAE-LDS")


def test_renewal_in_words_and_the_last_day_that_it_can_reach() -> None:
    document = release("2025-03-01", "2027-03-31")
    document["contracts"][0]["period"]["maxExtentDate"] = "2029-03-31T23:59:59Z"
    renewal = {"description": "2 x 12 months"}
    document["tender"]["lots"] = [{"id": "1", "hasRenewal": True, "renewal": renewal}]
    [entry] = entries(document)
    assert entry.said["maximum_end"] == "2029-03-31"
    assert len(entry.said["extension_options"]) == 2


def test_a_tender_is_no_agreement_and_a_cancelled_award_neither() -> None:
    tender = {"ocid": "o", "tag": ["tender"], "tender": {"title": "x"}}
    assert read_release_or_record(tender) == Skipped(NOT_AWARDED)
    cancelled = {"ocid": "o", "awards": [{"id": "1", "status": "cancelled"}]}
    assert read_release_or_record(cancelled) == Skipped(WITHDRAWN)


def test_records_hold_their_releases_compiled_or_embedded_not_linked() -> None:
    one, two = release("2025-03-01", "2027-03-31"), release("2026-03-01", "2028-03-31")
    compiled = entries({"ocid": "o", "compiledRelease": two, "releases": [{"url": "x"}]})
    assert [each.said["end"] for each in compiled] == ["2028-03-31"]
    embedded = entries({"ocid": "o", "releases": [two, one]})
    assert [each.said["end"] for each in embedded] == ["2027-03-31", "2028-03-31"]
    linked = read_release_or_record({"ocid": "o", "releases": [{"url": "x"}]})
    assert isinstance(linked, tuple)
    assert isinstance(linked[0], Rejected)


GRANT = {
    "id": "360G-x-1",
    "title": "Core costs",
    "currency": "GBP",
    "amountAwarded": 30000,
    "awardDate": "2026-02-01",
    "plannedDates": [{"startDate": "2026-04-01", "duration": 36}],
    "recipientOrganization": [{"id": "GB-CHC-1007625", "name": "Mind", "companyNumber": "0123456"}],
    "fundingOrganization": [{"id": "GB-LAE-LDS", "name": "Leeds City Council"}],
}


def test_a_grant_lasts_as_many_months_as_it_says() -> None:
    [entry] = read_grant(GRANT)
    assert isinstance(entry, Entry)
    assert (entry.said["kind"], entry.said["end"]) == ("grant", "2029-03-31")
    assert entry.said["lines"][0]["annual_amount_pence"] == 10_000_00
    assert entry.said["charity_number"] == "GB-CHC-1007625"
    assert (entry.said["awarded_on"], entry.said["total_amount_pence"]) == ("2026-02-01", 30_000_00)
    [undated] = read_grant({**GRANT, "plannedDates": []})
    assert isinstance(undated, Entry)
    assert (undated.said["start"], "end" in undated.said) == ("2026-02-01", False)
    assert "the day of award stands for it" in " ".join(undated.remarks)


def test_a_total_is_that_of_the_terms_that_state_it() -> None:
    cells = {"reference": "G-1", "title": "Core", "provider": "Mind", "start": "2026-04-01"}
    stated = make_entry(
        cells | {"end": "2029-03-31", "total_value": "30000"}, "grant", BuyerNamed(), DayForm()
    )
    yearly = make_entry(
        cells | {"end": "2030-03-31", "annual_value": "10000"}, "grant", BuyerNamed(), DayForm()
    )
    buyers, now = {"GB-NHS-QWO": ICB["GB-NHS-QWO"]}, NOW
    [first] = facts_of(stated, "GB-NHS-QWO", Standing(), TODAY, buyers, now)
    known = Standing(1, first.data)
    [longer] = facts_of(yearly, "GB-NHS-QWO", known, TODAY, buyers, now)
    assert first.data["total_amount_pence"] == 30_000_00
    assert "total_amount_pence" not in longer.data
    same = replace(yearly, said={**yearly.said, "end": "2029-03-31"})
    assert facts_of(same, "GB-NHS-QWO", known, TODAY, buyers, now) == []


def dry(path: Path, content: object, buyer: str = "GB-LAE-LDS") -> SheetRead:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    [read] = dry_run_file(path, {}, TODAY, buyer=buyer)
    return read


@pytest.mark.parametrize("key", ["releases", "records"])
def test_packages_are_read_a_release_a_row(tmp_path: Path, key: str) -> None:
    each = release("2025-03-01", "2027-03-31")
    rows = [each] if key == "releases" else [{"ocid": "o", "compiledRelease": each}]
    read = dry(tmp_path / "package.json", {"uri": "x", "extensions": ["y"], key: rows})
    assert (read.shape, read.rows_read, read.accepted.rows) == ("ocds", 1, 1)


def test_grants_as_json_and_as_the_standard_s_own_sheet(tmp_path: Path) -> None:
    read = dry(tmp_path / "grants.json", {"grants": [GRANT]})
    assert (read.shape, read.accepted.rows, read.accepted.pence) == ("360giving", 1, 3_000_000)
    sheet = (
        "Identifier,Title,Description,Currency,Amount Awarded,Award Date,Planned Dates:Start Date,"
        "Planned Dates:End Date,Recipient Org:Identifier,Recipient Org:Name,Funding Org:Identifier,"
        "Funding Org:Name\n360G-1,Core,x,GBP,500,2026-02-01,2026-04-01,2027-03-31,GB-CHC-1007625,"
        "Mind,GB-LAE-LDS,Leeds\n"
    )
    read = dry(tmp_path / "grants.csv", sheet)
    assert (read.shape, read.accepted.rows, read.last_date) == ("360giving", 1, date(2027, 3, 31))


def test_a_council_s_list_of_grants(tmp_path: Path) -> None:
    lines = (
        "Date Grant Awarded,Time Period for Grant,Grant Beneficiary,Purpose of Grant,Amount\n"
        "15/04/2026,31/03/2027,Leeds Mind,Drop-in,1200\n15/04/2026,Summer,Age UK,Lunch,10\n"
        ",,Total,,1210\n"
    )
    read = dry(tmp_path / "grants.csv", lines)
    assert (read.shape, read.accepted.rows, read.accepted.pence) == ("council-grants", 2, 121_000)
    assert {kind: count.rows for kind, count in read.skipped_by_kind.items()} == {
        "header": 1,
        "total": 1,
    }


@pytest.mark.parametrize(("latest", "options"), [("31/03/2029", 2), ("31/03/2028", 0)])
def test_options_that_reach_beyond_the_latest_end_are_left_out(latest: str, options: int) -> None:
    cells = {
        "title": "Care",
        "provider": "Mind",
        "start": "01/04/2024",
        "end": "31/03/2027",
        "maximum_end": latest,
        "extension": "2 x 12 months",
    }
    entry = make_entry(cells, "contract", BuyerNamed(), DayForm())
    assert len(entry.said.get("extension_options", ())) == options
    assert entry.said["maximum_end"].startswith(latest[-4:])


@pytest.mark.parametrize(
    ("title", "header", "row", "kind"),
    [
        pytest.param(
            "Leeds City Council - grants to VCSE organisations 2026/27",
            "Name of organisation,Summary of purpose,Date awarded,Start date,End date,Amount",
            "Leeds Mind,Peer support,15/04/2026,01/04/2026,31/03/2027,1200",
            "grant",
            id="said by the title",
        ),
        pytest.param(
            "",
            "Organisation,Purpose,Grant awarded,Date of award,Ward",
            "Leeds Mind,Peer support,1200,15/04/2026,Armley",
            "grant",
            id="organisation is whom it went to",
        ),
        pytest.param(
            "",
            "Recipient,Purpose of funding,Amount awarded,Award date,End date,Award type",
            "Leeds Mind,Peer support,1200,15/04/2026,31/03/2027,Grant",
            "grant",
            id="said in a column",
        ),
        pytest.param(
            "Grants 2026/27",
            "Name of Organisation,Purpose of funding,Award (\N{POUND SIGN}),Date awarded",
            "Leeds Mind,Peer support,1200,15/04/2026",
            "grant",
            id="the amount is the award",
        ),
        pytest.param(
            "Register of contracts and grants",
            "Supplier,Title,Value,Start date,End date",
            "Leeds Mind,Peer support,1200,15/04/2026,31/03/2027",
            "contract",
            id="of contracts too",
        ),
    ],
)
def test_lists_of_grants_as_councils_head_them(
    tmp_path: Path, title: str, header: str, row: str, kind: str
) -> None:
    lines = "\n".join(filter(None, [title, header, row]))
    assert dry(tmp_path / "list.csv", lines).accepted.pence == 120_000
    with open_file(tmp_path / "list.csv", Limits()) as opened:
        found = find_agreement_sheets(opened.sheets, lambda _: {})
        assert found is not None
        read = [each for row in found[0].rows() if isinstance(row.read, tuple) for each in row.read]
    assert [each.said["kind"] for each in read if isinstance(each, Entry)] == [kind]


_OF_AWARDS = (
    "Name of organisation,Summary of purpose,Date awarded,Start date,End date,Amount\n"
    "Leeds Mind,Peer support,15/04/2026,01/04/2026,31/03/2027,1200\n"
)


@pytest.mark.parametrize(
    ("name", "lines", "shape"),
    [
        pytest.param("Grants-to-VCSE-2026-27.csv", _OF_AWARDS, "council-grants", id="named"),
        pytest.param("VCSE_list.csv", _OF_AWARDS, "contract-register", id="not named"),
        pytest.param("Grantham-awards.csv", _OF_AWARDS, "contract-register", id="a town"),
        pytest.param("Grants-and-contracts.csv", _OF_AWARDS, "contract-register", id="of both"),
        pytest.param(
            "Grants.csv", f"Register of contracts\n{_OF_AWARDS}", "contract-register", id="titled"
        ),
        pytest.param(
            "Grants.csv",
            "Supplier,Purpose,Payment date,Start date,Amount\n"
            "Leeds Mind,Peer support,15/04/2026,01/04/2026,1200\n",
            "payments",
            id="of payments",
        ),
    ],
)
def test_the_name_of_a_file_says_grants_where_nothing_in_it_says_what_it_lists(
    tmp_path: Path, name: str, lines: str, shape: str
) -> None:
    read = dry(tmp_path / name, lines)
    assert read.shape == shape
    assert any("by the file's name" in note for note in read.notes) == (shape == "council-grants")


def test_the_name_of_a_file_in_a_zip_says_grants(tmp_path: Path) -> None:
    path = tmp_path / "june.zip"
    path.write_bytes(make_zip({"a/Grants 2026.csv": _OF_AWARDS.encode()}))
    [read] = dry_run_file(path, {}, TODAY, buyer="GB-LAE-LDS")
    assert read.shape == "council-grants"


def test_a_list_of_payments_stays_one_whatever_contracts_it_names(tmp_path: Path) -> None:
    lines = (
        "Payment Date,Supplier Name,Contract Title,Start Date,Amount\n"
        "15/04/2026,Leeds Mind,Drop-in,01/04/2026,12.50\n16/04/2026,Age UK,Lunch,01/04/2026,1.00\n"
    )
    assert dry(tmp_path / "spend.csv", lines).shape == "payments"
    [answered] = dry_run_file(tmp_path / "spend.csv", {"amount": "Amount"}, TODAY)
    assert (answered.shape, answered.accepted.rows) == ("payments", 2)


def test_a_dry_run_of_a_register_names_its_columns(tmp_path: Path) -> None:
    path = write_register(tmp_path, ROWS, "register.csv")
    [read] = dry_run_file(path, {}, TODAY, buyer="GB-LAE-LDS")
    assert (read.shape, read.amount_basis) == ("contract-register", "annual")
    columns = read.table["columns"]
    assert columns["end"]["header"] == HEADER[4]
    assert columns["extension"]["header"] == HEADER[5]
    assert sum(count.rows for count in read.rejected_by_reason.values()) == 3
    [answered] = dry_run_file(path, {"notice": HEADER[5]}, TODAY, buyer="GB-LAE-LDS")
    assert answered.table["columns"]["notice"]["header"] == HEADER[5]
    [wrong] = dry_run_file(path, {"end": "No Such Column"}, TODAY, buyer="GB-LAE-LDS")
    assert "no column is called 'No Such Column'" in wrong.error


def test_days_of_a_workbook_are_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Contract ref", "Title", "Supplier", "Start date", "End date", "Total value"])
    sheet.append([7, "Advice", "Mind", datetime(2026, 4, 1), datetime(2028, 3, 31), 2000.5])  # noqa: DTZ001 - as workbooks have them
    book.save(tmp_path / "register.xlsx")
    [read] = dry_run_file(tmp_path / "register.xlsx", {}, TODAY, buyer="GB-LAE-LDS")
    assert (read.accepted.rows, read.accepted.pence) == (1, 200_050)
    assert (read.first_date, read.last_date) == (date(2026, 4, 1), date(2028, 3, 31))


def test_one_reference_for_two_agreements_is_refused_with_the_other_row(tmp_path: Path) -> None:
    twin = ("LCC/1", "Something else", *ROWS[1][2:])
    path = write_register(tmp_path, [ROWS[0], twin, ROWS[0]], "register.csv")
    [read] = dry_run_file(path, {}, TODAY, buyer="GB-LAE-LDS")
    [(reason, count)] = read.rejected_by_reason.items()
    assert (count.first, read.accepted.rows) == ((4,), 2)
    assert reason == TWICE


def test_rows_without_a_reference_keep_one_key_in_every_edition(tmp_path: Path) -> None:
    keys = []
    for name, order in (("register_2026-04.csv", 1), ("register_2026-05.csv", -1)):
        path = write_register(tmp_path, [("", *row[1:]) for row in ROWS[:2]][::order], name)
        [read] = dry_run_file(path, {}, TODAY, buyer="GB-LAE-LDS")
        assert read.remarks[NO_REFERENCE] == 2
        with open_file(path, Limits()) as opened:
            [sheet] = find_agreement_sheets(opened.sheets, lambda _: {}) or []
            reads = [row.read for row in sheet.rows() if not isinstance(row.read, Skipped)]
        keys.append({each.said["reference"] for [each] in reads if isinstance(each, Entry)})
    assert keys[0] == keys[1]
    assert len(keys[0]) == 2


def _rejected_of(path: Path) -> list[Entry | Rejected]:
    with open_file(path, Limits()) as opened:
        [sheet] = find_agreement_sheets(opened.sheets, lambda _: {}) or []
        rows = [row.read for row in sheet.rows() if not isinstance(row.read, Skipped)]
    return [each for read in rows for each in read if isinstance(each, Rejected)]


def test_what_is_rejected_holds_no_frame_of_its_reading(tmp_path: Path) -> None:
    bad_release = read_release_or_record(
        release("2025-03-01", "2027-03-31", value={"amount": 2, "currency": "EUR"})
    )
    assert not isinstance(bad_release, Skipped)
    every = [
        *_rejected_of(write_register(tmp_path, ROWS[3:], "register.csv")),
        *bad_release,
        *read_grant({**GRANT, "currency": "EUR"}),
    ]
    assert len(every) == 4
    for error in every:
        assert isinstance(error, Rejected)
        assert (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)


def test_rows_that_are_met_keep_no_frame_of_their_batch(tmp_path: Path) -> None:
    path = write_register(tmp_path, [ROWS[0], ("LCC/1", *ROWS[1][1:]), ROWS[3]], "register.csv")
    with open_file(path, Limits()) as opened:
        sheets = find_agreement_sheets(opened.sheets, lambda _: {}) or []
        rows = [(0, row) for row in sheets[0].rows()]
        whose = BuyersOfFile("GB-NHS-QWO", ICB, [])
        batch = EntryBatch("", "", TODAY, sheets, ICB, whose)
        _, errors, _ = batch.meet_all(rows)
    assert len(errors) == 2
    assert [each.__traceback__ for each in errors.values()] == [None, None]


def test_the_real_register_of_exeter(data: Path) -> None:
    [read] = dry_run_file(
        data / "contracts" / "exeter_contracts_register_2026-04.csv", {}, TODAY, buyer="GB-LAE-EXE"
    )
    assert (read.rows_read, read.accepted.rows, read.shape) == (225, 219, "contract-register")
    assert list(read.rejected_by_reason) == [
        "the start is not known yet: an agreement is registered once its first day is"
    ]
