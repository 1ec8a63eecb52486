"""Whom an agreement names."""

from services.notify.contacts.contact_list import (
    ListChange,
    Named,
    named_mailboxes,
    revise_contacts,
)
from tests.notify.facts import named


def test_only_mailboxes_are_written_to_each_once_in_the_order_of_the_list() -> None:
    listed = named(
        "provider 01132220000",
        "provider Office@provider.example",
        "buyer officer@buyer.example",
        "regulator third@party.example",
        "buyer office@provider.EXAMPLE",
        "provider two@@provider.example",
    )
    assert named_mailboxes(listed.contacts) == [
        Named("provider", 2, "Office@provider.example"),
        Named("buyer", 3, "officer@buyer.example"),
    ]


def test_a_list_adds_keeps_and_ends() -> None:
    kept = {
        "stays": Named("provider", 1, "office@provider.example"),
        "goes": Named("provider", 2, "former@provider.example"),
        "changes-sides": Named("buyer", 3, "shared@both.example"),
    }
    wanted = [
        Named("provider", 1, "new@provider.example"),
        Named("provider", 2, "Office@provider.example"),
        Named("provider", 3, "shared@both.example"),
    ]
    assert revise_contacts(kept, wanted) == ListChange(
        add=[wanted[0], wanted[2]], keep=[("stays", wanted[1])], end=["goes", "changes-sides"]
    )
