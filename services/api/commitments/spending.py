"""Promises that payments tell: how clear the picture is, its pace, and whom the money reaches."""

from collections.abc import Callable, Mapping, Sequence

from services.api.commitments.known import KnownYear, Spending
from services.api.commitments.measured import (
    Figure,
    Measured,
    Status,
    cannot_be_told,
    part,
    percent,
)

_NO_PAYMENTS = "no payment of the year is known"
_NONE_BEFORE = "no payment of the year before is known to compare with"
_NONE_COUNTS = "nothing that was paid is known to count under the definition"


def breakdown(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Commitment 1: whether spending is broken down more clearly than the year before."""
    if known.now is None:
        return cannot_be_told(_NO_PAYMENTS, rests_on_payments=True)
    now, figures = _clarity(known.now), _beside(known, _clarity)
    complete = all(share >= thresholds["complete"] for share in now.values())
    if known.before is None:
        if complete:
            return _by_payments("met", "the breakdown is complete", figures)
        return cannot_be_told(_NONE_BEFORE, figures, rests_on_payments=True)
    before = _clarity(known.before)
    worse = [name for name in now if now[name] < before[name] - thresholds["slack"]]
    if worse:
        reason = f"less is known than the year before: {_moved(worse, now, before)}"
        return _by_payments("not met", reason, figures)
    better = [name for name in now if now[name] > before[name]]
    if complete or better:
        reason = "the breakdown is complete" if complete else _moved(better, now, before)
        return _by_payments("met", reason, figures)
    return _by_payments("at risk", "the breakdown is incomplete and no clearer", figures)


def picture(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Principle A1: whether what each Place spends is known."""
    if known.now is None:
        return cannot_be_told(_NO_PAYMENTS, rests_on_payments=True)
    shares = {
        "matched_share": known.now.matched_share or 0.0,
        "placed_share": part(known.now.placed_pence, known.now.pence) or 0.0,
    }
    figures: dict[str, Figure] = dict(shares)
    least = min(shares, key=lambda name: shares[name])
    said = f"{least.replace('_', ' ')} of pounds is {percent(shares[least])}"
    if shares[least] >= thresholds["complete"]:
        return _by_payments("met", said, figures)
    status: Status = "at risk" if shares[least] >= thresholds["partial"] else "not met"
    return _by_payments(status, said, figures)


def pace(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Commitment 3: whether funding grew at least as the allocation did."""
    if known.now is None or known.before is None:
        reason = _NO_PAYMENTS if known.now is None else _NONE_BEFORE
        return cannot_be_told(reason, rests_on_payments=True)
    now, before = known.now.vcse_pence, known.before.vcse_pence
    growth = part(now - before, before)
    figures: dict[str, Figure] = {
        "pence": now,
        "pence_before": before,
        "growth": growth,
        "allocation_growth_percent": known.allocation_growth,
        **_beside(known, lambda one: {"matched_share": one.matched_share or 0.0}),
    }
    why_not = _why_no_pace(known.now, known.before, thresholds)
    if growth is None or why_not:
        reason = why_not or _NONE_COUNTS
        return cannot_be_told(reason, figures, rests_on_payments=True)
    if known.since.year < thresholds["first_year"]:
        reason = f"it begins with {thresholds['first_year']:.0f}; the change was {percent(growth)}"
        return cannot_be_told(reason, figures, rests_on_payments=True)
    missed: Status = "not met" if known.is_over else "at risk"
    short = _by_payments(missed, f"it changed by {percent(growth)}", figures)
    if growth < thresholds["least_growth"]:
        return short._replace(reason=f"{short.reason}: less than the year before (section 2.1)")
    if known.allocation_growth is None:
        reason = f"{short.reason}, and nobody said how the allocation grew"
        return cannot_be_told(reason, figures, rests_on_payments=True)
    grew = short._replace(reason=f"{short.reason}, the allocation by {known.allocation_growth:g}%")
    return grew if round(100 * growth, 4) < known.allocation_growth else grew._replace(status="met")


def _why_no_pace(now: Spending, before: Spending, thresholds: Mapping[str, float]) -> str | None:
    if not now.vcse_lines or before.vcse_pence <= 0:
        return _NONE_COUNTS
    matched = min(now.matched_share or 0.0, before.matched_share or 0.0)
    if matched < thresholds["least_matched"]:
        return f"only {percent(matched)} of gross pounds are matched in one of the years"
    return None


def small(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Principle A3: whether small organisations keep their part."""
    return _kept_part(
        known,
        thresholds,
        "small",
        lambda one: (one.small_pence, one.unsized_pence),
        "the income of organisations",
    )


def closer(known: KnownYear, thresholds: Mapping[str, float]) -> Measured:
    """Principle A4: whether local organisations keep their part."""
    return _kept_part(
        known,
        thresholds,
        "local",
        lambda one: (one.local_pence, one.nowhere_pence),
        "where organisations are",
    )


def _kept_part(
    known: KnownYear,
    thresholds: Mapping[str, float],
    name: str,
    of: Callable[[Spending], tuple[int, int]],
    what: str,
) -> Measured:
    """Whether a part of what counts is no less than the year before."""
    if known.now is None or not known.now.vcse_lines:
        reason = _NO_PAYMENTS if known.now is None else _NONE_COUNTS
        return cannot_be_told(reason, rests_on_payments=True)
    share, unknown = _shares(known.now, of)
    before, unknown_before = (None, None) if known.before is None else _shares(known.before, of)
    figures: dict[str, Figure] = {
        f"{name}_share": share,
        f"{name}_share_before": before,
        "unknown_share": unknown,
        "unknown_share_before": unknown_before,
    }
    if unknown is not None and unknown > thresholds["most_unknown"]:
        reason = f"{what} is not known of {percent(unknown)} of what counts"
        return cannot_be_told(reason, figures, rests_on_payments=True)
    if share is None or before is None:
        return cannot_be_told(_NONE_BEFORE, figures, rests_on_payments=True)
    if unknown_before is None or unknown_before > thresholds["most_unknown"]:
        reason = f"{what} is not known of much of the year before"
        return cannot_be_told(reason, figures, rests_on_payments=True)
    said = f"{percent(share)} of what counts, {percent(before)} the year before"
    if share >= before:
        return _by_payments("met", said, figures)
    status: Status = "at risk" if share >= before - thresholds["slack"] else "not met"
    return _by_payments(status, said, figures)


def _shares(
    one: Spending, of: Callable[[Spending], tuple[int, int]]
) -> tuple[float | None, float | None]:
    some, unknown = of(one)
    return part(some, one.vcse_pence), part(unknown, one.vcse_pence)


def _by_payments(status: Status, reason: str, figures: dict[str, Figure]) -> Measured:
    return Measured(status, reason, figures, (), rests_on_payments=True)


def _clarity(one: Spending) -> dict[str, float]:
    return {
        "matched_share": one.matched_share or 0.0,
        "programme_share": part(one.programmed_pence, one.pence) or 0.0,
    }


def _beside(known: KnownYear, of: Callable[[Spending], dict[str, float]]) -> dict[str, Figure]:
    """Figures of this year and of the year before."""
    figures: dict[str, Figure] = {}
    if known.now is not None:
        figures |= of(known.now)
    if known.before is not None:
        figures |= {f"{name}_before": share for name, share in of(known.before).items()}
    return figures


def _moved(names: Sequence[str], now: Mapping[str, float], before: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {percent(now[name])} after {percent(before[name])}"
        for name in names
    )
