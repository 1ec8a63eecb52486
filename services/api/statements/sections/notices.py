"""Notices given and their days (paper P1, section 5.4 and commitment 7: six months)."""

from collections.abc import Sequence
from datetime import date

from services.api.statements.document import Figure, Section, Table
from services.api.statements.facts import Built, Facts, Notice, agreement_link, figure
from services.api.statements.relations import Relation

_NOT_GIVEN = {"drafted", "withdrawn"}
_ENDING = {"termination", "non-renewal"}
_MOST = 500


def notices(facts: Facts) -> Built:
    """What the buyer gave notice of in the period, with how many days, and why fewer."""
    given = [one for one in facts.notices if _is_given(one, facts)]
    section = Section(
        id="notices",
        title="Notices given",
        paper="5.4 and 7.1 (7)",
        notes=[
            (
                "Days run from the day of service, not counted, to the last day, counted. "
                "Notices that "
                "were withdrawn are left out."
            )
        ],
        figures=_figures(facts, given),
        tables=[_table(given)],
        charts=[],
    )
    return Built(
        section,
        [
            Relation(
                "notices.given",
                "sum",
                ("notices.in-time", "notices.excepted", "notices.short", "notices.untold"),
            )
        ],
    )


def _is_given(notice: Notice, facts: Facts) -> bool:
    served = notice.content["served_on"]
    return (
        served is not None
        and facts.period.since <= date.fromisoformat(served) <= facts.period.until
        and notice.content["given_by"] == "buyer"
        and notice.content["state"] not in _NOT_GIVEN
    )


def _outcome(notice: Notice) -> str:
    if notice.content["in_time"]:
        return "in time"
    if notice.content["exception"]:
        return "excepted"
    return "untold" if notice.content["in_time"] is None else "short"


def _figures(facts: Facts, given: Sequence[Notice]) -> list[Figure]:
    outcomes = [_outcome(one) for one in given]
    days = [d for one in given if (d := one.content["days_given"]) is not None]
    ending = sum(one.content["kind"] in _ENDING for one in given)
    rows = facts.notice_list()
    said = {
        "in-time": ("Notices in time", "They gave at least the days that were needed"),
        "excepted": (
            "Notices that were shorter, by an exception",
            "Mutual agreement, a breach that could lead to harm or non-delivery, an instruction",
        ),
        "short": ("Notices that were too short", "Fewer days than needed, and no exception"),
        "untold": ("Notices of which it can't be told", "No length of notice is recorded"),
    }
    return [
        figure(
            "notices.given",
            "Notices given",
            len(given),
            "count",
            "Served by the buyer in the period, on any of its agreements",
            rows=rows,
        ),
        figure(
            "notices.ending",
            "Of these, to end an agreement",
            ending,
            "count",
            "Terminations and non-renewals",
            rows=rows,
        ),
        *(
            figure(
                f"notices.{key}",
                label,
                outcomes.count(key.replace("-", " ")),
                "count",
                measure,
                rows=rows,
            )
            for key, (label, measure) in said.items()
        ),
        figure(
            "notices.shortest",
            "Shortest notice",
            min(days, default=None),
            "days",
            "The fewest days that were given" if days else "No notice was given",
            rows=rows,
        ),
    ]


def _table(given: Sequence[Notice]) -> Table:
    shown = sorted(given, key=lambda one: (one.content["served_on"], one.agreement.reference))
    return Table(
        id="notices",
        title="Notices given in the period, by the day of service",
        columns=["Agreement", "Kind", "Served", "Last day", "Days given", "Days needed", "Outcome"],
        numeric=[4, 5],
        rows=[
            [
                one.agreement.reference,
                one.content["kind"],
                one.content["served_on"],
                one.content["last_day"] or "",
                _days(one.content["days_given"]),
                _days(one.content["days_needed"]),
                one.content["exception"] or _outcome(one),
            ]
            for one in shown[:_MOST]
        ],
        links=[agreement_link(one.agreement) for one in shown[:_MOST]],
        left_out=max(0, len(shown) - _MOST),
    )


def _days(days: int | None) -> str:
    return "" if days is None else str(days)
