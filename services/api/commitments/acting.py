"""Promises that notices and obligations tell: notice given, renewals planned, extensions used."""

from collections.abc import Iterator, Mapping
from datetime import date

from services.api.commitments.known import Agreement, KnownYear, Notice
from services.api.commitments.lasting import NO_AGREEMENTS
from services.api.commitments.measured import (
    Figure,
    Found,
    Measured,
    cannot_be_told,
    found,
)
from shared.periods import later

_ENDS = ("termination", "non-renewal")
_MATERIAL = {"value", "specification"}
_LAST_DAYS = ("notice", "commitment")


def notice(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Commitment 7: six months of notice, but for the exceptions of section 5.4.

    The corresponding date rule counts the months (`shared/periods.py`); the last safe days are
    those of the obligations.
    """
    if not known.agreements:
        return cannot_be_told(NO_AGREEMENTS)
    by_id = {one.agreement_id: one for one in known.agreements}
    served = [
        one
        for one in known.notices
        if one.given_by == "buyer"
        and one.agreement_id in by_id
        and known.since <= one.served_on <= known.at
        and (one.kind in _ENDS or (one.kind == "variation" and _MATERIAL & set(one.changes)))
    ]
    months = f"P{thresholds['months']:.0f}M"
    short = [
        found(by_id[one.agreement_id], f"{one.kind} served {one.served_on} for {one.last_day}")
        for one in served
        if one.exception is None
        and (one.last_day is None or one.last_day < later(one.served_on, months))
    ]
    unexplained = _ended_without_notice(known)
    passed = _last_safe_days_passed(known, by_id)
    figures: dict[str, Figure] = {
        "notices": len(served),
        "shorter": len(short),
        "by_exception": sum(one.exception is not None for one in served),
        "ended_by_buyer_without_notice": len(unexplained),
        "last_safe_day_passed": len(passed),
    }
    evidence = (*short, *unexplained, *passed)
    if short:
        reason = f"{len(short)} of {len(served)} notices gave less, and name no exception"
        return Measured("not met", reason, figures, evidence)
    if unexplained:
        reason = f"the buyer ended {len(unexplained)}, and no notice of it is recorded"
        return Measured("at risk", reason, figures, evidence)
    if passed:
        reason = f"of {len(passed)} that run the last safe day to serve notice has passed"
        return Measured("at risk", reason, figures, evidence)
    if not served:
        return Measured("met", "nothing was ended or changed by notice, nothing is late", figures)
    return Measured("met", f"all {len(served)} notices gave six months or name why not", figures)


def planning(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Principle A7: whether somebody decided in time, and providers were told of what ends."""
    running = {one.agreement_id: one for one, _ in known.in_force(known.at)}
    by_id = {one.agreement_id: one for one in known.agreements}
    lapsed = [
        found(by_id[one.agreement_id], f"nobody decided by {one.due_on}")
        for one in known.obligations
        if one.kind == "lapse"
        and one.raised
        and known.since <= one.due_on <= known.at
        and one.agreement_id in by_id
    ]
    horizon = later(known.at, f"P{thresholds['months']:.0f}M")
    ending = [
        (one, terms.end)
        for one, terms in known.in_force(known.at)
        if terms.end is not None and terms.end <= horizon
    ]
    told = {one.agreement_id for one in known.obligations if one.kind == "renewal" and one.raised}
    untold = [
        found(one, f"ends {end}, and no renewal was told")
        for one, end in ending
        if one.agreement_id not in told
    ]
    figures: dict[str, Figure] = {
        "in_force": len(running),
        "lapsed": len(lapsed),
        "ending_within_a_year": len(ending),
        "told_to_providers": len(ending) - len(untold),
    }
    if lapsed:
        reason = f"of {len(lapsed)} nobody decided by the buyer's own deadline"
        return Measured("not met", reason, figures, (*lapsed, *untold))
    if untold:
        reason = f"{len(untold)} of {len(ending)} that end within a year were not told"
        return Measured("at risk", reason, figures, tuple(untold))
    if not ending:
        return cannot_be_told("none ends within a year, and no deadline was missed", figures)
    return Measured("met", f"all {len(ending)} that end within a year were told", figures)


def retendering(known: KnownYear, _: Mapping[str, float]) -> Measured:
    """Principle A6: whether agreements whose end came up were extended where they could be."""
    came_up = [
        (one, end)
        for one in known.agreements
        for end in [_end_that_came_up(one, known)]
        if end is not None
    ]
    extended = [one for one, end in came_up if _runs_on(one, end)]
    kept = {one.agreement_id for one in extended}
    let_go = [
        found(one, f"ended {end} although an option to extend was left")
        for one, end in came_up
        if one.agreement_id not in kept and (last := one.terms(end)) and last.options_left
    ]
    figures: dict[str, Figure] = {
        "came_up": len(came_up),
        "extended": len(extended),
        "ended_with_an_option_left": len(let_go),
    }
    if not came_up:
        return cannot_be_told("of no agreement the end came up in the year", figures)
    if let_go:
        reason = f"{len(let_go)} of {len(came_up)} ended although they could be extended"
        return Measured("at risk", reason, figures, tuple(let_go))
    if len(extended) == len(came_up):
        return Measured("met", f"all {len(came_up)} whose end came up were extended", figures)
    ended = tuple(
        found(one, f"ended {end}") for one, end in came_up if one.agreement_id not in kept
    )
    reason = f"{len(ended)} of {len(came_up)} ended; whether they were tendered is not recorded"
    return Measured("cannot be told", reason, figures, ended)


def _ended_without_notice(known: KnownYear) -> list[Found]:
    noticed = {one.agreement_id for one in known.notices if _is_an_end(one)}
    return [
        found(one, f"ended by the buyer on {one.ended_on}")
        for one in known.agreements
        if one.ending == "terminated-by-buyer"
        and one.ended_on is not None
        and known.since <= one.ended_on <= known.at
        and one.agreement_id not in noticed
    ]


def _is_an_end(one: Notice) -> bool:
    return one.given_by == "buyer" and one.kind in _ENDS


def _last_safe_days_passed(known: KnownYear, by_id: Mapping[str, Agreement]) -> list[Found]:
    """Of agreements that run: the earlier of the days to serve notice has passed, nothing decided.

    The policy's day goes before the agreement's own where it is longer.
    """
    decided = {one.agreement_id for one in known.notices if one.given_by == "buyer"}
    running = {one.agreement_id for one, _ in known.in_force(known.at)} - decided
    passed: dict[str, date] = {}
    for one in known.obligations:
        is_last = one.kind in _LAST_DAYS and one.open and one.due_on < known.at
        if is_last and one.agreement_id in running:
            passed[one.agreement_id] = min(one.due_on, passed.get(one.agreement_id, date.max))
    return [
        found(by_id[agreement_id], f"notice was to be served by {due_on}")
        for agreement_id, due_on in sorted(passed.items(), key=lambda item: item[1])
    ]


def _end_that_came_up(one: Agreement, known: KnownYear) -> date | None:
    """The first end that any terms in force named and that came up in the year."""
    ends = _ends_in_force(one)
    return min((end for end in ends if known.since <= end <= known.at), default=None)


def _ends_in_force(one: Agreement) -> Iterator[date]:
    """The ends that terms named, those that were extended since included, no end put right."""
    for version, following in zip(one.history, (*one.history[1:], None), strict=True):
        put_right = following is not None and "correction" in following.changes
        if version.end is not None and not put_right:
            yield version.end


def _runs_on(one: Agreement, end: date) -> bool:
    """Whether it runs on the day after an end that came up."""
    return one.on(later(end, "P1D")) is not None
