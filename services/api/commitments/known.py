"""What the measures work with: what was known of a buyer's year on a day."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Version(NamedTuple):
    """Terms of an agreement from `effective_on` on; `once_pence` is what of them does not recur.

    `options_left` are the options to extend that were not used up.
    """

    effective_on: date
    start: date
    end: date | None
    annual_pence: int
    once_pence: int = 0
    has_rationale: bool = False
    route: str = "direct"
    changes: tuple[str, ...] = ()
    options_left: int = 0

    @property
    def since(self) -> date:
        """The first day on which they hold."""
        return max(self.effective_on, self.start)


class Agreement(NamedTuple):
    """An agreement with a provider that counts: its versions in the order in which they hold."""

    agreement_id: str
    reference: str
    history: tuple[Version, ...]
    ended_on: date | None = None
    ending: str | None = None

    def on(self, day: date) -> Version | None:
        """The terms in force on a day; None where it does not run then."""
        terms = self.terms(day)
        if terms is None or terms.start > day:
            return None
        last = self.ended_on or terms.end
        return terms if last is None or last >= day else None

    def terms(self, day: date) -> Version | None:
        """The latest terms up to a day, whether they run then or not."""
        held = [one for one in self.history if one.effective_on <= min(day, self.ended_on or day)]
        return held[-1] if held else None


class Notice(NamedTuple):
    """A notice that stands, with its day of service and the last day of what it ends or changes."""

    agreement_id: str
    kind: str
    given_by: str
    served_on: date
    last_day: date | None
    changes: tuple[str, ...] = ()
    exception: str | None = None


class Obligation(NamedTuple):
    """A date of an agreement; `raised`: it was told; `open`: nothing has settled it."""

    agreement_id: str
    kind: str
    due_on: date
    raised: bool
    open: bool


class Spending(NamedTuple):
    """Payments of some days, net pence; `vcse` counts under the definition.

    Of what counts: `local_pence` goes to the buyer's own Places, `small_pence` to organisations
    with an income below 100,000 pounds; of `nowhere_pence` and `unsized_pence` that is not known.
    `matched_share` is of gross pounds.
    """

    pence: int
    programmed_pence: int
    placed_pence: int
    vcse_pence: int
    vcse_lines: int
    local_pence: int
    nowhere_pence: int
    small_pence: int
    unsized_pence: int
    matched_share: float | None


class KnownYear(NamedTuple):
    """A buyer's year, from `since` to `at`, the day on which it is judged.

    `now` are the payments from `since` to the end of the last month with payments, `before` those
    of the same days of the year before; None where there are none. `allocation_growth` and
    `net_uplift` are in per cent; None where nobody said.
    """

    since: date
    until: date
    at: date
    agreements: tuple[Agreement, ...] = ()
    notices: tuple[Notice, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    now: Spending | None = None
    before: Spending | None = None
    allocation_growth: float | None = None
    net_uplift: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the year has ended."""
        return self.at >= self.until

    def in_force(self, day: date) -> list[tuple[Agreement, Version]]:
        """The agreements that run on a day, with their terms then."""
        found = ((one, one.on(day)) for one in self.agreements)
        return [(one, terms) for one, terms in found if terms is not None]

    def varied_in_year(self) -> Iterator[tuple[Agreement, Version | None, Version]]:
        """Terms that began to hold in the year up to the day, with those before them."""
        for one in self.agreements:
            for before, terms in zip((None, *one.history), one.history, strict=False):
                last = one.ended_on or date.max
                if self.since <= terms.since <= min(self.at, last):
                    yield one, before, terms
