"""The sample year: the same each time, true to its own totals, with dates that follow today."""

import csv
import gzip
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.agreements import pence_before
from deploy.demo.council import write_council_file
from deploy.demo.lines import AGREEMENTS, BUYER, IN_RENEWAL, NOTICE_THIS_WEEK
from deploy.demo.names import OTHER_CHARITIES, PROVIDERS, Provider
from deploy.demo.payments import instalments
from deploy.demo.registers import write_registers
from deploy.demo.sample import make_sample
from deploy.demo.year_before import NEW_SINCE
from services.ingest.agreements.agreement import Standing
from services.ingest.agreements.next_steps import next_steps
from services.ingest.agreements.read_agreement import read_agreement
from services.ingest.buyers.buyer import Buyer
from shared.envelope import Envelope, read_posted
from shared.errors import Rejected
from shared.events import PaymentPosted
from shared.identity import normalise_payee
from shared.money import parse_pounds
from tests.support.unusable_rows import unusable_rows

TODAY = date(2026, 11, 23)
SAMPLE = make_sample(TODAY)
BUYERS = {BUYER: Buyer(BUYER, "NHS West Yorkshire ICB", "integrated care board")}
BY_REFERENCE = {agreement.reference: agreement for agreement in AGREEMENTS}


def test_it_is_the_same_each_time() -> None:
    assert make_sample(TODAY) == SAMPLE


def test_payments_of_a_line_come_to_its_yearly_amount_whatever_was_paid_twice() -> None:
    paid: Counter[tuple[str, str]] = Counter()
    for posting in SAMPLE.payments:
        if "reference" in posting.data:
            key = (posting.data["reference"], posting.data["programme"])
            paid[key] += posting.data["amount_pence"]
    agreed: Counter[tuple[str, str]] = Counter()
    for agreement in AGREEMENTS:
        for line in agreement.lines:
            agreed[agreement.reference, line.programme] += line.pounds * 100
    assert paid == agreed
    assert any(posting.data["amount_pence"] < 0 for posting in SAMPLE.payments)


def test_the_year_before_comes_to_what_was_agreed_then_once_the_slip_is_right() -> None:
    before = SAMPLE.before
    paid = {each.id: each.data["amount_pence"] for each in before.payments}
    assert paid[before.slip.id] == before.slip.posted
    to_providers = sum(
        before.slip.right if each.id == before.slip.id else each.data["amount_pence"]
        for each in before.payments
        if "reference" in each.data
    )
    agreed = sum(
        pence_before(agreement, line)
        for agreement in AGREEMENTS
        for line in agreement.lines
        if agreement.provider.name != NEW_SINCE
    )
    assert to_providers == agreed
    for each in before.payments:
        said = {name: value for name, value in each.data.items() if value is not None}
        payment = read_posted(PaymentPosted, orjson.dumps(said))
        assert date(2023, 4, 1) <= payment.payment_date <= date(2024, 3, 31)


def test_every_payment_is_one_that_the_door_takes_and_falls_in_2024_25() -> None:
    ids = {posting.id for posting in SAMPLE.payments}
    assert len(ids) == len(SAMPLE.payments)
    for posting in SAMPLE.payments:
        payment = read_posted(PaymentPosted, orjson.dumps(posting.data))
        assert date(2024, 4, 1) <= payment.payment_date <= date(2025, 3, 31)
        assert payment.payment_date.weekday() < 5 or (payment.amount_pence or 0) < 0


def test_every_agreement_is_one_that_the_door_takes() -> None:
    standings: dict[str, Standing] = {}
    for fact in SAMPLE.agreements:
        event = Envelope(fact.id, "/x", fact.type, orjson.dumps(fact.data))
        said = read_agreement(event, BUYERS, datetime(2026, 11, 23, tzinfo=UTC))
        standing = standings.get(said.agreement_id, Standing())
        for step in next_steps(standing, said):
            standing = standing.after(step)
        standings[said.agreement_id] = standing
    assert all(standing.registered for standing in standings.values())
    now = [(s.terms_on(TODAY.isoformat()) or {})["lines"] for s in standings.values()]
    agreed = [line.pounds * 100 for agreement in AGREEMENTS for line in agreement.lines]
    assert sorted(line["annual_amount_pence"] for one in now for line in one) == sorted(agreed)


def test_what_can_be_told_of_a_record_alone_is_wrong_in_the_unusable_ones() -> None:
    known, unknown_buyer, reused, version = [], 0, 0, 0
    for record in SAMPLE.unusable:
        try:
            payment = read_posted(PaymentPosted, record.value)
        except Rejected as error:
            known.append(error.reason)
            continue
        version += record.type != PaymentPosted.TYPE
        unknown_buyer += payment.buyer == "GB-LAE-ZZZ"
        reused += any(record.id == posting.id for posting in SAMPLE.payments)
    assert len(known) == 3
    assert (unknown_buyer, reused, version) == (1, 1, 1)
    assert sum(payment_is_not_money(record.value) for record in SAMPLE.unusable) == 1


def payment_is_not_money(value: bytes) -> bool:
    try:
        parse_pounds(orjson.loads(value).get("amount", "1"))
    except (Rejected, orjson.JSONDecodeError) as error:
        return isinstance(error, Rejected)
    return False


def test_the_totals_are_those_of_what_is_sent(tmp_path: Path) -> None:
    totals = SAMPLE.totals()
    icb = sum(total.pence for (buyer, _), total in totals.items() if buyer == BUYER)
    slip = SAMPLE.before.slip
    posted = (*SAMPLE.before.payments, *SAMPLE.payments)
    assert icb == sum(each.data["amount_pence"] for each in posted) + slip.right - slip.posted
    with write_council_file(tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    usable = [row for row in rows if "/" in row["payment_date"] and row["beneficiary_name"]]
    pence = [parse_pounds(row["amount"]) for row in usable if row["amount"] != "see remittance"]
    assert sum(pence) == sum(t.pence for (buyer, _), t in totals.items() if buyer != BUYER)
    assert len(rows) - len(pence) == unusable_rows(SAMPLE) == 3
    assert {month for buyer, month in totals if buyer != BUYER or month >= "2024-04"} == {
        *(f"2024-{month:02}" for month in range(4, 13)),
        *(f"2025-{month:02}" for month in range(1, 4)),
    }


def test_the_councils_file_holds_two_equal_rows_that_are_both_real() -> None:
    counted = Counter(row[:4] for row in SAMPLE.council_rows)
    assert sorted(counted.values())[-2:] == [1, 2]


@given(st.dates(date(2025, 4, 1), date(2040, 12, 31)))
def test_ends_follow_today(today: date) -> None:
    ends = {agreement.reference: end for agreement in AGREEMENTS if (end := agreement.end(today))}
    assert len(ends) == len(AGREEMENTS) - 1
    assert all(today < end <= today + relativedelta(months=24, day=31) for end in ends.values())
    assert ends[IN_RENEWAL] <= today + relativedelta(months=6)


@given(st.dates(date(2025, 4, 1), date(2040, 12, 31)))
def test_the_last_safe_day_of_six_months_notice_is_within_a_week(today: date) -> None:
    end = BY_REFERENCE[NOTICE_THIS_WEEK].end(today)
    assert end is not None
    in_time = [
        day
        for day in (today + timedelta(days=days) for days in range(-3, 12))
        if day + relativedelta(months=6) < end
    ]
    assert today + timedelta(days=2) <= max(in_time) <= today + timedelta(days=6)


@given(st.integers(1, 10**9), st.integers(1, 12))
def test_instalments_come_to_the_whole(pence: int, count: int) -> None:
    parts = instalments(pence, count)
    assert sum(parts) == pence
    assert len(parts) == count


def test_registers_hold_the_providers_but_the_one_that_is_in_none(tmp_path: Path) -> None:
    write_registers(tmp_path)
    names: Counter[str] = Counter()
    for path in tmp_path.glob("*.csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            names.update(row["name"].upper() for row in csv.DictReader(file) if "name" in row)
    missing = [provider.name for provider in PROVIDERS if not names[provider.name.upper()]]
    assert missing == ["Kestrel Gate Refugee Welcome Group"]
    assert names["HOLLINGARTH YOUTH COUNSELLING"] == 2


def test_no_invented_organisation_is_a_real_one(data: Path) -> None:
    invented = {normalise_payee(provider.name) for provider in (*PROVIDERS, *OTHER_CHARITIES)}
    for register in ("charities_england_wales", "organisation_names_uk"):
        path = data / "registers" / f"{register}.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            real = {normalise_payee(row["name"]) for row in csv.DictReader(file)}
        assert len(real) > 100_000
        assert not invented & real


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_numbers_are_of_a_range_that_no_register_gives(provider: Provider) -> None:
    number = provider.charity_number
    assert number is None or (len(number) == 7 and number.startswith("9"))
