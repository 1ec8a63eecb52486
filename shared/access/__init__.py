"""Who may: bearer tokens with scopes, how fast, and what is kept of it; one check for every door.

A token speaks for the buyers that it names, and for all only where it says so: "*". A provider's
token speaks for its organisation and sees nothing of others. Without a key and without an issuer
the doors trust the network that they are bound to (loopback, unless an operator opens them), and no
one can prove to be an officer: personal names stay withheld.
"""

from shared.access.caller import ANYONE, EVERY_BUYER, SCOPES, Caller, Refused
from shared.access.doors import check_doors
from shared.access.guard import OPEN, Allow, Guard
from shared.access.own_tokens import issue_provider_token, issue_token

__all__ = [
    "ANYONE",
    "EVERY_BUYER",
    "OPEN",
    "SCOPES",
    "Allow",
    "Caller",
    "Guard",
    "Refused",
    "check_doors",
    "issue_provider_token",
    "issue_token",
]
