"""Promises that the terms of agreements tell: how long, how many, and what they are worth."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import fmean

from services.api.agreements.agreement_terms import NO_DURATION_RATIONALE, NO_END_DATE, Terms, marks
from services.api.benchmarks.lengths import (
    FIVE_YEARS,
    THREE_YEARS,
    is_a_year_or_less,
    last_day,
)
from services.api.commitments.known import Agreement, KnownYear, Version
from services.api.commitments.measured import (
    Figure,
    Found,
    Measured,
    cannot_be_told,
    found,
    part,
    percent,
)
from shared.periods import later

NO_AGREEMENTS = "no agreement with a provider that counts is known"
_A_POUND = 100


def terms(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Commitment 6: three to five years, or a reason; of what was awarded, then of what runs."""
    if not known.agreements:
        return cannot_be_told(NO_AGREEMENTS)
    awarded = [
        (one, version)
        for one, before, version in known.varied_in_year()
        if before is None or _is_extended(before, version)
    ]
    unreasoned = [
        found(one, f"{version.start} to {version.end}, and no reason is recorded")
        for one, version in awarded
        if NO_DURATION_RATIONALE in _marks(version)
    ]
    endless = [
        found(one, f"from {version.start}, with no end")
        for one, version in awarded
        if NO_END_DATE in _marks(version)
    ]
    running = [version for _, version in known.in_force(known.at)]
    normal = sum(_is_normal(version) for version in running)
    share = part(normal, len(running))
    figures: dict[str, Figure] = {
        "awarded": len(awarded),
        "awarded_without_reason": len(unreasoned),
        "awarded_without_end": len(endless),
        "in_force": len(running),
        "three_to_five_years": normal,
        "three_to_five_years_share": share,
    }
    if unreasoned:
        reason = f"{len(unreasoned)} of {len(awarded)} awards of the year lack a reason"
        return Measured("not met", reason, figures, (*unreasoned, *endless))
    if endless:
        reason = f"{len(endless)} of {len(awarded)} awards of the year have no end"
        return Measured("at risk", reason, figures, tuple(endless))
    if share is None:
        return cannot_be_told("no agreement runs on this day, and none was awarded", figures)
    said = f"{percent(share)} of those in force run for three to five years"
    if share < thresholds["norm"]:
        others = [
            found(one, f"{version.start} to {version.end or 'no end'}")
            for one, version in known.in_force(known.at)
            if not _is_normal(version)
        ]
        return Measured("at risk", said, figures, tuple(others))
    return Measured("met", said, figures)


def longer(known: KnownYear, _: Mapping[str, float]) -> Measured:
    """Principle A2: whether fewer agreements run for a year or less."""
    now, before = (known.in_force(day) for day in (known.at, _a_year_earlier(known)))
    share, share_before = (_short_share(each) for each in (now, before))
    ending = [(v.start, v.end) for _, v in now if v.end is not None]
    figures: dict[str, Figure] = {
        "in_force": len(now),
        "one_year_share": share,
        "one_year_share_before": share_before,
        "average_months": round(fmean(_months(*each) for each in ending), 1) if ending else None,
    }
    if share is None:
        return cannot_be_told("no agreement that records an end runs on this day", figures)
    short = tuple(
        found(one, f"{version.start} to {version.end}")
        for one, version in now
        if version.end is not None and is_a_year_or_less(version.start, version.end)
    )
    if not share:
        return Measured("met", "none runs for a year or less", figures)
    if share_before is None:
        reason = f"{percent(share)} run for a year or less; none is known that ran a year before"
        return cannot_be_told(reason, figures)
    said = f"{percent(share)} run for a year or less, {percent(share_before)} a year before"
    if share < share_before:
        return Measured("met", said, figures, short)
    return Measured("at risk" if share == share_before else "not met", said, figures, short)


def number(known: KnownYear, _: Mapping[str, float]) -> Measured:
    """Commitment 8: whether there are fewer agreements than a year before.

    A register that holds none that ended since was loaded later: it can't tell of then.
    """
    if not known.agreements:
        return cannot_be_told(NO_AGREEMENTS)
    then = _a_year_earlier(known)
    now, before = known.in_force(known.at), known.in_force(then)
    still = {one.agreement_id for one, _ in now}
    gone = [one for one, _ in before if one.agreement_id not in still]
    once_only = tuple(
        found(one, "new, and all of its money does not recur")
        for one, previous, version in known.varied_in_year()
        if previous is None and version.once_pence == version.annual_pence > 0
    )
    figures: dict[str, Figure] = {
        "in_force": len(now),
        "in_force_before": len(before),
        "pence_a_year": sum(version.annual_pence for _, version in now),
        "pence_a_year_before": sum(version.annual_pence for _, version in before),
        "not_recurrent_share": _once_share(now),
        "not_recurrent_share_before": _once_share(before),
        "by_lead_provider": sum(version.route == "lead-provider" for _, version in now),
        "by_lead_provider_before": sum(version.route == "lead-provider" for _, version in before),
        "new_for_money_that_does_not_recur": len(once_only),
    }
    if not gone:
        reason = (
            f"{len(now)} agreements run; none is known that ran on {then} and has ended since, so"
            " that those of then may be missing from the register"
        )
        return cannot_be_told(reason, figures)
    said = f"{len(now)} agreements, {len(before)} a year before"
    if len(now) < len(before):
        return Measured("met", said, figures, once_only)
    return Measured("at risk" if len(now) == len(before) else "not met", said, figures, once_only)


def uplift(known: KnownYear, _: Mapping[str, float]) -> Measured:
    """Principle A5, section 5.4: whether agreements rose by the net average uplift of the year.

    Net of the efficiency that is asked for: 2% less 1.6% is 0.4%. Of agreements that run before
    and in the year, whose service did not change; to the pound.
    """
    risen: list[tuple[Agreement, int, int]] = []
    for one, terms_now in known.in_force(known.at):
        before = one.on(_eve(known.since))
        if before is None or not before.annual_pence or _service_changed(one, known):
            continue
        risen.append((one, before.annual_pence, terms_now.annual_pence))
    total_before, total = sum(b for _, b, _ in risen), sum(a for _, _, a in risen)
    cut = [_rise(*each) for each in risen if each[2] < each[1]]
    figures: dict[str, Figure] = {
        "agreements": len(risen),
        "raised": sum(after > before for _, before, after in risen),
        "cut": len(cut),
        "rise_together": part(total - total_before, total_before),
        "net_uplift_percent": known.net_uplift,
    }
    if not risen:
        return cannot_be_told("no agreement is known that ran before and in the year", figures)
    if known.net_uplift is None:
        if cut:
            return Measured("not met", f"{len(cut)} of {len(risen)} were cut", figures, tuple(cut))
        reason = f"{figures['raised']} of {len(risen)} rose; nobody said what the net uplift was"
        return cannot_be_told(reason, figures)
    least = known.net_uplift
    short = [
        _rise(one, before, after)
        for one, before, after in risen
        if after + _A_POUND <= before + before * least / 100
    ]
    if short:
        reason = f"{len(short)} of {len(risen)} rose by less than {least:g}%"
        return Measured("not met" if known.is_over else "at risk", reason, figures, tuple(short))
    return Measured("met", f"all {len(risen)} rose by {least:g}% or more", figures)


def _marks(version: Version) -> list[str]:
    said = Terms(
        version.effective_on,
        version.start,
        version.end,
        None,
        version.annual_pence,
        version.has_rationale,
    )
    return marks(said, None)


def _is_normal(version: Version) -> bool:
    if version.end is None:
        return False
    shortest, longest = (last_day(version.start, period) for period in (THREE_YEARS, FIVE_YEARS))
    return shortest <= version.end <= longest


def _is_extended(before: Version, after: Version) -> bool:
    if set(after.changes) == {"correction"}:
        return False  # an end put right is no end moved
    return "extension" in after.changes or (
        before.end is not None and (after.end is None or after.end > before.end)
    )


def _short_share(running: Sequence[tuple[Agreement, Version]]) -> float | None:
    ending = [(version.start, version.end) for _, version in running if version.end is not None]
    return part(sum(is_a_year_or_less(start, end) for start, end in ending), len(ending))


def _months(start: date, end: date) -> float:
    return ((end - start).days + 1) * 12 / 365.25


def _once_share(running: Sequence[tuple[Agreement, Version]]) -> float | None:
    return part(
        sum(version.once_pence for _, version in running),
        sum(version.annual_pence for _, version in running),
    )


def _a_year_earlier(known: KnownYear) -> date:
    return later(known.at, "P1Y", -1)


def _eve(day: date) -> date:
    return later(day, "P1D", -1)


def _service_changed(one: Agreement, known: KnownYear) -> bool:
    return any(
        "specification" in version.changes
        for version in one.history
        if known.since <= version.since <= known.at
    )


def _rise(one: Agreement, before: int, after: int) -> Found:
    return found(one, f"{percent((after - before) / before)} since the year before")
