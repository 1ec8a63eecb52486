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
    """One version of an agreement. `published` is False for an end that waits for its terms."""

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
    """What is known of one agreement: its version and the facts that count.

    `variations` are in the order of the days from which they hold, and of several from one day the
    last to arrive; of the ends the last to arrive counts.
    """

    version: int = 0
    registered: Data | None = None
    variations: tuple[Data, ...] = ()
    ended: Data | None = None

    @property
    def terms_are_known(self) -> bool:
        """Whether more than an end is known."""
        return self.registered is not None or bool(self.variations)

    def terms_on(self, day: str) -> Data | None:
        """The terms in force on a day: those that hold from the latest day up to it."""
        before = [each for each in self.variations if each["effective_on"] <= day]
        return before[-1] if before else self.registered

    @property
    def ended_on(self) -> str | None:
        """The day on which it ends; an end before the start of the terms is none."""
        if self.ended is None:
            return None
        day: str = self.ended["ended_on"]
        start = self.start_as_of(day)
        return None if start is not None and day < start else day

    def start_as_of(self, day: str) -> str | None:
        """The start, by the terms in force on a day, else by the first that will be."""
        terms = self.terms_on(day) or next(iter(self.variations), None)
        return None if terms is None else terms["start"]

    def varied_from(self, day: str) -> Data | None:
        """The variation that holds from this very day."""
        return next((each for each in self.variations if each["effective_on"] == day), None)

    def after(self, step: Step) -> "Standing":
        """The standing once the step was taken."""
        known = self._replace(version=self.version + 1)
        if step.type == REGISTERED:
            return known._replace(registered=step.data)
        if step.type == ENDED:
            return known._replace(ended=step.data)
        day = step.data["effective_on"]
        others = [each for each in self.variations if each["effective_on"] != day]
        in_order = sorted([*others, step.data], key=lambda each: str(each["effective_on"]))
        return known._replace(variations=tuple(in_order))


def read_agreement(event: Envelope, buyers: Buyers) -> Said:
    """What an event says of an agreement. Rejected: an unknown buyer, an end before the start."""
    fact = _POSTED.get(event.type)
    if fact is None:
        raise Rejected(
            f"an event of this type is not taken here: {', '.join(_POSTED)} are expected", "type"
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

    Every version of the terms is published, whatever day it holds from and in whatever order they
    come: readers choose by the day. An end waits for terms that it can be measured by.
    Rejected: other terms under a registration, an end before the start, a variation from a day
    after the end, a start after the end.
    """
    if said.type == ENDED:
        return _end(standing, said)
    known = _registers(standing, said) if said.type == REGISTERED else _varies(standing, said)
    if known:
        return ()
    step = Step(said.event_id, said.type, said.data, published=True)
    after = standing.after(step)
    if standing.terms_are_known and standing.ended_on is not None:
        if after.ended_on is None:
            raise Rejected(f"start is after the end of the agreement, {standing.ended_on}", "start")
        return (step,)
    if after.ended is None or after.ended_on is None:
        return (step,)
    # The end waited for terms, or was before a start that is earlier now.
    again = identify("agreement-ended-again", said.agreement_id, str(after.version + 1))
    return (step, Step(again, ENDED, after.ended, published=True))


def _registers(standing: Standing, said: Said) -> bool:
    """Whether these very terms are known: the first ones, or what a variation made of them."""
    if standing.registered is None:
        return False
    varied = [_terms_of(each) for each in standing.variations]
    if said.data in (standing.registered, *varied):
        return True
    raise Rejected(
        f"the agreement {said.data['reference']} is registered with other terms: "
        f"send {VARIED} with the day from which the new terms hold",
        "reference",
    )


def _varies(standing: Standing, said: Said) -> bool:
    """Whether this very variation is the one that is known from its day."""
    if said.data == standing.varied_from(said.data["effective_on"]):
        return True
    if standing.ended_on is not None and said.data["effective_on"] > standing.ended_on:
        raise Rejected(
            f"the agreement {said.data['reference']} ended on {standing.ended_on}: "
            "no variation can hold from a later day",
            "effective_on",
        )
    return False


def _terms_of(variation: Data) -> Data:
    return {key: value for key, value in variation.items() if key not in _OF_A_VARIATION}


def _end(standing: Standing, said: Said) -> Sequence[Step]:
    if said.data == standing.ended:
        return ()
    start = standing.start_as_of(said.data["ended_on"])
    if start is not None and said.data["ended_on"] < start:
        raise Rejected(f"ended_on is before the start of the agreement, {start}", "ended_on")
    return (Step(said.event_id, ENDED, said.data, published=standing.terms_are_known),)


def supplier_of(terms: Data) -> str:
    """The supplier that the terms name as provider."""
    return supplier_id(terms["provider"], terms.get("charity_number"), terms.get("company_number"))


def published(identifier: str, version: int, step: Step, now: datetime) -> bytes:
    """The data of the canonical event of a version of an agreement."""
    data = {**step.data, "agreement_id": identifier, "version": version, "recorded_at": now}
    if step.type != ENDED:
        data["supplier_id"] = supplier_of(step.data)
    return orjson.dumps(data)
