"""The change of spend from one year to another, explained: every penny in exactly one component.

Pure. A figure moves in up to three steps, and each is explained by itself:

1. the same year, by the payments known later: corrections;
2. the same year and payments, by what is known later of suppliers and codes: reclassified, and
   moved between programmes;
3. a year later, by the same knowledge: new providers, ended ones, and of those paid in both years
   what was reclassified, moved between programmes, is uplift, or is another price or volume.

Of a provider that was paid in both years, pounds are reclassified as far as what counts moved one
way and what does not count the other way; they were moved between programmes as far as what is left
rose in some of its programmes and fell in others. So a provider of which half as much again counts
since it became a charity is reclassified for what it had before, and the rest is price or volume.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

Component = Literal[
    "new-providers",
    "ended",
    "uplift",
    "other-price-or-volume",
    "reclassified",
    "moved-between-programmes",
    "corrections",
]
COMPONENTS: tuple[Component, ...] = get_args(Component)


class Paid(NamedTuple):
    """What one provider was paid for one programme: lines, pence that count and that do not."""

    lines: int = 0
    counted: int = 0
    uncounted: int = 0


Programmes = Mapping[str, Paid]
Year = Mapping[str, Programmes]
"""What each provider was paid in a year, by programme; '' for none."""
Uplifts = Mapping[str, Mapping[str, int]]
"""Pence of uplift that agreements say, by provider and programme."""

_NOTHING = Paid()


class Part(NamedTuple):
    """Pence of one component that are of one provider and programme."""

    component: Component
    provider: str
    programme: str
    pence: int


@dataclass(frozen=True)
class Figures:
    """The year compared with, as it was known and judged then, with what became of it since.

    `corrected` is the first year by the payments known later, `judged` also by what is known later
    of suppliers and codes: the same mapping wherever nothing can differ. `last` is the year
    compared, known as `judged` is.
    """

    first: Year
    corrected: Year
    judged: Year
    last: Year
    uplifts: Uplifts = field(default_factory=dict)


def explain(figures: Figures) -> list[Part]:
    """Parts that add up to the change of what counts, by provider and programme as in the whole."""
    parts = list(_corrections(figures.first, figures.corrected))
    for provider, before, after in _both(figures.corrected, figures.judged):
        parts += _judged_anew(provider, before, after)
    for provider, before, after in _both(figures.judged, figures.last):
        parts += _a_year_later(provider, before, after, figures.uplifts.get(provider, {}))
    return [part for part in parts if part.pence]


def _both(before: Year, after: Year) -> Iterable[tuple[str, Programmes, Programmes]]:
    if before is after:
        return
    for provider in sorted({*before, *after}):
        yield provider, before.get(provider, {}), after.get(provider, {})


def _changes(before: Programmes, after: Programmes) -> dict[str, Paid]:
    """By how much each programme rose, or fell."""
    return {
        programme: Paid(
            *(
                new - old
                for old, new in zip(
                    before.get(programme, _NOTHING), after.get(programme, _NOTHING), strict=True
                )
            )
        )
        for programme in sorted({*before, *after})
    }


def _corrections(before: Year, after: Year) -> Iterable[Part]:
    for provider, old, new in _both(before, after):
        for programme, change in _changes(old, new).items():
            yield Part("corrections", provider, programme, change.counted)


def _judged_anew(provider: str, before: Programmes, after: Programmes) -> list[Part]:
    """The same payments: what counts otherwise was reclassified, the rest changed its programme."""
    split = _split(_changes(before, after))
    return [
        *_parts("reclassified", provider, split.reclassified),
        *_parts("moved-between-programmes", provider, split.moved),
        # Nothing, where both are the same payments.
        *_parts("corrections", provider, split.rest),
    ]


def _a_year_later(
    provider: str, before: Programmes, after: Programmes, uplifts: Mapping[str, int]
) -> list[Part]:
    changes = _changes(before, after)
    counted = {programme: change.counted for programme, change in changes.items()}
    if not any(paid.lines for paid in before.values()):
        return _parts("new-providers", provider, counted)
    if not any(paid.lines for paid in after.values()):
        return _parts("ended", provider, counted)
    split = _split(changes)
    uplift = _of_programmes_paid_in_both(uplifts, before, after)
    other = {programme: pence - uplift.get(programme, 0) for programme, pence in split.rest.items()}
    return [
        *_parts("reclassified", provider, split.reclassified),
        *_parts("moved-between-programmes", provider, split.moved),
        *_parts("uplift", provider, uplift),
        *_parts("other-price-or-volume", provider, other),
    ]


def _parts(component: Component, provider: str, pence: Mapping[str, int]) -> list[Part]:
    return [Part(component, provider, programme, each) for programme, each in pence.items()]


class _Split(NamedTuple):
    """A provider's change by programme: three parts that add up to it."""

    reclassified: dict[str, int]
    moved: dict[str, int]
    rest: dict[str, int]


def _split(changes: Mapping[str, Paid]) -> _Split:
    counted = sum(change.counted for change in changes.values())
    uncounted = sum(change.uncounted for change in changes.values())
    rest = {programme: change.counted for programme, change in changes.items()}
    reclassified = _take(rest, _opposed(counted, uncounted))
    rises = sum(pence for pence in rest.values() if pence > 0)
    falls = sum(pence for pence in rest.values() if pence < 0)
    both = min(rises, -falls)
    up, down = _take(dict(rest), both), _take(dict(rest), -both)
    moved = {programme: up[programme] + down[programme] for programme in rest}
    left = {programme: pence - moved[programme] for programme, pence in rest.items()}
    return _Split(reclassified, moved, left)


def _opposed(change: int, other: int) -> int:
    """The part of a change that another one, the other way, stands against."""
    if change > 0 > other:
        return min(change, -other)
    if change < 0 < other:
        return max(change, -other)
    return 0


def _take(pence: dict[str, int], amount: int) -> dict[str, int]:
    """Take an amount from those of its sign, by their size and to the penny; what each gave.

    They hold at least the amount between them, so none gives more than it has.
    """
    whole = sum(each for each in pence.values() if each * amount > 0)
    taken, passed = {}, 0
    for programme, each in pence.items():
        given = 0
        if each * amount > 0:
            given = amount * (passed + each) // whole - amount * passed // whole
            passed += each
        taken[programme] = given
        pence[programme] -= given
    return taken


def _of_programmes_paid_in_both(
    uplifts: Mapping[str, int], before: Programmes, after: Programmes
) -> dict[str, int]:
    """The uplift by programmes that counted in both years.

    An agreement may name its programme in other words than the ledger: such uplift is of the
    largest of them. None where there is none: what begins or ends has no uplift.
    """
    both = [
        programme
        for programme, paid in sorted(before.items())
        if paid.counted and after.get(programme, _NOTHING).counted
    ]
    found: dict[str, int] = {}
    for programme, pence in uplifts.items():
        if both:
            named = programme if programme in both else max(both, key=lambda p: before[p].counted)
            found[named] = found.get(named, 0) + pence
    return found
