"""Lengths, uplift, notices, non-recurrent money: each section by a case of the field."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from lxml import html

from services.api.asked.periods import Span, financial_year
from services.api.quality.month import months_of
from services.api.reports.read_statement import AskedStatement, so_far
from services.api.statements.document import Claim, Document
from services.api.statements.document_of import document_of
from services.api.statements.facts import Facts, Notice, Paid, PaidPart
from services.api.statements.held import Agreement, Held, Line, Provider, held_in
from services.api.statements.render import render_html, render_markdown
from tests.api.facts import notice
from tests.api.statements.test_held import agreement, version

YEAR, BEFORE = financial_year("2024-25"), financial_year("2023-24")
ALWAYS = ((date.min, date.max),)
NOBODY = Paid(PaidPart(), {}, (), frozenset())


def document(
    *agreements: Agreement,
    notices: Sequence[Notice] = (),
    claims: Sequence[Claim] = (),
    buyer_name: str | None = None,
    paid_period: Span = YEAR,
    paid: Paid = NOBODY,
) -> Document:
    facts = Facts(
        buyer="GB-NHS-QWO",
        buyer_name=buyer_name,
        financial_year="2024-25",
        period=YEAR,
        before_period=BEFORE,
        paid_period=paid_period,
        paid_before_period=BEFORE,
        definition="community-interest",
        unsettled=True,
        with_predecessors=False,
        as_known_at=None,
        held=held_in(agreements, YEAR, unsettled=True),
        before=held_in(agreements, BEFORE, unsettled=True),
        ahead={"2025-26": held_in(agreements, financial_year("2025-26"), unsettled=True)},
        paid=paid,
        paid_before=NOBODY,
        notices=notices,
        claims=claims,
    )
    return document_of(facts, title="Statement", period_name="2024-25", before_name="2023-24")


def shown(told: Document) -> dict[str, str]:
    return {one.key: one.shown for section in told.sections for one in section.figures}


def claim(figure: str, printed: str) -> Claim:
    return Claim(claim_id=uuid4(), figure=figure, printed=printed, source="NHS England")


def _raised(pence: int, *changes: str) -> Agreement:
    later = version(2, date(2024, 4, 1), lines=(("End of life", pence),))
    return agreement(version(), replace(later, changes=changes))


SURGE = Line(9, "Winter", 365_00, recurrent=False)
NET = (claim("uplift.prescribed", "2%"), claim("uplift.efficiency", "1.6%"))


@pytest.mark.parametrize(
    ("each", "applied", "behind"),
    [
        (_raised(365_00), "0.0%", "-0.4%"),
        (_raised(366_46, "value"), "0.4%", "0.0%"),
        (_raised(372_30, "value"), "2.0%", "1.6%"),
        (_raised(500_00, "specification", "value"), "not known", "not known"),
        (agreement(version(start=date(2024, 4, 1))), "not known", "not known"),
    ],
)
def test_uplift_is_held_against_the_net_average(each: Agreement, applied: str, behind: str) -> None:
    told = shown(document(each, claims=NET))
    assert told["uplift.net"] == "0.4%"
    assert (told["uplift.applied"], told["uplift.behind"]) == (applied, behind)


def test_the_net_average_can_not_be_told_until_both_are_entered() -> None:
    told = document(agreement(version()), claims=NET[:1])
    assert (shown(told)["uplift.net"], told.warnings) == ("not known", [])


def test_a_net_average_that_does_not_follow_is_a_warning() -> None:
    told = document(agreement(version()), claims=(*NET, claim("uplift.net", "0.6%")))
    assert [(w.printed, w.recomputed) for w in told.warnings] == [("0.6%", "0.4%")]


def test_what_is_agreed_is_added_up_as_often_for_many_agreements_as_for_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added: list[Held] = []

    def counted(held: Held) -> int:
        added.append(held)
        return sum(line.pence for line in held.lines)

    monkeypatch.setattr(Held, "pence", property(counted))

    def times_each(number: int) -> float:
        added.clear()
        document(
            *(
                agreement(version(provider=Provider(f"P{one}", None, "matched", ALWAYS)))
                for one in range(number)
            )
        )
        return len(added) / number

    assert times_each(40) == times_each(10) < 15


def _served(**changes: Any) -> Notice:
    given = {"served_on": "2024-09-30", "last_day": "2025-03-31", "acts_on": "2025-03-31"}
    return Notice(agreement(version()), notice(1, **given | changes).model_dump(mode="json"))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "notices.in-time"),
        ({"in_time": False}, "notices.short"),
        ({"in_time": False, "exception": "mutual-agreement"}, "notices.excepted"),
        ({"in_time": None, "days_needed": None}, "notices.untold"),
        ({"state": "withdrawn"}, None),
        ({"given_by": "provider"}, None),
        ({"served_on": "2024-03-31"}, None),
        ({"served_on": "2025-04-01"}, None),
    ],
)
def test_a_notice_counts_once_by_what_became_of_it(
    changes: dict[str, Any], key: str | None
) -> None:
    told = shown(document(agreement(version()), notices=[_served(**changes)]))
    outcomes = {k: told[f"notices.{k}"] for k in ("in-time", "short", "excepted", "untold")}
    assert {f"notices.{k}" for k, count in outcomes.items() if count == "1"} == {key} - {None}
    assert told["notices.given"] == ("1" if key else "0")
    assert told["notices.shortest"] == ("182 days" if key else "not known")


def test_money_that_does_not_recur_came_by_variation_or_by_a_new_agreement() -> None:
    first, second = version(), version(2, date(2024, 4, 1))
    surge = replace(second, lines=(*second.lines, SURGE))
    varied = agreement(first, surge)
    new = replace(agreement(replace(first, lines=(SURGE,))), agreement_id="other")
    told = shown(document(varied, new))
    assert (told["once.lines"], told["once.varied"], told["once.total"]) == ("2", "1", "£730.00")
    assert told["once.share"] == "66.7%"


def test_a_statement_of_itself_never_warns() -> None:
    told = document(agreement(version(lines=(("a", 1), ("b", 2), ("c", 1_000_003)))))
    assert told.checks > 10
    assert told.warnings == []


@pytest.mark.parametrize(
    ("name", "called"),
    [
        (None, "GB-NHS-QWO"),
        ("NHS West Yorkshire & Co", "NHS West Yorkshire & Co (GB-NHS-QWO)"),
    ],
)
def test_a_statement_calls_its_buyer_by_name(name: str | None, called: str) -> None:
    told = document(buyer_name=name)
    lead = html.fromstring(render_html(told)).find(".//p[@class='lead']")
    assert lead is not None
    assert str(lead.text).startswith(f"{called}, 2024-25")
    assert called.replace("&", "\\&") in render_markdown(told).splitlines()[2]


def test_what_is_untrusted_is_shown_and_never_run() -> None:
    evil = '</td><script>alert(1)</script>\uffff | `x` [y](javascript:z)\n# "'
    named = replace(version(lines=((evil, 365_00),)), title=evil)
    told = document(agreement(named), claims=[claim(f"agreed.programme:{evil}", "£9")])
    page = html.fromstring(render_html(told))
    assert page.findall(".//script") == []
    assert evil in {cell.text for cell in page.iter("td")}
    lines = render_markdown(told).splitlines()
    [row] = [line for line in lines if line.startswith("| [A-1](") and "direct" in line]
    assert row.replace("\\|", "").count("|") == 10
    assert "\\<script\\>" in row
    assert "\\`x\\` \\[y\\]" in row


def test_of_a_year_that_is_not_over_as_much_of_the_year_before_is_compared() -> None:
    asked = AskedStatement("GB-NHS-QWO", "2024-25")
    period, before = asked.period(), asked.period(1)
    assert so_far(period, before, date(2025, 3, 31)) == (period, before)
    assert so_far(period, before, date(2024, 9, 30)) == (
        Span(date(2024, 4, 1), date(2024, 9, 30)),
        Span(date(2023, 4, 1), date(2023, 9, 30)),
    )
    for day in (date(2020, 2, 29), date.min):
        paid, paid_before = so_far(period, before, day)
        assert (paid.until, paid_before.until) == (date(2024, 3, 31), date(2023, 3, 31))


def test_of_a_year_that_has_not_begun_no_day_is_told_to_which_payments_were_counted() -> None:
    paid, _ = so_far(YEAR, BEFORE, date(2023, 11, 26))
    told = document(agreement(), paid_period=paid)
    assert "The period has not begun: no payment is counted, of either period." in (
        told.sections[0].notes
    )
    for page in (render_html(told), render_markdown(told)):
        assert "No payment is counted: the period has not begun." in page
        assert "counted up to" not in page
    half = document(agreement(), paid_period=Span(YEAR.since, date(2024, 9, 30)))
    assert "up to 30 September 2024, and" in " ".join(half.sections[0].notes)
    assert "Payments are counted up to 30 September 2024." in render_html(half)


def test_lengths_add_up_to_the_agreements() -> None:
    open_ended = replace(agreement(version(end=None)), agreement_id="other")
    told = shown(document(agreement(version(end=date(2024, 9, 30))), open_ended))
    assert told["lengths.average"] == "18.0 months"
    assert told["lengths.no-end-recorded"] == "1"
    assert Decimal(told["lengths.over-one-under-three-years"]) == 1


def test_a_statement_names_the_months_of_which_no_payment_is_known() -> None:
    some = frozenset({date(2024, 4, 1), date(2024, 5, 1), date(2024, 12, 1)})
    told = document(paid=replace(NOBODY, months=some))
    said = " ".join(told.sections[0].notes)
    assert "of June 2024 to November 2024, January 2025 to March 2025:" in said
    every = frozenset(months_of(YEAR))
    assert "no payment is known of" not in " ".join(
        document(paid=replace(NOBODY, months=every)).sections[0].notes
    )
