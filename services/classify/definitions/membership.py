"""When a matched supplier counts under a definition, and by which rule."""

from collections.abc import Sequence
from datetime import date

from services.classify.definitions.definition import Criterion, Definition
from services.classify.definitions.period import Period, intersection, overlap, union
from services.classify.matching.bodies import Body
from services.classify.matching.known import Known, identity
from services.classify.matching.match import Match, written
from services.classify.organisation import Organisation
from shared.events import Membership


def memberships(
    match: Match, definitions: Sequence[Definition], known: Known
) -> tuple[Membership, ...]:
    """The periods in which the supplier counts, under each definition.

    Where several bodies are possible, only the days on which every one of them counts: whichever
    it is, it counted then.
    """
    found = []
    for definition in definitions:
        each = [_body_periods(body, definition, known) for body in match.possible]
        together = "every organisation that it may be: " if len(each) > 1 else ""
        found += [
            Membership(
                definition=definition.name,
                version=definition.version,
                since=period.since,
                until=period.until,
                rule=together + "; ".join(period.rules),
            )
            for period in intersection(each)
        ]
    return tuple(found)


def _body_periods(body: Body, definition: Definition, known: Known) -> list[Period]:
    """The days of all organisations under whose name the body was found, and of its successors.

    A successor that bears another name counts from the day on which it carried on.
    """
    periods = [p for one in body.found for p in _periods(one, definition, known)]
    found = {identity(organisation) for organisation in body.found}
    for link in body.successions:
        if link.b in found:
            continue
        own = _periods(known.by_id[link.b], definition, known)
        before = known.by_id.get(link.a)
        start = link.since or (before and (before.removed_on or before.removed_by))
        after = Period(start, None, ("carried on by another organisation",))
        periods += [both for period in own if (both := overlap(period, after)) is not None]
    return union(periods)


def _periods(organisation: Organisation, definition: Definition, known: Known) -> list[Period]:
    days = Period(organisation.registered_on, _last_day(organisation), ())
    periods = []
    for criterion in definition.criteria:
        if _meets(organisation, criterion):
            rule = f"{criterion.rule}, {_dates(organisation, known)}"
            held = Period(criterion.since, criterion.until, (rule,))
            if (both := overlap(days, held)) is not None:
                periods.append(both)
    return union(periods)


def _meets(organisation: Organisation, criterion: Criterion) -> bool:
    return (not criterion.registers or organisation.register in criterion.registers) and (
        not criterion.legal_forms or organisation.legal_form in criterion.legal_forms
    )


def _last_day(organisation: Organisation) -> date | None:
    """The last day that counts: that of removal, else the last on which it can have happened.

    A register that says only that a charity was removed, not when, is read in the charity's favour:
    most payments to it were made while it stood, and few are made to a body that is gone.
    """
    return organisation.removed_on or organisation.removed_by


def _dates(organisation: Organisation, known: Known) -> str:
    since = organisation.registered_on
    start = f"registered on {written(since)}" if since else "no day of registration given"
    if organisation.removed_on is not None:
        return f"{start}, removed on {written(organisation.removed_on)}"
    if organisation.removed_by is not None:
        return (
            f"{start}, removed by {written(organisation.removed_by)} on a day not given and "
            "counted to that day"
        )
    return f"{start}, not removed as at {written(known.editions[organisation.source].as_at)}"
