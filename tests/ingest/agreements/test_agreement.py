"""What follows from what is said of an agreement."""

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.agreements.agreement import (
    CONTACTS,
    ENDED,
    REGISTERED,
    VARIED,
    Said,
    Standing,
    published,
)
from services.ingest.agreements.next_steps import next_steps
from services.ingest.keyed_ids import supplier_id
from shared.envelope import read_published
from shared.errors import Rejected
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried, Fact
from tests.ingest.said import CONTACTS_OF_THE_HOSPICE, NOW, said, terms

CANONICAL: dict[str, type[Fact]] = {
    REGISTERED: AgreementRegistered,
    VARIED: AgreementVaried,
    ENDED: AgreementEnded,
}


def registered(event_id: str = "r", **changes: Any) -> Said:
    return said(event_id, REGISTERED, terms(**changes))


def varied(event_id: str = "v", effective_on: str = "2025-04-01", **changes: Any) -> Said:
    return said(event_id, VARIED, terms(**changes) | {"effective_on": effective_on})


def contacts(event_id: str, confirmed_on: str) -> Said:
    return said(event_id, CONTACTS, CONTACTS_OF_THE_HOSPICE | {"confirmed_on": confirmed_on})


def ended(event_id: str = "e", on: str = "2026-03-31") -> Said:
    return said(event_id, ENDED, {"buyer": "GB-NHS-QWO", "reference": "WY-042", "ended_on": on})


def withdrawn(event_id: str = "w") -> Said:
    end = {"buyer": "GB-NHS-QWO", "reference": "WY-042", "ended_on": "2026-03-31"}
    return said(event_id, ENDED, end | {"withdrawn": True})


def standing_after(*facts: Said) -> tuple[Standing, list[str]]:
    """The standing after these facts, and the types of the events that followed."""
    standing, events = Standing(), []
    for fact in facts:
        for step in next_steps(standing, fact):
            standing = standing.after(step)
            if step.published:
                events.append(step.type)
    return standing, events


_TEXT = st.none() | st.text(max_size=12) | st.text("ab \t\n\x00\x1f\u200b\u3164£é", max_size=8)


@given(
    changes=st.fixed_dictionaries(
        {"reference": _TEXT, "title": _TEXT, "provider": _TEXT},
        optional={"place": _TEXT, "notice_period": st.sampled_from(["P6M", "P12W", "6 mnths"])},
    ),
    kind=st.sampled_from([REGISTERED, VARIED]),
)
def test_whatever_stands_in_the_register_can_be_read_by_those_who_hear_of_it(
    changes: dict[str, Any], kind: str
) -> None:
    try:
        fact = registered(**changes) if kind == REGISTERED else varied(**changes)
    except Rejected:
        return
    [step] = next_steps(Standing(), fact)
    data = published(fact.agreement_id, 1, step, NOW)
    read = read_published(CANONICAL[kind], data).model_dump(mode="json", exclude_none=True)
    assert {name: read[name] for name in fact.data} == fact.data


def test_members_are_published_with_the_suppliers_that_they_are() -> None:
    member = {"name": "Beck Street Carers", "company_number": "99000101"}
    fact = registered(route="lead-provider", members=[member])
    [step] = next_steps(Standing(), fact)
    read = read_published(CANONICAL[REGISTERED], published(fact.agreement_id, 1, step, NOW))
    assert isinstance(read, AgreementRegistered)
    assert [str(one.supplier_id) for one in read.members] == [
        supplier_id("Beck Street Carers", None, "99000101")
    ]


def title_on(standing: Standing, day: str) -> str | None:
    terms = standing.terms_on(day)
    return None if terms is None else str(terms["title"])


def test_a_registration_a_variation_and_an_end_are_three_versions() -> None:
    standing, events = standing_after(registered(), varied(title="More hospice care"), ended())
    assert (standing.version, events) == (3, [REGISTERED, VARIED, ENDED])
    assert title_on(standing, "2025-03-31") == "Hospice care at home"
    assert title_on(standing, "2025-04-01") == "More hospice care"
    assert standing.ended_on == "2026-03-31"


def test_the_same_registration_under_another_id_adds_nothing() -> None:
    standing, events = standing_after(registered(), registered("r2"))
    assert (standing.version, events) == (1, [REGISTERED])


def test_the_first_terms_and_the_present_ones_may_be_registered_again() -> None:
    standing, _ = standing_after(
        registered(), varied(title="B"), registered("r2"), registered("r3", title="B")
    )
    assert standing.version == 2


def test_other_terms_under_a_registration_are_to_be_sent_as_a_variation() -> None:
    standing, _ = standing_after(registered())
    with pytest.raises(Rejected, match=r"send agreement\.varied\.v1"):
        next_steps(standing, registered("r2", title="Other"))


def test_a_variation_of_an_unknown_agreement_holds_from_its_day() -> None:
    standing, events = standing_after(varied(title="B"))
    assert events == [VARIED]
    assert title_on(standing, "2025-03-31") is None
    assert title_on(standing, "2025-04-01") == "B"


def test_a_registration_after_its_variation_holds_until_that_takes_effect() -> None:
    standing, events = standing_after(varied(title="B"), registered(title="A"))
    assert (standing.version, events) == (2, [VARIED, REGISTERED])
    assert title_on(standing, "2024-01-01") == "A"
    assert title_on(standing, "2025-04-01") == "B"


def test_variations_are_published_in_any_order_and_each_holds_until_the_next() -> None:
    standing, events = standing_after(
        registered(title="A"),
        varied("v3", "2027-04-01", title="D", end="2028-03-31"),
        varied("v1", "2025-04-01", title="B"),
        varied("v2", "2026-12-01", title="C"),
    )
    assert (standing.version, events) == (4, [REGISTERED, VARIED, VARIED, VARIED])
    days = ("2025-03-31", "2025-04-01", "2026-12-01", "2027-03-31", "2027-04-01")
    assert "".join(title_on(standing, day) or "" for day in days) == "ABCCD"


def test_of_two_variations_from_one_day_the_last_to_arrive_holds() -> None:
    standing, events = standing_after(
        registered(), varied("v1", title="B"), varied("v2", title="C"), varied("v3", title="C")
    )
    assert events == [REGISTERED, VARIED, VARIED]
    assert title_on(standing, "2025-04-01") == "C"


def test_an_end_that_comes_first_is_applied_when_the_registration_arrives() -> None:
    waiting, events = standing_after(ended())
    assert (waiting.version, events, waiting.terms_are_known) == (1, [], False)
    standing, events = standing_after(ended(), registered())
    assert (standing.version, events) == (3, [REGISTERED, ENDED])
    assert standing.ended_on == "2026-03-31"


def test_an_end_before_the_start_is_refused_or_holds_no_more() -> None:
    standing, _ = standing_after(registered())
    with pytest.raises(Rejected, match="before the start of the agreement, 2024-04-01"):
        next_steps(standing, ended(on="2024-03-31"))
    standing, events = standing_after(ended(on="2024-03-31"), registered())
    assert (standing.ended_on, events) == (None, [REGISTERED])


def test_a_variation_of_an_ended_agreement_leaves_its_end_as_it_is() -> None:
    standing, events = standing_after(registered(), ended(), varied(title="B"))
    assert (standing.version, events) == (3, [REGISTERED, ENDED, VARIED])
    assert standing.ended_on == "2026-03-31"


def test_an_ended_agreement_can_not_start_after_its_end() -> None:
    standing, _ = standing_after(registered(), ended())
    with pytest.raises(Rejected, match="start is after the end of the agreement, 2026-03-31"):
        next_steps(standing, varied(start="2026-04-01"))


def test_no_variation_holds_from_a_day_after_the_end() -> None:
    standing, _ = standing_after(registered(), ended())
    with pytest.raises(Rejected, match="ended on 2026-03-31"):
        next_steps(standing, varied(effective_on="2026-04-01"))


def test_a_corrected_end_replaces_the_one_before() -> None:
    standing, events = standing_after(registered(), ended(), ended("e2", "2026-06-30"))
    assert (standing.ended_on, events.count(ENDED)) == ("2026-06-30", 2)


def test_an_end_said_by_mistake_is_taken_back_and_may_come_again() -> None:
    standing, events = standing_after(registered(), ended(), withdrawn())
    assert (standing.ended_on, events) == (None, [REGISTERED, ENDED, ENDED])
    extended = varied(effective_on="2026-10-01", end="2028-03-31")
    standing, _ = standing_after(registered(), ended(), withdrawn(), extended, ended("e2"))
    assert standing.ended_on == "2026-03-31"
    standing, events = standing_after(ended(), withdrawn(), registered())
    assert (standing.ended_on, events) == (None, [REGISTERED])


def test_contacts_wait_for_no_terms_and_those_confirmed_last_are_published() -> None:
    standing, events = standing_after(
        contacts("c1", "2026-03-01"),
        contacts("c2", "2026-09-01"),
        contacts("c3", "2026-03-01"),  # late: they are kept, but no one hears of them
        contacts("c4", "2026-09-01"),
        registered(),
    )
    assert (standing.version, events) == (4, [CONTACTS, CONTACTS, REGISTERED])
    assert standing.contacts == contacts("c2", "2026-09-01").data
    assert title_on(standing, "2026-09-01") == "Hospice care at home"


def test_a_novation_names_another_provider_from_its_day() -> None:
    novated = varied(provider="Lantern Row Trust", changes=["novation"])
    standing, _ = standing_after(registered(), novated)
    providers = [(standing.terms_on(day) or {})["provider"] for day in ("2025-03-31", "2025-04-01")]
    assert providers == ["St Example's Hospice", "Lantern Row Trust"]


def test_a_later_end_under_an_ending_of_its_own_is_told_with_its_ground() -> None:
    end = {"buyer": "GB-NHS-QWO", "reference": "WY-042", "ended_on": "2026-03-31"}
    standing, _ = standing_after(
        registered(), said("e", ENDED, end | {"ending": "terminated-for-breach"})
    )
    assert standing.end is not None
    assert standing.end.data["ending"] == "terminated-for-breach"
    with pytest.raises(Rejected) as caught:
        said("e", ENDED, end | {"ending": "it just stopped"})
    assert caught.value.field == "ending"


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        (REGISTERED, terms(end="2024-03-31"), "end"),
        (REGISTERED, terms(buyer="GB-LAE-XXX"), "buyer"),
        (REGISTERED, terms(lines=[]), "lines"),
        (REGISTERED, terms(kind="handshake"), "kind"),
        (REGISTERED, terms(route="smoke-signals"), "route"),
        (REGISTERED, terms(notice_period=6), "notice_period"),
        (VARIED, terms(), "effective_on"),
        (ENDED, {"buyer": "GB-NHS-QWO", "reference": "WY-042"}, "ended_on"),
        ("agreement.signed.v1", terms(), "type"),
    ],
)
def test_what_cannot_be_an_agreement_is_told_why(
    kind: str, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        said("1", kind, data)
    assert caught.value.field == field


@pytest.mark.parametrize("period", ["P6M", "P12W", "P90D", "P1Y", "P1Y6M", "P1M15D"])
def test_a_notice_period_is_an_iso_8601_duration(period: str) -> None:
    assert registered(notice_period=period).data["notice_period"] == period


@pytest.mark.parametrize(
    "period", ["6 mnths", "P", "6M", "p6m", "P6", "P1W1D", "P-6M", "PT6H", "P6.5M", "P1M2Y", ""]
)
def test_any_other_notice_period_is_refused_with_an_example(period: str) -> None:
    with pytest.raises(Rejected, match="notice_period must be a period such as P6M") as caught:
        registered(notice_period=period)
    assert caught.value.field == "notice_period"


_facts = st.lists(
    st.sampled_from(["A", "B", "C"]).flatmap(
        lambda title: st.sampled_from(
            [
                registered(f"r{title}", title=title),
                varied(f"v{title}", title=title),
                varied(f"w{title}", "2025-10-01", title=title),
                ended(
                    f"e{title}", {"A": "2025-06-30", "B": "2026-03-31", "C": "2024-01-01"}[title]
                ),
            ]
        )
    ),
    max_size=12,
)


def in_force(events: list[Fact], day: date) -> str | None:
    """The title in force on a day, as a reader works it out from what was published."""
    terms = [
        (
            event.effective_on if isinstance(event, AgreementVaried) else date.min,
            event.version,
            event.title,
        )
        for event in events
        if isinstance(event, AgreementRegistered | AgreementVaried)
    ]
    return max((each for each in terms if each[0] <= day), default=(None, None, None))[2]


@given(_facts, st.randoms())
def test_versions_grow_by_one_and_readers_know_the_terms_of_every_day(
    facts: list[Said], chance: Random
) -> None:
    """Whatever the order in which they were sent, and that in which they are read."""
    standing = Standing()
    events: list[Fact] = []
    for fact in facts:
        try:
            steps = next_steps(standing, fact)
        except Rejected:
            continue
        for step in steps:
            before = standing.version
            standing = standing.after(step)
            assert standing.version == before + 1
            if step.published:
                event = published(fact.agreement_id, standing.version, step, NOW)
                events.append(read_published(CANONICAL[step.type], event))
    chance.shuffle(events)
    for day in (date(2024, 4, 1), date(2025, 4, 1), date(2025, 9, 30), date(2025, 10, 1)):
        assert in_force(events, day) == title_on(standing, day.isoformat())
    ends = [event for event in events if isinstance(event, AgreementEnded)]
    last = max(ends, key=lambda event: event.version, default=None)
    if standing.terms_are_known:
        assert standing.ended_on == (last and last.ended_on.isoformat())
    else:
        assert events == []


_HISTORY = [
    registered("r", title="A"),
    varied("b", "2025-04-01", title="B", changes=["value"]),
    varied("c", "2025-10-01", title="C", end="2028-03-31", changes=["extension"]),
    varied("d", "2026-10-01", title="D", provider="Another", changes=["novation"]),
    ended("e", "2027-03-31"),
    contacts("k1", "2024-04-01"),
    contacts("k2", "2025-09-01"),
]


_ENDS = [
    ended("e1", "2026-09-30"),
    ended("e2", "2020-01-01"),  # before the start: never counts
    ended("e3", "2026-06-30"),
    ended("e4", "2019-01-01"),
]
_TERMS = [registered("r"), varied("v", "2025-04-01", title="B"), contacts("k", "2025-09-01")]


@given(st.integers(1, len(_ENDS)), st.randoms())
def test_the_last_end_that_the_terms_allow_counts_whenever_the_terms_come(
    count: int, chance: Random
) -> None:
    facts = [*_TERMS]
    chance.shuffle(facts)
    place = 0
    for end in _ENDS[:count]:  # in their order, for the last to arrive counts
        place = chance.randint(place, len(facts))
        facts.insert(place, end)
        place += 1
    standing = Standing()
    told: list[tuple[int, Any]] = []
    for fact in facts:
        try:
            steps = next_steps(standing, fact)
        except Rejected:
            assert fact in (_ENDS[1], _ENDS[3])
            continue
        for step in steps:
            standing = standing.after(step)
            if step.published and step.type == ENDED:
                told.append((standing.version, step.data["ended_on"]))
    expected = "2026-09-30" if count <= 2 else "2026-06-30"
    assert standing.ended_on == expected
    assert max(told)[1] == expected


@given(st.permutations([*_HISTORY, *_HISTORY[::2]]))
def test_whatever_the_order_the_history_is_the_same(order: list[Said]) -> None:
    standing, events = standing_after(*order)
    days = ("2024-04-01", "2025-04-01", "2025-09-30", "2025-10-01", "2026-10-01", "2027-03-31")
    assert "".join(title_on(standing, day) or "" for day in days) == "ABBCDD"
    assert standing.ended_on == "2027-03-31"
    assert standing.contacts == _HISTORY[-1].data
    assert events.count(VARIED) == 3


def test_a_reference_is_not_used_again_and_the_refusal_says_what_to_do() -> None:
    standing, _ = standing_after(registered(), ended(on="2026-03-31"))
    with pytest.raises(Rejected, match="a reference of its own") as refused:
        next_steps(standing, registered("again", start="2026-04-01", end="2029-03-31"))
    assert refused.value.field == "reference"
