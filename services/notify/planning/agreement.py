"""An agreement as its facts tell it, whatever the order in which they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from shared.agreement_parts import ExtensionOption
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried
from shared.extension import Offer, options_used
from shared.notice_terms import NoticeTerms

AgreementFact = AgreementRegistered | AgreementVaried | AgreementEnded
Standing = Literal["dated", "undated", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of an agreement's terms; those of a registration hold from `date.min`.

    `annual_pence` is a year's money over all lines, `changes` what the buyer calls a variation.
    """

    version: int
    effective_on: date
    title: str
    provider: str
    supplier_id: str
    start: date
    end: date | None
    notice: NoticeTerms | None
    options: tuple[ExtensionOption, ...] = ()
    annual_pence: int = 0
    changes: tuple[str, ...] = ()

    @property
    def offer(self) -> Offer:
        """What they offer of extensions."""
        return Offer(max(self.effective_on, self.start), self.end, self.options, self.changes)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as it stands on a day: the terms in force then, and its end where one is known.

    Without terms in force it brings nothing: what is known of it holds from a later day.
    `annual_pence` is a year's money over all lines.
    """

    agreement_id: str
    buyer: str
    reference: str
    title: str = ""
    provider: str = ""
    supplier_id: str | None = None
    start: date | None = None
    end: date | None = None
    notice: NoticeTerms | None = None
    options_left: tuple[ExtensionOption, ...] = ()
    annual_pence: int = 0
    terms_version: int = 0
    ended_on: date | None = None

    @property
    def standing(self) -> Standing:
        """Whether there are dates to watch, and if not, why not."""
        if self.ended_on is not None:
            return "ended"
        if not self.terms_version:
            return "unknown"
        return "dated" if self.end else "undated"

    @property
    def last_day(self) -> date | None:
        """The day on which it ended or will, by a recorded end or else by its terms."""
        return self.ended_on or self.end

    @property
    def ran_its_course(self) -> bool:
        """Whether it ended no earlier than it was to."""
        return self.ended_on is not None and self.end is not None and self.ended_on >= self.end


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of an agreement: its terms in the order in which they hold, and its end.

    `ended_on` may lie ahead: an end that is known is counted with at once, but for one after the
    end of the terms in force, which shortens nothing and counts once it has passed.
    """

    agreement_id: str
    buyer: str
    reference: str
    terms: tuple[Terms, ...] = ()
    ended_version: int = 0
    ended_on: date | None = None

    @property
    def version(self) -> int:
        """The newest version that is known."""
        return max([self.ended_version, *(one.version for one in self.terms)])

    @property
    def counts_working_days(self) -> bool:
        """Whether any of its terms depend on bank holidays."""
        return any(one.notice is not None and one.notice.counts_working_days for one in self.terms)

    def on(self, day: date) -> Agreement:
        """The agreement on a day: with the terms that hold from the latest day up to it.

        Of two from one day the higher version holds; none comes into force after the end.
        """
        last = min(day, self.ended_on) if self.ended_on else day
        before = [one for one in self.terms if one.effective_on <= last]
        if not before:
            return Agreement(self.agreement_id, self.buyer, self.reference, ended_on=self.ended_on)
        terms = before[-1]
        return Agreement(
            self.agreement_id,
            self.buyer,
            self.reference,
            terms.title,
            terms.provider,
            terms.supplier_id,
            terms.start,
            terms.end,
            terms.notice,
            _options_left(before),
            terms.annual_pence,
            terms.version,
            self.ended_on if self._is_over(day, terms.end) else None,
        )

    def _is_over(self, day: date, end: date | None) -> bool:
        if self.ended_on is None:
            return False
        return end is None or self.ended_on <= end or self.ended_on < day

    def next_change(self, day: date) -> date | None:
        """The first day after this one on which it stands otherwise by itself, as far as is known.

        Other terms take effect, or an end after theirs has passed.
        """
        ahead = {one.effective_on for one in self.terms}
        if self.ended_on is not None:
            ahead = {each for each in ahead if each <= self.ended_on}
            if self.on(day).ended_on is None:
                ahead.add(self.ended_on + timedelta(days=1))
        return min((each for each in ahead if each > day), default=None)


def apply(history: History | None, fact: AgreementFact) -> History:
    """The history with the fact in it; one with a version that is known already changes nothing."""
    known = history or History(str(fact.agreement_id), fact.buyer, fact.reference)
    if isinstance(fact, AgreementEnded):
        if fact.version <= known.ended_version:
            return known
        ended_on = None if fact.withdrawn else fact.ended_on
        return replace(known, ended_version=fact.version, ended_on=ended_on)
    if any(one.version == fact.version for one in known.terms):
        return known
    told = Terms(
        fact.version,
        fact.effective_on if isinstance(fact, AgreementVaried) else date.min,
        fact.title,
        fact.provider,
        str(fact.supplier_id),
        fact.start,
        fact.end,
        _notice(fact),
        fact.extension_options,
        sum(line.annual_amount_pence for line in fact.lines),
        fact.changes if isinstance(fact, AgreementVaried) else (),
    )
    return replace(known, terms=in_order([*known.terms, told]))


def _notice(fact: AgreementRegistered | AgreementVaried) -> NoticeTerms | None:
    period = fact.notice_period
    if period is None:
        return fact.notice_terms
    return NoticeTerms(buyer_period=period, provider_period=period)


def _options_left(terms: Sequence[Terms]) -> tuple[ExtensionOption, ...]:
    """Options of the last of these terms that nobody has used up."""
    if not terms[-1].options:
        return ()
    used = options_used([one.offer for one in terms])[-1]
    return tuple(option for option, done in zip(terms[-1].options, used, strict=True) if not done)


def in_order(terms: Sequence[Terms]) -> tuple[Terms, ...]:
    """Terms by the day from which they hold; of one day the newest last."""
    return tuple(sorted(terms, key=lambda one: (one.effective_on, one.version)))


def apply_all(history: History | None, facts: Sequence[AgreementFact]) -> History:
    """The history with all facts in it."""
    for fact in facts:
        history = apply(history, fact)
    if history is None:
        raise ValueError("no fact, no agreement")
    return history
