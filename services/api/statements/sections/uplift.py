"""The uplift that agreements were given, beside the net average that was due (paper P1, 5.4)."""

from collections.abc import Sequence
from typing import NamedTuple

from services.api.statements.check_figures import claimed
from services.api.statements.document import Section, Table
from services.api.statements.facts import Built, Facts, agreement_link, figure
from services.api.statements.held import Agreement, Held, Version
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show

PRESCRIBED, EFFICIENCY = "uplift.prescribed", "uplift.efficiency"
_NEW_WORK = {"specification", "novation"}
_MOST = 500


class _Continued(NamedTuple):
    """An agreement that ran on the last day of both periods: its recurrent pence a year."""

    agreement: Agreement
    before: int
    now: int


def uplift(facts: Facts) -> Built:
    """By how much the recurrent amounts of agreements that went on were changed."""
    continued = [one for held in facts.held if (one := _continued(held, facts)) is not None]
    before, now = sum(one.before for one in continued), sum(one.now for one in continued)
    raised = sum(one.now > one.before for one in continued)
    prescribed = claimed(facts.claims, PRESCRIBED, "share")
    efficiency = claimed(facts.claims, EFFICIENCY, "share")
    net = None if prescribed is None or efficiency is None else prescribed - efficiency
    due = "Published by NHS England for the year; an officer enters it as a claim of this figure"
    rows, known = facts.register(), facts.agreed_coverage
    applied = part(now - before, before)
    figures = [
        figure(PRESCRIBED, "Uplift that is prescribed", prescribed, "share", due),
        figure(EFFICIENCY, "Efficiency that is asked", efficiency, "share", due),
        figure(
            "uplift.net",
            "Net average that is due",
            net,
            "share",
            "The uplift less the efficiency"
            if net is not None
            else "It can't be told until both are entered",
        ),
        figure(
            "uplift.before",
            "Recurrent amounts of agreements that went on, before",
            pounds(before),
            "pounds",
            "A year, on the last day of the period before",
            coverage=known,
            rows=rows,
        ),
        figure(
            "uplift.change",
            "Their change",
            pounds(now - before),
            "pounds",
            "Up to the last day of this period; variations of value included, agreements whose "
            "specification or provider was varied between left out",
            coverage=known,
            rows=rows,
        ),
        figure(
            "uplift.applied",
            "Uplift that was applied",
            applied,
            "share",
            "The change as a part of what it was",
            coverage=known,
            rows=rows,
        ),
        figure(
            "uplift.behind",
            "Uplift applied, less the net average",
            None if applied is None or net is None else applied - net,
            "share",
            "Below 0: agreements were given less than was due"
            if net is not None
            else "It can't be told until the net average is known",
            coverage=known,
            rows=rows,
        ),
        figure(
            "uplift.agreements",
            "Agreements that went on",
            len(continued),
            "count",
            "They ran on the last day of both periods, with recurrent lines",
            coverage=known,
            rows=rows,
        ),
        figure(
            "uplift.raised",
            "Of these, with more a year",
            raised,
            "count",
            "Their recurrent amount is higher than it was",
            coverage=known,
            rows=rows,
        ),
    ]
    section = Section(
        id="uplift",
        title="Uplift",
        paper="5.4",
        notes=[
            (
                "An agreement does not say why its value was varied, so more sessions within one "
                "specification count as uplift too."
            )
        ],
        figures=figures,
        tables=[_table(continued)],
        charts=[],
    )
    return Built(
        section,
        [
            Relation("uplift.applied", "share", ("uplift.change", "uplift.before")),
            Relation("uplift.net", "difference", (PRESCRIBED, EFFICIENCY)),
        ],
    )


def _continued(held: Held, facts: Facts) -> _Continued | None:
    before = held.agreement.on(facts.before_period.until)
    now = held.agreement.on(facts.period.until)
    if before is None or now is None or not _recurrent(before):
        return None
    between = (
        version
        for version, span in held.agreement.spans
        if facts.before_period.until < span.since <= facts.period.until
    )
    if any(_NEW_WORK & set(version.changes) for version in between):
        return None
    return _Continued(held.agreement, _recurrent(before), _recurrent(now))


def _recurrent(version: Version) -> int:
    return sum(line.annual_pence for line in version.lines if line.recurrent)


def _table(continued: Sequence[_Continued]) -> Table:
    changed = sorted(
        (one for one in continued if one.now != one.before),
        key=lambda one: (one.before - one.now, one.agreement.reference),
    )
    return Table(
        id="uplift",
        title="Agreements that went on and changed in value",
        columns=["Agreement", "A year before", "A year now", "Change", "Change in per cent"],
        numeric=[1, 2, 3, 4],
        rows=[
            [
                one.agreement.reference,
                show(pounds(one.before), "pounds"),
                show(pounds(one.now), "pounds"),
                show(pounds(one.now - one.before), "pounds"),
                show(part(one.now - one.before, one.before), "share"),
            ]
            for one in changed[:_MOST]
        ],
        links=[agreement_link(one.agreement) for one in changed[:_MOST]],
        left_out=max(0, len(changed) - _MOST),
    )
