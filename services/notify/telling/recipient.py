"""Who may be told of an agreement, looked at again when its provider turns out to be another."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from services.notify.planning.obligation import ObligationKind


@dataclass(frozen=True, slots=True)
class Told:
    """A notification that waits, or that an attempt was made to deliver.

    `stands`: what it says still holds. `takes_back`: it says that something no longer holds.
    """

    notification_id: str
    event_id: str
    subscription_id: str
    obligation_id: str
    agreement_id: str
    buyer: str
    kind: ObligationKind
    waits: bool
    tried: bool
    stands: bool
    takes_back: bool
    revision: int
    sequence: int
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recall:
    """Notifications to people who are no longer among the recipients of an agreement."""

    cancel: list[Told] = field(default_factory=list)
    withdraw: list[Told] = field(default_factory=list)


def revise_recipients(held: Iterable[Told], wanted: Collection[tuple[str, str]]) -> Recall:
    """What is to be taken from whom, where (agreement, subscription) are the ones `wanted`.

    What waits is cancelled. Whoever an attempt was made to reach may have got it, whatever was
    heard of it, and is told to disregard it. So is one whose withdrawal was still on its way: the
    withdrawal says how the agreement stands now, which is no longer theirs to know.
    """
    recall = Recall()
    for one in held:
        if (one.agreement_id, one.subscription_id) in wanted:
            continue
        if one.waits:
            recall.cancel.append(one)
        if (one.waits and one.takes_back) or (one.tried and one.stands):
            recall.withdraw.append(one)
    return recall
