"""The sample year in the running product: every record accounted for, every promise kept."""

import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.demo import council, figures, lines, report
from deploy.demo.accounts import THE_ICB, all_agreements
from deploy.demo.agreements import EXTENDED, LED, MORE_VALUE, NOT_RECURRENT, WITH_OPTIONS
from deploy.demo.guarded import PROVIDER
from deploy.demo.lines import AGREEMENTS, IN_RENEWAL, NOTICE_THIS_WEEK
from deploy.demo.names import PROVIDERS
from deploy.demo.payments import YEAR
from deploy.demo.running import Running
from deploy.demo.steps import DemoFailed
from deploy.demo.try_it import Example, examples, show_examples, token_examples
from deploy.demo.year_before import YEAR_BEFORE
from deploy.local.ports import free_ports
from shared.money import parse_pounds
from tests.demo.conftest import Year
from tests.support.printed_figures import as_printed
from tests.support.unusable_rows import unusable_rows

PROVIDERS_OWN = f"GB-CHC-{PROVIDER.charity_number}"
UNMATCHED = ("MILLRACE RECOVERY P/SHIP (LDS)", "KESTREL GATE REFUGEE WELCOME GROUP")
VCSE = {provider.ledger_name or provider.name.upper() for provider in PROVIDERS} | {
    provider.sometimes for provider in PROVIDERS
}


def spend(run: Running, **parameters: str) -> dict[str, Any]:
    answer: dict[str, Any] = run.get("api", "/v1/spend", financial_year=YEAR, **parameters)
    return answer


def test_the_control_totals_are_those_of_what_was_sent(year: Year) -> None:
    assert year.played.totals == year.played.sample.totals()


def test_what_cannot_be_used_is_quarantined_with_its_reason(year: Year) -> None:
    reasons = sorted(reject["reason"] for reject in year.played.rejects)
    assert len(reasons) == len(year.played.sample.unusable) + unusable_rows(year.played.sample)
    for words in (
        "not JSON",
        "amount is not an amount of pounds",
        "payment_date must be a date",
        "GB-LAE-ZZZ",
        "null byte",
        "an event of this type is not taken here",
        "a payment with the same source and id but another amount",
        "payment_date is not a date",
        "amount is not pounds and pence",
        "payee is blank",
    ):
        assert [reason for reason in reasons if words in reason], (words, reasons)


def test_programmes_are_paid_what_the_ledger_says(year: Year) -> None:
    paid: Counter[str | None] = Counter()
    vcse: Counter[str | None] = Counter()
    for posting in year.played.sample.payments:
        programme, pence = posting.data.get("programme"), posting.data["amount_pence"]
        paid[programme] += pence
        if posting.data["payee"] in VCSE and posting.data["payee"] not in UNMATCHED:
            vcse[programme] += pence
    rows = spend(year.run, group_by="programme", buyer=lines.BUYER)["rows"]
    assert {row["programme"]: parse_pounds(row["amount"]) for row in rows} == paid
    counted = {
        row["programme"]: parse_pounds(row["definitions"]["community-interest"]["amount"])
        for row in rows
    }
    assert {name: pence for name, pence in counted.items() if pence} == vcse


def test_the_council_is_read_by_its_own_map_of_codes(year: Year) -> None:
    named = {" ".join(unit.lower().split()): words for unit, *words in council.CODES}
    paid: Counter[tuple[str | None, str]] = Counter()
    heads: Counter[str | None] = Counter()
    for row in council.council_rows():
        if row.pence is not None:
            programme, head = named.get(row.organisational_unit.lower()) or ("", "")
            paid[programme or None, "mapped" if programme else "unmapped"] += row.pence
            heads[" ".join(head.title().split()) or None] += row.pence
    rows = spend(year.run, group_by="programme", buyer=council.BUYER)["rows"]
    assert {
        (row["programme"], row["programme_state"]): parse_pounds(row["amount"]) for row in rows
    } == paid
    rows = spend(year.run, group_by="budget_head", buyer=council.BUYER)["rows"]
    assert {row["budget_head"]: parse_pounds(row["amount"]) for row in rows} == heads


def test_what_does_not_count_is_what_was_paid_to_names_in_no_register(year: Year) -> None:
    answer = spend(year.run, buyer=lines.BUYER)
    counted = parse_pounds(answer["definitions"]["community-interest"]["amount"])
    agreed = sum(line.pounds * 100 for agreement in AGREEMENTS for line in agreement.lines)
    unmatched = sum(
        posting.data["amount_pence"]
        for posting in year.played.sample.payments
        if posting.data["payee"] in UNMATCHED
    )
    assert agreed - counted == unmatched == 32_056_248


def test_charities_count_under_both_definitions_others_under_one(year: Year) -> None:
    answer = spend(year.run, group_by="organisation", buyer=lines.BUYER)
    forms = {provider.name.upper(): provider for provider in PROVIDERS}
    for row in answer["rows"]:
        provider = forms.get((row["organisation_name"] or "").upper())
        if provider is not None:
            charity = parse_pounds(row["definitions"]["registered-charity"]["amount"])
            assert (charity > 0) is (provider.charity_number is not None), provider.name
            assert parse_pounds(row["definitions"]["community-interest"]["amount"]) > 0


def test_coverage_shows_what_is_redacted_unmatched_and_to_be_reviewed(year: Year) -> None:
    rows = {row["buyer"]: row for row in spend(year.run, group_by="buyer")["rows"]}
    of_council = rows[council.BUYER]["coverage"]["lines"]
    redacted = sum(
        row.beneficiary_name in ("REDACTED PERSONAL DATA", "NAME WITHHELD")
        for row in year.played.sample.council_rows
    )
    assert of_council["redacted"] == pytest.approx(
        redacted / rows[council.BUYER]["lines"], abs=1e-6
    )
    assert rows[lines.BUYER]["coverage"]["pounds"]["review"] > 0
    assert rows[lines.BUYER]["coverage"]["pounds"]["unmatched"] > 0
    assert rows[lines.BUYER]["coverage"]["pounds"]["awaiting"] == 0


def test_a_name_that_matches_nothing_is_withheld(year: Year) -> None:
    payments = year.run.get("api", "/v1/payments", buyer=council.BUYER, limit=500)["items"]
    sole_traders = [p for p in payments if p["organisation"] is None and p["withheld"]]
    assert sole_traders
    assert all(payment["payee"] is None for payment in sole_traders)
    assert "ARKENDALE" not in json.dumps(payments)


def test_the_42_lines_stand_in_the_register_with_23_providers(year: Year) -> None:
    agreements = all_agreements(year.run)
    assert len(agreements) == len(AGREEMENTS)
    assert sum(len(agreement["lines"]) for agreement in agreements) == figures.LINES
    assert len({agreement["supplier_id"] for agreement in agreements}) == figures.PROVIDERS


def test_agreements_are_shown_with_what_they_say_beyond_an_end_date(year: Year) -> None:
    by_reference = {each["reference"]: each for each in all_agreements(year.run)}
    options = by_reference[WITH_OPTIONS]["extension_options"]
    assert [each["used"] for each in options] == [False, False]
    assert by_reference[WITH_OPTIONS]["notice_terms"]["buyer_period"] == "P12M"
    extended = by_reference[EXTENDED]
    assert [each["used"] for each in extended["extension_options"]] == [True, False]
    assert "beyond-maximum-end" not in extended["marks"]
    assert [line["recurrent"] for line in by_reference[NOT_RECURRENT]["lines"]] == [True, False]
    members = by_reference[LED]["members"]
    assert [each["share_percent"] for each in members] == ["20.00", "7.50"]
    more = by_reference[MORE_VALUE]
    amounts = [Decimal(each["amount"]) for each in more["by_year"][:2]]
    assert amounts[0] < amounts[1] == Decimal(more["annual_amount"])
    told = by_reference[NOTICE_THIS_WEEK]
    assert told["contacts_confirmed_on"] == year.today.replace(day=1).isoformat()
    assert told["contacts"] is None, "no one has shown to be an officer"
    [undated] = [each for each in by_reference.values() if each["end"] is None]
    assert undated["marks"] == ["no-end-date"]
    assert [each["kind"] for each in undated["obligations"]] == ["end-date"]


def test_the_provider_is_told_in_the_week_of_the_last_safe_notice_day(year: Year) -> None:
    [told] = [
        message.event["data"]
        for message in year.played.messages
        if message.event["type"] == "notice.due.v1"
        and message.event["data"]["reference"] == NOTICE_THIS_WEEK
        and message.recipient == "Kestrel Gate Community Mental Health"
    ]
    last = date.fromisoformat(told["last_safe_service"])
    assert year.today <= last < year.today + timedelta(days=7)
    assert told["notice_period"] == "P6M"


def test_the_provider_in_renewal_is_told_its_stage(year: Year) -> None:
    stages = [
        message.event["data"]["stage"]
        for message in year.played.messages
        if message.event["type"] == "renewal.approaching.v1"
        and message.event["data"]["reference"] == IN_RENEWAL
        and message.recipient == "Millrace Neighbourhood Network"
    ]
    assert stages == ["P6M"]


def test_no_message_was_refused_and_none_went_astray(year: Year) -> None:
    assert year.receiver.refused == 0
    for message in year.played.messages:
        if message.recipient != THE_ICB:
            assert message.event["data"]["provider"] == message.recipient


def test_the_report_prints_the_papers_figures_beside_ours(year: Year) -> None:
    console = Console(file=StringIO(), width=160)
    report.show_accounts(console, year.played)
    report.show_quarantine(console, year.played)
    report.show_remarks(console, year.run, report.show_spend(console, year.run))
    report.show_bridge(console, year.run)
    report.show_coverage(console, year.run)
    report.show_messages(console, year.played, year.today)
    assert isinstance(console.file, StringIO)
    said = console.file.getvalue()
    assert "DO NOT" not in said
    for programme, printed in figures.PROGRAMMES.items():
        assert re.search(rf"{programme} +£{printed}m", said)
    assert "£19,870,000" in said
    assert "£320,562" in said
    assert "between 67.9% and 73.0%" in " ".join(said.split())
    for reject in year.played.rejects:
        assert reject["reason"][:30] in said


def community_interest(run: Running, **parameters: str) -> int:
    answer = run.get("api", "/v1/spend", buyer=lines.BUYER, **parameters)
    return parse_pounds(answer["definitions"]["community-interest"]["amount"])


def test_the_year_before_is_told_as_it_was_known_then_and_as_it_is_known_today(year: Year) -> None:
    before = {"financial_year": YEAR_BEFORE}
    slip = year.played.sample.before.slip
    then = community_interest(year.run, **before, as_known_at=report.KNOWN_AT.isoformat())
    since = slip.right - slip.posted + 96_000_00
    assert community_interest(year.run, **before) == then + since
    bridge = year.run.get(
        *("api", "/v1/spend/bridge"),
        **{"from": YEAR_BEFORE, "to": YEAR, "from_known_at": report.KNOWN_AT.isoformat()},
        buyer=lines.BUYER,
        definition="community-interest",
    )
    parts = {each["component"]: each for each in bridge["components"]}
    told = {name: parse_pounds(each["amount"]) for name, each in parts.items()}
    assert told["corrections"] == slip.right - slip.posted == -45_000_00
    assert told["reclassified"] == 96_000_00
    assert told["new-providers"] == 116_000_00
    assert told["ended"] == -24_000_00
    assert parts["moved-between-programmes"]["increase"] == "82000.00"
    assert told["uplift"] > 0
    assert sum(told.values()) == parse_pounds(bridge["change"])


def test_the_statement_tells_the_change_of_what_was_paid(year: Year) -> None:
    document = year.run.get("api", f"/v1/statements/{lines.BUYER}/{YEAR}")
    values = {
        each["key"]: each["value"] for part in document["sections"] for each in part["figures"]
    }
    assert Decimal(values["agreed.change"]) == -550_000
    assert Decimal(values["paid.change"]) != 0


def test_the_councils_grants_can_be_published(year: Year) -> None:
    asked = {"buyer": council.BUYER, "financial_year": YEAR_BEFORE}
    package = year.run.get("api", "/v1/exports/360giving", **asked)
    assert len(package["grants"]) == 9
    problems = year.run.get("api", "/v1/exports/360giving/problems", **asked)
    assert problems["left_out"]["rows"] == 1, "a name without a number waits for a person"
    sheet = httpx.get(
        f"{year.run.services.url('api')}/v1/exports/vcse-grants",
        params=asked | {"definition": "community-interest"},
    )
    assert len(sheet.text.splitlines()) == 1 + 9


def lines_to_try(year: Year) -> list[Example]:
    link = report.notice_this_week(year.played)["acknowledgeurl"]
    return examples(year.run, year.receiver, year.today, link)


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")


@needs_curl
def test_every_line_to_try_works(year: Year) -> None:
    found = lines_to_try(year)
    console = Console(file=StringIO(), width=80)
    show_examples(console, year.run, found)
    assert isinstance(console.file, StringIO)
    printed = console.file.getvalue().splitlines()
    assert any('"£19m"' in line for line in printed), "pounds are printed as they are typed"
    for example in found:
        assert example.line in printed, "a line is printed whole, to be pasted"
        answer = answer_to(example.line)
        assert "status" not in answer, answer
        assert answer, example.does


def answer_to(line: str) -> Any:
    """What a shell prints of it: JSON, or a sheet as text."""
    said = subprocess.check_output(["/bin/sh", "-c", line], text=True, timeout=30)
    return json.loads(said) if said.startswith("{") else said


@needs_curl
def test_the_lines_with_tokens_show_what_each_may_see(year: Year) -> None:
    refused, officers, own, agreements, snippets = [
        each.line for each in token_examples(year.run, year.now)
    ]
    assert answer_to(refused)["status"] == 401
    payees = [payment["payee"] for payment in answer_to(officers)["items"]]
    assert len(payees) == 3
    assert None not in payees
    assert {payment["organisation"] for payment in answer_to(own)["items"]} == {PROVIDERS_OWN}
    set_before = own.splitlines()[0]
    items = answer_to(f"{set_before}\n{agreements}")["items"]
    assert {each["reference"] for each in items} == {"LDS-VCSE-032", "LDS-VCSE-033"}
    token = f"{officers.splitlines()[0]}\n{snippets}\n"
    answer_to(f'{token} test -n "$LOCALPOUND_TOKEN" && test -n "$LOCALPOUND_DOOR"')


@needs_curl
def test_a_payment_posted_by_the_line_to_try_counts_once(year: Year) -> None:
    [line] = [e.line for e in lines_to_try(year) if "TRY-1" in e.line]
    other_key = line.replace("try-1", "try-2")
    answers = [
        json.loads(subprocess.check_output(["/bin/sh", "-c", each], text=True))
        for each in (line, other_key)
    ]
    ids = {payment for answer in answers for payment in answer["payment_ids"]}
    assert len(ids) == 1
    assert answers[1]["already_known"] == 1


def test_a_command_that_fails_says_what_it_was_told(year: Year) -> None:
    with pytest.raises(DemoFailed, match=r"(?s)services.ingest import .* ended with 2:.*nowhere"):
        year.run.command("services.ingest", "import", "nowhere.csv", "--buyer", lines.BUYER)


def test_a_door_that_refuses_is_quoted(year: Year) -> None:
    with pytest.raises(DemoFailed, match=r"api refused GET .*colour: 422 .*programme"):
        year.run.get("api", "/v1/spend", group_by="colour")


def test_a_service_that_is_gone_is_named(year: Year) -> None:
    [port] = free_ports(1)
    gone = replace(year.run.services, ports=year.run.services.ports | {"api": port})
    with pytest.raises(DemoFailed, match="api does not answer"):
        replace(year.run, services=gone).get("api", "/v1/totals")


def test_the_total_of_the_paper_is_what_the_agreements_come_to(year: Year) -> None:
    pounds = sum(
        Decimal(line["annual_amount"])
        for agreement in all_agreements(year.run)
        for line in agreement["lines"]
    )
    assert as_printed(int(pounds * 100), figures.TOTAL) == figures.TOTAL
