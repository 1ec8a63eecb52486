"""The outcome of matching a supplier, and the words in which it is told."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.classify.matching.bodies import Body
from services.classify.matching.known import Known
from services.classify.organisation import Link, Organisation
from shared.events import Candidate, Tier

MOST_CANDIDATES = 3

SCORES: dict[str, float] = {
    "redacted-payee": 0.0,
    "decided": 1.0,
    "decided-not-in-registers": 1.0,
    "published-identifier": 1.0,
    "identifiers-disagree": 0.5,
    "identifier-contradicts-name": 0.5,
    "no-name": 0.0,
    "no-match": 0.0,
}
"""The score of each rule that decides by itself; names are scored by the fitted model."""


class Match(NamedTuple):
    """What a supplier is taken for. `possible` are the bodies that it may be: the one matched, or
    all among which a person must choose; empty where none of them may vouch for it. `called` names
    it where it is several organisations. The chances are None where a rule decided by itself: that
    it is the first candidate, and that it is a registered charity, whichever.
    """

    tier: Tier
    rule: str
    evidence: tuple[str, ...]
    organisation: Organisation | None = None
    possible: tuple[Body, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    called: str | None = None
    link_chance: float | None = None
    charity_chance: float | None = None

    @property
    def score(self) -> float:
        """How likely it is that the supplier is the first candidate: fitted, or the rule's own."""
        return SCORES[self.rule] if self.link_chance is None else self.link_chance


def candidates(rule: str, possible: Sequence[Body]) -> tuple[Candidate, ...]:
    """The first three bodies as candidates."""
    return tuple(
        Candidate(
            organisation=body.present.org_id, name=body.present.name[:200], score=SCORES[rule]
        )
        for body in possible[:MOST_CANDIDATES]
    )


def written(day: date) -> str:
    """A day as a letter prints it."""
    return f"{day.day} {day:%B %Y}"


def described(organisation: Organisation, known: Known) -> str:
    """An organisation in a sentence: name, identifier, form, register and whether it stands."""
    edition = known.editions[organisation.source]
    name = f"{organisation.name} ({organisation.org_id or 'no number printed'})"
    return (
        f"{name}, {organisation.legal_form}, {_standing(organisation)}in: {edition.title}, "
        f"as at {written(edition.as_at)}"
    )


def _standing(organisation: Organisation) -> str:
    if organisation.removed_on:
        return f"removed on {written(organisation.removed_on)}, "
    if organisation.removed_by:
        return f"removed by {written(organisation.removed_by)} on a day not given, "
    return ""


def carried_on(link: Link, known: Known) -> str:
    """A succession in a sentence."""
    since = f"from {written(link.since)}" if link.since else "from a day not given"
    return f"{link.a} was carried on by {known.by_id[link.b].name} ({link.b}) {since}."
