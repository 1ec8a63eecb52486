"""What a person decided about a supplier, in force or in the history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.classify.definitions.vocabulary import LEGAL_FORMS
from shared.errors import Rejected
from shared.identity import identify

DecisionKind = Literal["organisation", "another", "several", "not-vcse", "person", "revoked"]


class Decision(NamedTuple):
    """One decision: who decided what about which supplier, when and why.

    `organisation` is one that a register knows, `another` one that need not be known, `several` two
    or more; `organisations` are their org-ids and `name` what they were called then. What a
    register prints without a number is an `organisation` by its `name` alone. `legal_form` tells
    such namesakes apart, and says what `another` is. `revoked` ends what was decided before.
    `name_key` and `form` are those of the payee: see `name_key_of`.
    """

    supplier_id: str
    name_key: str | None
    form: str | None
    kind: DecisionKind
    organisations: tuple[str, ...]
    name: str | None
    legal_form: str | None
    why: str
    who: str
    decided_at: datetime

    @property
    def what(self) -> tuple[object, ...]:
        """What was decided: two people agree where it is the same."""
        printed = self.name.casefold() if self.name and not self.organisations else None
        return self.kind, self.organisations, printed, self.legal_form

    @property
    def id(self) -> str:
        """The same decision, imported again, has the same id."""
        moment = self.decided_at.isoformat()
        return identify("decision", self.supplier_id, self.kind, moment, self.who)


class Settled(NamedTuple):
    """What is decided, before it is known of which payee, and when."""

    kind: DecisionKind
    organisations: tuple[str, ...]
    name: str | None
    legal_form: str | None
    why: str
    who: str


_ORGANISATIONS: dict[DecisionKind, tuple[int, int, str]] = {
    "organisation": (1, 1, "exactly one organisation, or none and in `name` one without a number"),
    "another": (1, 1, "exactly one organisation"),
    "several": (2, 20, "two to twenty organisations"),
}


def check_settled(settled: Settled | Decision) -> None:
    """Raise Rejected unless the decision names what its kind needs, in a form that is known."""
    least, most, words = _ORGANISATIONS.get(settled.kind, (0, 0, "no organisation"))
    given = settled.organisations
    by_name = settled.kind == "organisation" and not given and settled.name is not None
    if len(set(given)) != len(given) or not (by_name or least <= len(given) <= most):
        raise Rejected(f"the decision {settled.kind} names {words}", "organisations")
    if settled.legal_form is None:
        return
    if not by_name and settled.kind != "another":
        raise Rejected(f"the decision {settled.kind} has no form of its own", "legal_form")
    if settled.legal_form not in LEGAL_FORMS:
        forms = ", ".join(sorted(LEGAL_FORMS))
        raise Rejected(f"{settled.legal_form[:40]!r} is none of: {forms}", "legal_form")


class Decisions(NamedTuple):
    """Decisions in force that were looked up: by supplier, and by the key of a name."""

    by_supplier: Mapping[str, Decision]
    by_name: Mapping[str, Sequence[Decision]]


NO_DECISIONS = Decisions({}, {})


def name_key_of(words: str) -> str | None:
    """What payees of the same comparable words share, None without words.

    A digest: what is remembered of a person does not hold the person's name.
    """
    return identify("name", words) if words else None
