"""An agreement as its facts tell it, whatever the order in which they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried

AgreementFact = AgreementRegistered | AgreementVaried | AgreementEnded
Standing = Literal["dated", "undated", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is known of an agreement.

    Terms and end are kept with the version that told them: an end that overtakes the terms waits
    for them, and a later variation takes up an ended agreement again.
    """

    agreement_id: str
    buyer: str
    reference: str
    terms_version: int = 0
    title: str = ""
    provider: str = ""
    supplier_id: str | None = None
    start: date | None = None
    end: date | None = None
    notice_period: str | None = None
    ended_version: int = 0
    ended_on: date | None = None

    @property
    def version(self) -> int:
        """The newest version that is known."""
        return max(self.terms_version, self.ended_version)

    @property
    def is_over(self) -> bool:
        """Whether the newest fact says that it ended."""
        return self.ended_version > self.terms_version

    @property
    def standing(self) -> Standing:
        """Whether there are dates to watch, and if not, why not."""
        if self.is_over:
            return "ended"
        if not self.terms_version:
            return "unknown"
        return "dated" if self.end else "undated"


def apply(agreement: Agreement | None, fact: AgreementFact) -> Agreement:
    """The agreement after the fact; one with a version that is known already changes nothing."""
    known = agreement or Agreement(str(fact.agreement_id), fact.buyer, fact.reference)
    if isinstance(fact, AgreementEnded):
        if fact.version <= known.ended_version:
            return known
        return replace(known, ended_version=fact.version, ended_on=fact.ended_on)
    if fact.version <= known.terms_version:
        return known
    return replace(
        known,
        buyer=fact.buyer,
        reference=fact.reference,
        terms_version=fact.version,
        title=fact.title,
        provider=fact.provider,
        supplier_id=str(fact.supplier_id),
        start=fact.start,
        end=fact.end,
        notice_period=fact.notice_period,
    )


def apply_all(agreement: Agreement | None, facts: Sequence[AgreementFact]) -> Agreement:
    """The agreement after all facts."""
    for fact in facts:
        agreement = apply(agreement, fact)
    if agreement is None:
        raise ValueError("no fact, no agreement")
    return agreement


def provider_changed(before: Agreement | None, after: Agreement) -> bool:
    """Whether the agreement is with another provider than it was known to be."""
    return (
        before is not None
        and before.supplier_id is not None
        and before.supplier_id != after.supplier_id
    )
