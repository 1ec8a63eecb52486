"""Notice arithmetic at the command line: one date on standard output, the rest beside it."""

import json
import shlex
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner, Result

from services.notify.__main__ import cli
from services.notify.dates.bank_holidays import SHIPPED
from services.notify.dates.clause import Clause, latest_service
from services.notify.notices.notice_term import notice_term
from services.notify.planning.plan import load_plans
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.dates.oracle import DAYS, ENGLAND, PERIODS
from tests.notify.facts import BUYER, CALENDARS, with_policy


def run(command: str) -> Result:
    return CliRunner().invoke(cli, ["dates", *shlex.split(command)])


@pytest.mark.parametrize(
    ("command", "day"),
    [
        ("expires --served 2024-09-30 --notice P4M", "2025-01-30"),
        ("expires --served 2024-10-31 --notice P4M", "2025-02-28"),
        ("expires --served 2023-10-31 --notice P4M", "2024-02-29"),
        ("expires --served 2026-08-31 --notice P6M --clear", "2027-03-01"),
        ("expires --served 2026-03-25 --notice 8WD", "2026-04-08"),
        ("expires --served 2026-12-23 --notice 8WD", "2027-01-07"),
        ("expires --served 2026-04-02 --notice 1WD --division scotland", "2026-04-06"),
        ("expires --sent 2026-12-24T16:59 --deemed 0WD@17:00 --notice P3M", "2027-03-24"),
        ("expires --sent 2026-12-24T17:00 --deemed 0WD@17:00 --notice P3M", "2027-03-29"),
        ("expires --sent 2026-11-26 --deemed 2WD --notice P1M", "2026-12-30"),
        ("expires --served 2026-11-10 --notice P3M --expires-on month-end", "2027-02-28"),
        (
            (
                "expires --served 2026-11-10 --notice P3M --expires-on break-date"
                " --break-date 2028-03-31 --break-date 2027-03-31"
            ),
            "2027-03-31",
        ),
        ("expires --served 2026-11-10 --notice P3M --earliest-end 2027-06-30", "2027-06-30"),
        ("latest-service --end 2027-03-31 --notice P6M", "2026-09-30"),
        ("latest-service --end 2027-03-31 --notice P6M --clear", "2026-09-30"),
        ("latest-service --end 2027-03-31 --notice P3M", "2026-12-31"),
        ("latest-service --end 2027-03-31 --notice P3M --clear", "2026-12-30"),
        ("latest-service --end 2027-03-31 --notice P12M", "2026-03-31"),
        ("latest-service --end 2027-03-31 --notice P12M --clear", "2026-03-30"),
        ("latest-service --end 2027-02-28 --notice P6M", "2026-08-31"),
        ("latest-service --end 2027-02-28 --notice P6M --clear", "2026-08-27"),
        ("latest-service --end 2027-03-31 --notice P6M --deemed 2WD", "2026-09-28"),
        # Served by Saturday 27 February: posted on Thursday it is served on Monday.
        ("latest-service --end 2027-03-27 --notice P1M --deemed 2WD", "2027-02-24"),
        ("latest-service --end 2027-04-06 --notice P1W --deemed 2WD", "2027-03-24"),
        (
            "latest-service --end 2027-04-06 --notice P1W --deemed 2WD --division scotland",
            "2027-03-28",
        ),
    ],
)
def test_it_prints_one_day_and_nothing_else(command: str, day: str) -> None:
    result = run(command)
    assert (result.exit_code, result.stdout) == (0, f"{day}\n")
    assert "the day of service not counted" in result.stderr


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("latest-service --end 2027-03-31 --notice '6 mnths'", "notice must be a period"),
        ("latest-service --end 2027-02-30 --notice P6M", "end must be a date"),
        ("latest-service --end 2027-3-31 --notice P6M", "end must be a date"),
        ("latest-service --notice P6M", "end is missing"),
        ("latest-service --end 2027-03-31", "notice is missing"),
        ("latest-service --end 2027-03-31 --notice P6M --division wales", "division must be"),
        ("latest-service --end 2027-03-31 --notice P6M --deemed soon", "deemed must be a rule"),
        (
            "latest-service --end 2027-03-31 --notice P6M --start 2027-04-01",
            "end 2027-03-31 is before the start",
        ),
        (
            "latest-service --end 2027-03-31 --notice P6M --start 2026-10-02",
            "notice P6M is longer than the term",
        ),
        ("latest-service --end 2027-03-31 --notice P6M --expires-on break-date", "break_date"),
        ("latest-service --end 2027-03-31 --notice P6M --break-date 2027-03-30", "break_date"),
        (
            "latest-service --end 2027-03-31 --notice P6M --earliest-end 2027-04-01",
            "end: no notice can end it by 31 March 2027; no notice ends it before 1 April 2027",
        ),
        ("expires --notice P6M", "served: give it"),
        ("expires --served 2027-02-30 --notice P6M", "served must be a date"),
        ("expires --served 2027-02-01 --deemed 2WD --notice P6M", "deemed: belongs to sent"),
        ("expires --sent 2027-02-30 --deemed 2WD --notice P6M", "sent must be a day"),
        ("expires --sent tomorrow --deemed 2WD --notice P6M", "sent must be a moment"),
        ("expires --sent 2027-02-01 --deemed 0WD@17:00 --notice P6M", "sent needs the time"),
        (
            (
                "expires --served 2027-02-01 --notice P6M --expires-on break-date"
                " --break-date 2027-03-31"
            ),
            "break_date: none is left",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_field(command: str, says: str) -> None:
    result = run(command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_more_careful_reading_is_told_beside_the_plain_one() -> None:
    stderr = run("latest-service --end 2027-02-28 --notice P6M").stderr
    assert "served by 27 August 2026 it ends by 28 February 2027" in stderr
    assert "not counted in clear days, as printed, it may be served by 31 August 2026" in stderr
    same = run("latest-service --end 2027-03-31 --notice P6M").stderr
    assert "in clear days too" in same
    assert "as printed" not in same
    asked_for = run("latest-service --end 2027-02-28 --notice P6M --clear").stderr
    assert "as printed" not in asked_for


def test_notice_as_long_as_the_term_is_served_on_its_eve() -> None:
    """As the register accepts it, and the service plans it."""
    eve = run("latest-service --start 2026-04-01 --end 2027-03-31 --notice P1Y")
    assert (eve.exit_code, eve.stdout) == (0, "2026-03-31\n")
    assert "31 March 2026 is before the agreement starts" in eve.stderr
    longer = run("latest-service --start 2026-04-01 --end 2027-03-31 --notice P1Y1D")
    assert longer.exit_code == 2
    assert "is longer than the term" in longer.stderr


def test_the_command_line_says_what_the_service_plans() -> None:
    """One arithmetic, in the agreement's own reading: the day, the rule, by when to send."""
    notice = NoticeTerms(
        buyer_period="60WD",
        clear=True,
        expires_on="month-end",
        deemed_service=(DeemedService(channel="this-channel", rule="2WD"),),
    )
    plan = with_policy(load_plans().default, None)
    term = notice_term(notice, plan, BUYER, date(2029, 3, 15), CALENDARS)
    assert term is not None
    said = run(
        "latest-service --end 2029-03-15 --notice 60WD --clear --expires-on month-end --deemed 2WD"
    )
    assert said.stdout == f"{term.send_by[0].day}\n"
    told = said.stderr.replace(
        "60 working days' notice;", "60 working days' notice by the agreement;"
    )
    told = told.replace("; the day of service not counted", "").replace("WARNING: ", "")
    assert told.splitlines()[:2] == [*term.rule.split("; sent by")[:1], term.send_by[0].in_words]
    assert told.splitlines()[-1] in term.rule


def test_a_day_that_is_no_working_day_is_told() -> None:
    stderr = run("latest-service --end 2027-03-30 --notice 2WD --deemed 0D").stderr
    assert "27 March 2027, Saturday" not in stderr
    stderr = run("latest-service --end 2027-03-28 --notice P1W").stderr
    assert "21 March 2027, Sunday, is no working day" in stderr


def test_it_warns_where_the_calendar_ends_only_if_that_matters() -> None:
    far = run("latest-service --end 2030-03-31 --notice 10WD")
    assert far.stderr.splitlines()[-1].startswith(
        "WARNING: the calendar of bank holidays (england-and-wales) ends on 2028-12-31"
    )
    assert far.stdout == "2030-03-17\n"
    assert "WARNING" in run("expires --served 2018-12-20 --notice 10WD").stderr
    assert "WARNING" not in run("latest-service --end 2030-03-31 --notice P6M").stderr
    assert "WARNING" in run("latest-service --end 2030-03-31 --notice P6M --deemed 2WD").stderr
    known = "--end 2029-03-31 --notice P6M --deemed 2WD"
    assert "WARNING" not in run(f"latest-service {known}").stderr
    sent = "--sent 2028-09-26 --notice P6M --deemed 2WD"
    assert "WARNING" not in run(f"expires {sent}").stderr


def test_bank_holidays_come_from_a_file_where_one_is_given(tmp_path: Path) -> None:
    file = tmp_path / "extra.json"
    event = {"title": "Proclaimed", "date": "2026-06-15", "notes": "", "bunting": True}
    division = {"division": "england-and-wales", "events": [event]}
    file.write_text(json.dumps({"england-and-wales": division}))
    asked = "expires --served 2026-06-12 --notice 1WD"
    assert run(asked).stdout == "2026-06-15\n"
    assert run(f"{asked} --extra-days {file}").stdout == "2026-06-16\n"
    broken = run(f"{asked} --calendar {file}")
    assert (broken.exit_code, broken.stdout) == (2, "")
    assert "northern-ireland is missing" in broken.stderr
    shorter = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for one in shorter.values():
        one["events"] = [event for event in one["events"] if event["date"] < "2028"]
    file.write_text(json.dumps(shorter))
    crosses_easter = "latest-service --end 2028-05-02 --notice 20WD"
    by_less = run(f"{crosses_easter} --calendar {file}")
    assert by_less.stdout == run(crosses_easter).stdout == "2028-03-30\n"
    assert "WARNING" in by_less.stderr
    missing = run(f"{asked} --calendar {tmp_path / 'none.json'}")
    assert missing.exit_code == 2
    assert "none.json can't be read" in missing.stderr


@settings(deadline=None)  # a command line starts each time
@given(DAYS, PERIODS)
def test_it_prints_what_the_rules_say(end: date, period: str) -> None:
    for clear in (True, False):
        result = run(f"latest-service --end {end} --notice {period}" + " --clear" * clear)
        expected = latest_service(end, Clause(period, ENGLAND), clear=clear)
        assert result.stdout == f"{expected}\n"
