"""That a payee is one organisation, in the words of both: what the doubts are asked about."""

from typing import NamedTuple, Self

from services.classify.matching.evidence import entry_of_bearer
from services.classify.matching.index.index import Index
from services.classify.matching.model.judging import Judged
from services.classify.matching.names import comparable
from services.classify.matching.words import weighing_words
from services.classify.supplier import Supplier


class Doubt(NamedTuple):
    """The rule by which a claim is doubted, and the sentence that says why."""

    rule: str
    said: str


class Claim(NamedTuple):
    """The likeliest candidate of a payee. `ours` are the weighed words of the whole payee, `read`
    those of the part that was read, `theirs` those of the registered name.
    """

    payee: str
    name: str
    best: Judged
    org_id: str | None
    ours: tuple[str, ...]
    read: tuple[str, ...]
    theirs: tuple[str, ...]

    @classmethod
    def of(cls, supplier: Supplier, best: Judged, index: Index) -> Self:
        """What a candidate claims of a supplier."""
        theirs = index.folded.text(entry_of_bearer(best.bearer, index)).split()
        return cls(
            supplier.payee,
            index.bearer(best.bearer).name,
            best,
            index.organisations[best.organisation].org_id,
            tuple(weighing_words(comparable(supplier.payee).words)),
            tuple(best.reading.tokens),
            tuple(theirs),
        )

    @property
    def same(self) -> bool:
        """Whether the name is the payee's, but for case, abbreviations, plurals and spaces."""
        values = self.best.values
        return bool(values["same_words"] or values["same_folded"] or values["same_unspaced"])

    @property
    def added(self) -> set[str]:
        """The words of the registered name that the payee lacks."""
        return set(self.theirs) - set(self.read)

    @property
    def left(self) -> set[str]:
        """The words of the payee that the registered name lacks."""
        return set(self.ours) - set(self.theirs)
