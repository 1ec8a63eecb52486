"""What may be said of an agreement, and what follows from it, in the order it was learnt."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.ingest.buyer import Buyers, find_buyer
from shared.envelope import Envelope, read_posted
from shared.errors import Rejected
from shared.events import AgreementEndPosted, AgreementPosted, AgreementVariationPosted
from shared.identity import agreement_id, identify, supplier_id

LARGEST_AGREEMENT = 1024 * 1024
"""Bytes that one posted agreement may have."""

Posted = AgreementPosted | AgreementVariationPosted | AgreementEndPosted
Data = Mapping[str, Any]

REGISTERED = AgreementPosted.TYPE
VARIED = AgreementVariationPosted.TYPE
ENDED = AgreementEndPosted.TYPE

_POSTED: dict[str, type[Posted]] = {
    fact.TYPE: fact for fact in (AgreementPosted, AgreementVariationPosted, AgreementEndPosted)
}
_OF_A_VARIATION = ("effective_on", "reason")


class Said(NamedTuple):
    """One fact as a buyer sent it: `data` is its content in JSON's own types."""

    event_id: str
    agreement_id: str
    type: str
    data: Data


class Step(NamedTuple):
    """One version of an agreement. `published` is False where readers learn nothing by it."""

    event_id: str
    type: str
    data: Data
    published: bool

    @property
    def effective_on(self) -> date:
        """The first day on which it holds; for an end, the last day of the agreement."""
        name = {REGISTERED: "start", VARIED: "effective_on", ENDED: "ended_on"}[self.type]
        return date.fromisoformat(self.data[name])


class Standing(NamedTuple):
    """What is known of one agreement: its version and the fact of each type that counts.

    Of the variations that is the one that holds from the latest day, of several from one day the
    last to arrive; of the ends the last to arrive.
    """

    version: int = 0
    registered: Data | None = None
    varied: Data | None = None
    ended: Data | None = None

    @property
    def terms(self) -> Data | None:
        """The terms in force; None while only an end is known."""
        if self.varied is None:
            return self.registered
        return {key: value for key, value in self.varied.items() if key not in _OF_A_VARIATION}

    @property
    def ended_on(self) -> str | None:
        """The day on which it ended; an end before the start of the terms is none."""
        if self.ended is None or (self.terms and self.ended["ended_on"] < self.terms["start"]):
            return None
        day: str = self.ended["ended_on"]
        return day

    def after(self, step: Step) -> "Standing":
        """The standing once the step was taken."""
        version = self.version + 1
        if step.type == VARIED and self.supersedes(step.data):
            return self._replace(version=version)
        said = {REGISTERED: "registered", VARIED: "varied", ENDED: "ended"}[step.type]
        return self._replace(version=version, **{said: step.data})

    def supersedes(self, variation: Data) -> bool:
        """Whether another variation that is known holds from a later day than this one."""
        day: str = variation["effective_on"]
        return self.varied is not None and day < self.varied["effective_on"]


def read_agreement(event: Envelope, buyers: Buyers) -> Said:
    """What an event says of an agreement. Rejected: an unknown buyer, an end before the start."""
    fact = _POSTED.get(event.type)
    if fact is None:
        raise Rejected(
            f"the type {event.type} is not taken here: {', '.join(_POSTED)} are expected", "type"
        )
    posted = read_posted(fact, event.data)
    find_buyer(buyers, posted.buyer)
    if (
        isinstance(posted, AgreementPosted | AgreementVariationPosted)
        and posted.end is not None
        and posted.end < posted.start
    ):
        raise Rejected("end is before start", "end")
    return Said(
        identify("agreement-event", posted.buyer, event.source, event.id),
        agreement_id(posted.buyer, posted.reference),
        event.type,
        posted.model_dump(mode="json", exclude_none=True),
    )


def next_steps(standing: Standing, said: Said) -> Sequence[Step]:
    """The versions that follow from what was said; none where it was known already.

    An end holds until the terms say otherwise: whatever is learnt of the terms of an ended
    agreement is followed by its end again, since for readers a higher version replaces a lower.
    Rejected: other terms under a registration, an end before the start, a variation from a day
    after the end.
    """
    if said.type == ENDED:
        return _end(standing, said)
    step = _register(standing, said) if said.type == REGISTERED else _vary(standing, said)
    if step is None:
        return ()
    after = standing.after(step)
    if after.ended is None or after.ended_on is None or not step.published:
        return (step,)
    again = identify("agreement-ended-again", said.agreement_id, str(after.version + 1))
    return (step, Step(again, ENDED, after.ended, published=True))


def _register(standing: Standing, said: Said) -> Step | None:
    if standing.terms is None:
        return Step(said.event_id, REGISTERED, said.data, published=True)
    if said.data in (standing.registered, standing.terms):
        return None
    if standing.registered is not None:
        raise Rejected(
            f"the agreement {said.data['reference']} is registered with other terms: "
            f"send {VARIED} with the day from which the new terms hold",
            "reference",
        )
    # A variation came first and holds the terms in force; these are the ones before it.
    return Step(said.event_id, REGISTERED, said.data, published=False)


def _vary(standing: Standing, said: Said) -> Step | None:
    if said.data == standing.varied:
        return None
    if standing.ended_on is not None and said.data["effective_on"] > standing.ended_on:
        raise Rejected(
            f"the agreement {said.data['reference']} ended on {standing.ended_on}: "
            "no variation can hold from a later day",
            "effective_on",
        )
    # Terms from a later day may have come before those of an earlier one: the later ones stay.
    return Step(said.event_id, VARIED, said.data, published=not standing.supersedes(said.data))


def _end(standing: Standing, said: Said) -> Sequence[Step]:
    if said.data == standing.ended:
        return ()
    terms = standing.terms
    if terms is not None and said.data["ended_on"] < terms["start"]:
        raise Rejected(
            f"ended_on is before the start of the agreement, {terms['start']}", "ended_on"
        )
    return (Step(said.event_id, ENDED, said.data, published=terms is not None),)


def supplier_of(terms: Data) -> str:
    """The supplier that the terms name as provider."""
    return supplier_id(terms["provider"], terms.get("charity_number"), terms.get("company_number"))


def published(identifier: str, version: int, step: Step, now: datetime) -> bytes:
    """The data of the canonical event of a version of an agreement."""
    data = {**step.data, "agreement_id": identifier, "version": version, "recorded_at": now}
    if step.type != ENDED:
        data["supplier_id"] = supplier_of(step.data)
    return orjson.dumps(data)
