"""What follows from what is said of an agreement, in the order in which it is learnt."""

from collections.abc import Sequence

from services.ingest.agreements.agreement import (
    CONTACTS,
    ENDED,
    REGISTERED,
    VARIED,
    Data,
    Said,
    Standing,
    Step,
    without_list,
)
from shared.errors import Rejected
from shared.identity import identify

_OF_A_VARIATION = ("effective_on", "changes", "reason")


def next_steps(standing: Standing, said: Said) -> Sequence[Step]:
    """The versions that follow from what was said; none where it was known already.

    Every version of the terms is published, whatever day it holds from and in whatever order they
    come: readers choose by the day. An end waits for terms that it can be measured by.
    Rejected: other terms under a registration (of an agreement that has ended, too), an end before
    the start, a variation from a day after the end, a start after the end.
    """
    if said.type == ENDED:
        return _end(standing, said)
    if said.type == CONTACTS:
        return _contacts(standing, said)
    known = _registers(standing, said) if said.type == REGISTERED else _varies(standing, said)
    if known:
        return ()
    step = Step(said.event_id, said.type, said.data, published=True)
    after = standing.after(step)
    if standing.terms_are_known and standing.end is not None and not after.allows(standing.end):
        raise Rejected(f"start is after the end of the agreement, {standing.ended_on}", "start")
    if after.end is None:
        return (step,)
    if step.type == VARIED and step.data["effective_on"] > after.end.data["ended_on"]:
        raise Rejected(
            f"the agreement ended on {after.ended_on}: no variation can hold from a later day",
            "effective_on",
        )
    if standing.terms_are_known and after.end == standing.end:
        return (step,)
    # The end waited for terms, or was before a start that is earlier now.
    again = identify("agreement-ended-again", said.agreement_id, str(after.version + 1))
    return (step, Step(again, ENDED, after.end.data, published=True))


def _registers(standing: Standing, said: Said) -> bool:
    """Whether these very terms are known: the first ones, or what a variation made of them."""
    if standing.registered is None:
        return False
    varied = [_terms_of(each) for each in standing.variations]
    if said.data in (standing.registered, *varied):
        return True
    if standing.ended_on is not None and said.data["start"] > standing.ended_on:
        raise Rejected(
            f"the agreement of this reference ended on {standing.ended_on}, and stays known by it: "
            "register the one that follows under a reference of its own",
            "reference",
        )
    raise Rejected(
        "an agreement with other terms is registered under this reference: "
        f"send {VARIED} with the day from which the new terms hold",
        "reference",
    )


def _varies(standing: Standing, said: Said) -> bool:
    """Whether this very variation is the one that is known from its day."""
    return said.data == standing.varied_from(said.data["effective_on"])


def _terms_of(variation: Data) -> Data:
    return {key: value for key, value in variation.items() if key not in _OF_A_VARIATION}


def _end(standing: Standing, said: Said) -> Sequence[Step]:
    last = standing.end or next(reversed(standing.ends), None)
    if last is not None and said.data == last.data:
        return ()
    start = standing.start_as_of(said.data["ended_on"])
    withdraws = said.data["withdrawn"]
    if not withdraws and start is not None and said.data["ended_on"] < start:
        raise Rejected(f"ended_on is before the start of the agreement, {start}", "ended_on")
    return (Step(said.event_id, ENDED, said.data, published=standing.terms_are_known),)


def _contacts(standing: Standing, said: Said) -> Sequence[Step]:
    known = standing.contacts
    if known is not None and all(
        said.data[name] == known[name] for name in ("confirmed_on", "contacts")
    ):
        return ()
    newest = known is None or said.data["confirmed_on"] >= known["confirmed_on"]
    data = said.data if newest else without_list(said.data)
    return (Step(said.event_id, CONTACTS, data, published=newest),)
