"""Whom an agreement names: the contacts with a mailbox, in the order of its list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.notify.subscriptions.subscription import is_mailbox
from shared.agreement_parts import Contact

PARTIES = ("buyer", "provider")


class Named(NamedTuple):
    """A contact that mail can reach; names and telephone numbers are of no use here."""

    party: str
    position: int
    address: str


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a new list does to the contacts that are kept; each kept one by its subscription."""

    add: list[Named] = field(default_factory=list)
    keep: list[tuple[str, Named]] = field(default_factory=list)
    end: list[str] = field(default_factory=list)


def named_mailboxes(contacts: Iterable[Contact]) -> list[Named]:
    """The contacts to write to, each mailbox once: where it was named first."""
    found: dict[str, Named] = {}
    for position, one in enumerate(contacts, 1):
        address = one.address.strip()
        if one.party in PARTIES and one.channel == "email" and is_mailbox(address):
            found.setdefault(address.lower(), Named(one.party, position, address))
    return list(found.values())


def revise_contacts(kept: Mapping[str, Named], wanted: Iterable[Named]) -> ListChange:
    """What turns the contacts that are `kept`, by subscription, into those that are wanted.

    A mailbox that changes sides is another recipient: it may not know what it knew.
    """
    change = ListChange()
    by_mailbox = {(one.party, one.address.lower()): key for key, one in kept.items()}
    for one in wanted:
        key = by_mailbox.pop((one.party, one.address.lower()), None)
        if key is None:
            change.add.append(one)
        else:
            change.keep.append((key, one))
    change.end.extend(by_mailbox.values())
    return change
