"""When a matched supplier counts under a definition, when it does not, and by which rule."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.classify.definitions.criterion import Criterion, meets
from services.classify.definitions.definition import Definition, Definitions
from services.classify.definitions.period import Period, difference, intersection, overlap, union
from services.classify.matching.bodies import Body
from services.classify.matching.known import STATED, Known, identity
from services.classify.matching.match import Match, written
from services.classify.organisation import Organisation
from shared.events import Exclusion, Membership


class Counted(NamedTuple):
    """The periods in which a supplier counts, and those that an exclusion takes from it."""

    memberships: tuple[Membership, ...]
    exclusions: tuple[Exclusion, ...]


_NEVER = Counted((), ())
_STANDS = "not removed as at "
_STANDS_ON_A_DAY = re.compile(rf"{_STANDS}\d{{1,2}} [A-Z][a-z]+ \d{{4}}")


class _Days(NamedTuple):
    counted: list[Period]
    taken: list[Period]


def count(match: Match, definitions: Definitions, known: Known) -> Counted:
    """The periods in which the supplier counts, under each definition, and why it does not.

    Where several bodies are possible, only the days on which every one of them counts: whichever
    it is, it counted then.
    """
    if not match.possible:
        return _NEVER
    memberships: list[Membership] = []
    exclusions: list[Exclusion] = []
    for definition in definitions:
        each = [_body_days(body, definition, definitions, known) for body in match.possible]
        together = "every organisation that it may be: " if len(each) > 1 else ""
        counted = intersection([days.counted for days in each])
        taken = [period for days in each for period in days.taken]
        taken = difference(taken, counted) if taken else []
        memberships += [
            Membership(
                definition=definition.name,
                version=definition.version,
                since=period.since,
                until=period.until,
                rule=together + "; ".join(period.rules),
            )
            for period in counted
        ]
        exclusions += [
            Exclusion(
                definition=definition.name,
                version=definition.version,
                since=period.since,
                until=period.until,
                rule="; ".join(period.rules),
            )
            for period in taken
        ]
    return Counted(tuple(memberships), tuple(exclusions))


def _body_days(body: Body, definition: Definition, definitions: Definitions, known: Known) -> _Days:
    """The days of all organisations under whose name the body was found, and of its successors.

    A successor that bears another name counts from the day on which it carried on.
    """
    counted: list[Period] = []
    taken: list[Period] = []
    for one in body.found:
        days = _days(one, definition, definitions, known)
        counted += days.counted
        taken += days.taken
    found = {identity(organisation) for organisation in body.found}
    for link in body.successions:
        if link.b in found:
            continue
        own = _days(known.by_id[link.b], definition, definitions, known)
        before = known.by_id.get(link.a)
        start = link.since or (before and (before.removed_on or before.removed_by))
        after = Period(start, None, ("carried on by another organisation",))
        counted += _within(own.counted, after)
        taken += _within(own.taken, after)
    return _Days(union(counted), union(taken))


def _within(periods: Sequence[Period], limits: Period) -> list[Period]:
    return [both for period in periods if (both := overlap(period, limits)) is not None]


def _days(
    organisation: Organisation, definition: Definition, definitions: Definitions, known: Known
) -> _Days:
    flags = definitions.flag_criteria
    met = [criterion for criterion in definition.criteria if meets(organisation, criterion, flags)]
    if not met:
        return _Days([], [])
    days = Period(organisation.registered_on, _last_day(organisation), ())
    dates = _dates(organisation, known)
    counted: list[Period] = []
    taken: list[Period] = []
    for criterion in met:
        own = _limited(days, criterion, f"{criterion.rule}, {dates}")
        gone = [p for each in criterion.unless for p in _held(organisation, each, days, flags)]
        counted += difference(own, gone) if gone else own
        taken += [both for limits in own for both in _within(gone, limits._replace(rules=()))]
    return _Days(union(counted), union(taken))


def _held(
    organisation: Organisation,
    criterion: Criterion,
    days: Period,
    flags: Mapping[str, Sequence[Criterion]],
) -> list[Period]:
    """The days on which what takes days away holds itself."""
    if not meets(organisation, criterion, flags):
        return []
    gone = [p for each in criterion.unless for p in _held(organisation, each, days, flags)]
    return difference(_limited(days, criterion, criterion.rule), gone)


def _limited(days: Period, criterion: Criterion, rule: str) -> list[Period]:
    both = overlap(days, Period(criterion.since, criterion.until, (rule,)))
    return [] if both is None else [both]


def _last_day(organisation: Organisation) -> date | None:
    """The last day that counts: that of removal, else the last on which it can have happened.

    A register that says only that a charity was removed, not when, is read in the charity's favour:
    most payments to it were made while it stood, and few are made to a body that is gone.
    """
    return organisation.removed_on or organisation.removed_by


def _dates(organisation: Organisation, known: Known) -> str:
    if organisation.source == STATED:
        return "as a person stated it: no register that is loaded gives its days"
    since = organisation.registered_on
    start = f"registered on {written(since)}" if since else "no day of registration given"
    if organisation.removed_on is not None:
        return f"{start}, removed on {written(organisation.removed_on)}"
    if organisation.removed_by is not None:
        return (
            f"{start}, removed by {written(organisation.removed_by)} on a day not given and "
            "counted to that day"
        )
    return f"{start}, {_STANDS}{written(known.editions[organisation.source].as_at)}"


def undated(rule: str) -> str:
    """A rule as it was told, without the day of the register by which a body still stands.

    Every edition has another day, and says the same of who still stands.
    """
    return _STANDS_ON_A_DAY.sub(_STANDS, rule)
