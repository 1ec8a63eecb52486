"""What is known of an agreement: what was said of it, version by version."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import takewhile
from typing import Any, NamedTuple

import orjson

from services.ingest.keyed_ids import supplier_id
from shared.events import (
    AgreementEndPosted,
    AgreementPosted,
    AgreementVariationPosted,
    ContactsPosted,
)

Data = Mapping[str, Any]

REGISTERED = AgreementPosted.TYPE
VARIED = AgreementVariationPosted.TYPE
ENDED = AgreementEndPosted.TYPE
CONTACTS = ContactsPosted.TYPE

_EFFECTIVE = {
    REGISTERED: "start",
    VARIED: "effective_on",
    ENDED: "ended_on",
    CONTACTS: "confirmed_on",
}
"""The field that says from which day a fact holds."""


class Said(NamedTuple):
    """One fact as a buyer sent it: `data` is its content in JSON's own types.

    Contacts carry besides a `digest` of their list, which stays when the list is erased.
    """

    event_id: str
    agreement_id: str
    type: str
    data: Data

    def repeats(self, before: "Said") -> bool:
        """Whether it says what was said before, be that erased since or not."""
        if self.type != CONTACTS or "contacts" in before.data:
            return self == before
        return self._replace(data=without_list(self.data)) == before


def without_list(contacts: Data) -> Data:
    """What stays of contacts that are replaced: the day, and the digest of the list."""
    return {name: value for name, value in contacts.items() if name != "contacts"}


class Step(NamedTuple):
    """One version of an agreement.

    `published` is False for an end that waits for its terms, and for contacts that were confirmed
    before those that are known.
    """

    event_id: str
    type: str
    data: Data
    published: bool

    @property
    def effective_on(self) -> date:
        """The first day on which it holds; for an end, the last day of the agreement."""
        return date.fromisoformat(self.data[_EFFECTIVE[self.type]])


class End(NamedTuple):
    """An end that was said, or taken back, and the version that it is."""

    version: int
    data: Data


class Standing(NamedTuple):
    """What is known of one agreement: its version and the facts that count.

    `variations` are in the order of the days from which they hold, and of several from one day the
    last to arrive; `ends` are in the order of arrival; of the contacts those confirmed last count.
    """

    version: int = 0
    registered: Data | None = None
    variations: tuple[Data, ...] = ()
    ends: tuple[End, ...] = ()
    contacts: Data | None = None

    @property
    def terms_are_known(self) -> bool:
        """Whether more than an end is known."""
        return self.registered is not None or bool(self.variations)

    def terms_on(self, day: str) -> Data | None:
        """The terms in force on a day: those that hold from the latest day up to it."""
        before = [each for each in self.variations if each["effective_on"] <= day]
        return before[-1] if before else self.registered

    @property
    def end(self) -> End | None:
        """The end that counts: the last to arrive of those that were not taken back since, and that
        are not before the start of the terms.
        """
        standing = (each for each in self.ends_not_taken_back if self.allows(each))
        return next(standing, None)

    @property
    def ends_not_taken_back(self) -> Iterator[End]:
        """The ends since the last withdrawal, the last to arrive first."""
        return takewhile(lambda each: not each.data["withdrawn"], reversed(self.ends))

    @property
    def ended_on(self) -> str | None:
        """The day on which it ends."""
        return None if self.end is None else self.end.data["ended_on"]

    def allows(self, end: End) -> bool:
        """Whether an end is not before the start, as far as one is known."""
        day: str = end.data["ended_on"]
        start = self.start_as_of(day)
        return start is None or day >= start

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
            return known._replace(ends=(*known.ends, End(known.version, step.data)))
        if step.type == CONTACTS:
            return known._replace(contacts=step.data) if step.published else known
        day = step.data["effective_on"]
        others = [each for each in self.variations if each["effective_on"] != day]
        in_order = sorted([*others, step.data], key=lambda each: str(each["effective_on"]))
        return known._replace(variations=tuple(in_order))


def supplier_of(terms: Data) -> str:
    """The supplier that the terms name as provider."""
    return supplier_id(terms["provider"], terms.get("charity_number"), terms.get("company_number"))


def _known_member(member: Data) -> Data:
    numbers = member.get("charity_number"), member.get("company_number")
    return {**member, "supplier_id": supplier_id(member["name"], *numbers)}


def published(identifier: str, version: int, step: Step, now: datetime) -> bytes:
    """The data of the canonical event of a version of an agreement."""
    said = {name: value for name, value in step.data.items() if name != "digest"}
    data = {**said, "agreement_id": identifier, "version": version, "recorded_at": now}
    if step.type in (REGISTERED, VARIED):
        data["supplier_id"] = supplier_of(step.data)
        data["members"] = [_known_member(each) for each in step.data.get("members", ())]
    return orjson.dumps(data)
