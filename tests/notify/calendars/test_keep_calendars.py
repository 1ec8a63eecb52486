"""Bank holidays are kept for all replicas; a change plans anew what counts by them."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.notify.__main__ import cli
from services.notify.calendars.keep_calendars import (
    keep_shipped_calendars,
    load_calendar,
    warn_where_it_ends,
)
from services.notify.dates.bank_holidays import (
    SHIPPED,
    SHIPPED_AS_AT,
    Calendars,
    read_file,
    shipped_calendars,
)
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.queries.calendars import LoadedKind
from shared.errors import Rejected
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.conftest import Desk
from tests.notify.facts import NOW, TODAY, registered, with_policy
from tests.notify.receiver import Receiver

JUBILEE = date(2027, 3, 22)
BY_WORKING_DAYS = NoticeTerms(buyer_period="130WD")


def extra(*days: date) -> str:
    events = [
        {"title": "Proclaimed", "date": day.isoformat(), "notes": "", "bunting": True}
        for day in days
    ]
    return json.dumps({"england-and-wales": {"division": "england-and-wales", "events": events}})


def cut_to(year: str) -> str:
    """What is shipped, as a file that ends with a year."""
    published = json.loads(read_file(SHIPPED))
    for division in published.values():
        division["events"] = [one for one in division["events"] if one["date"] < f"{year}-12-31"]
    return json.dumps(published)


async def load(desk: Desk, content: str, kind: LoadedKind = "extra") -> Calendars:
    _, after = await load_calendar(desk.engine, kind, content, TODAY, NOW)
    return after


async def test_what_is_shipped_is_in_force_until_something_newer_is_loaded(desk: Desk) -> None:
    assert (await keep_shipped_calendars(desk.engine, NOW)).digest == shipped_calendars().digest
    assert await desk.rows("select count(*) from calendars") == [(1,)]
    later = SHIPPED_AS_AT.replace(month=12)
    before, after = await load_calendar(desk.engine, "published", cut_to("2027"), later, NOW)
    assert [one.of(None).confirmed for one in (before, after)] == [
        date(2028, 12, 31),
        date(2027, 12, 31),
    ]
    in_force = await keep_shipped_calendars(desk.engine, NOW)
    assert in_force.digest == after.digest


async def test_days_shipped_beyond_a_shorter_file_go_on_to_count(desk: Desk) -> None:
    """20 working days before 2 May 2028 cross Easter, which the file does not reach."""
    terms = NoticeTerms(buyer_period="20WD", clear=False)
    await adopt_plans(desk.engine, Plans(2, (with_policy(load_plans().default, None),)), NOW)
    await desk.tell(registered(end=date(2028, 5, 2), notice_terms=terms))
    before, after = await load_calendar(desk.engine, "published", cut_to("2027"), TODAY, NOW)
    assert after.of(None).holidays == before.of(None).holidays
    assert await desk.plan_outdated() == 1
    [(due_on, rule)] = await desk.rows("select due_on, rule from obligations where kind = 'notice'")
    assert due_on == date(2028, 3, 30)
    assert "that was loaded ends on 2027-12-31: it does not confirm the later days" in rule


@pytest.mark.parametrize("kind", ["published", "extra"])
async def test_the_right_calendar_comes_back_into_force_on_the_day_of_a_wrong_one(
    desk: Desk, kind: LoadedKind
) -> None:
    right, wrong = (
        (read_file(SHIPPED), cut_to("2026")) if kind == "published" else (extra(JUBILEE), "{}")
    )
    first = await load(desk, right, kind)
    assert (await load(desk, wrong, kind)).digest != first.digest
    assert (await load(desk, right, kind)).digest == first.digest
    kept = await desk.rows("select count(*) from calendars")
    await load(desk, right, kind)
    assert await desk.rows("select count(*) from calendars") == kept, "once more adds nothing"


def test_a_calendar_that_ends_within_a_year_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    warn_where_it_ends(shipped_calendars(), date(2027, 12, 31))
    assert "calendar.ends" not in capsys.readouterr().out
    warn_where_it_ends(shipped_calendars(), date(2028, 1, 2))
    assert capsys.readouterr().out.count("calendar.ends") == 3


async def test_extra_days_stay_when_the_published_ones_are_loaded_again(desk: Desk) -> None:
    await load(desk, extra(JUBILEE))
    after = await load(desk, read_file(SHIPPED), "published")
    assert not after.of(None).is_working_day(JUBILEE)
    assert after.of("scotland").is_working_day(JUBILEE)
    assert (await load(desk, "{}")).of(None).is_working_day(JUBILEE), "the next file replaces them"


async def test_a_calendar_that_can_not_be_used_is_not_kept(desk: Desk) -> None:
    with pytest.raises(Rejected, match="is missing"):
        await load(desk, extra(JUBILEE), "published")
    assert (await keep_shipped_calendars(desk.engine, NOW)).digest == shipped_calendars().digest


async def test_a_new_bank_holiday_moves_the_notice_once_and_only_where_it_counts(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1", "notice.withdrawn.v1"])
    await desk.tell(registered("LCC/1", notice_terms=BY_WORKING_DAYS), registered("LCC/2"))
    await desk.raise_due()
    await desk.deliver()
    first = {one.event["data"]["reference"]: one.event["data"] for one in receiver.requests}
    assert first["LCC/1"]["last_safe_service"] == "2026-09-22"
    assert first["LCC/1"]["notice_period"] == "130WD"
    await load(desk, extra(JUBILEE))
    assert [await desk.plan_outdated() for _ in range(3)] == [1, 0, 0]
    await desk.raise_due()
    await desk.deliver()
    taken_back, again = (one.event["data"] for one in receiver.requests[2:])
    assert "the bank holidays that they count by" in taken_back["reason"]
    assert again["last_safe_service"] == "2026-09-21"
    await load(desk, "{}")
    assert await desk.plan_outdated() == 1
    await desk.raise_due()
    await desk.deliver()
    assert receiver.requests[-1].event["data"]["last_safe_service"] == "2026-09-22"
    assert [one.type for one in receiver.requests] == [
        *["notice.due.v1"] * 2,
        *["notice.withdrawn.v1", "notice.due.v1"] * 2,
    ]


async def test_deemed_service_in_working_days_counts_by_them_too(desk: Desk) -> None:
    deemed = (DeemedService(channel="post", rule="2WD"),)
    await desk.tell(registered(notice_terms=NoticeTerms(buyer_period="P6M", deemed_service=deemed)))
    [(rule,)] = await desk.rows("select rule from obligations where kind = 'notice'")
    assert "by post it counts as served by then if sent by Monday 28 September 2026" in rule
    await load(desk, extra(date(2026, 9, 29)))
    assert await desk.plan_outdated() == 1
    [(rule,)] = await desk.rows("select rule from obligations where kind = 'notice'")
    assert "sent by Sunday 27 September 2026" in rule


async def test_a_last_day_to_send_that_moves_is_told_though_the_day_to_serve_stays(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    deemed = (DeemedService(channel="post", rule="2WD"),)
    terms = NoticeTerms(buyer_period="P6M", clear=False, deemed_service=deemed)
    await desk.tell(registered(notice_terms=terms))
    await desk.raise_due()
    await desk.deliver()
    await load(desk, extra(date(2026, 9, 29)))
    assert await desk.plan_outdated() == 1
    await desk.raise_due()
    await desk.deliver()
    told, taken_back, anew = (one.event for one in receiver.requests)
    assert "sent by Monday 28 September 2026" in told["data"]["rule"]
    assert "sent by Sunday 27 September 2026" in anew["data"]["rule"]
    assert taken_back["data"]["obligation_id"] == told["data"]["obligation_id"]
    assert told["data"]["last_safe_service"] == anew["data"]["last_safe_service"] == "2026-09-30"
    assert "sent by Monday 28 September 2026" in " ".join(taken_back["message"].split())


def test_the_command_line_loads_and_shows(
    stack: Addresses, prefix: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_DATABASE_SCHEMA", f"{prefix}_notify")
    file = tmp_path / "bank-holidays.json"
    file.write_text(extra(JUBILEE))
    wrong = CliRunner().invoke(cli, ["calendar", "load", str(file)])
    assert wrong.exit_code == 2
    assert "northern-ireland is missing" in wrong.stderr
    loaded = CliRunner().invoke(cli, ["calendar", "load", "--extra", str(file)])
    assert loaded.exit_code == 0, loaded.stderr
    assert loaded.stdout.splitlines()[0] == "england-and-wales + 2027-03-22"
    shorter = tmp_path / "shorter.json"
    shorter.write_text(cut_to("2027"))
    less = CliRunner().invoke(cli, ["calendar", "load", str(shorter)])
    assert "england-and-wales: what is loaded ends on 2027-12-31" in less.stderr
    assert less.stdout.splitlines()[-1].endswith("to 2028-12-31, confirmed to 2027-12-31")
    assert CliRunner().invoke(cli, ["calendar", "load", str(SHIPPED)]).stderr == ""
    shown = CliRunner().invoke(cli, ["calendar", "show"]).stdout.splitlines()
    assert "england-and-wales 2027-03-22 Mon" in shown
    assert shown[-1].endswith("known from 2019-01-01 to 2028-12-31")
