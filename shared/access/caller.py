"""Whoever calls, and what it may see: an officer of buyers, a provider, or anyone."""

from dataclasses import dataclass, field

from shared.access.act import note_personal

SCOPES = (
    "spend:read",
    "payments:read",
    "payments:write",
    "personal:read",
    "review:write",
    "reconcile:read",
    "ingest:write",
    "notices:write",
    "bounces:write",
    "provider",
)
PROVIDER = "provider"
EVERY_BUYER = "*"


class Refused(Exception):
    """The token is missing or not valid (401), may not (403), or calls too often (429).

    `retry_after` are the seconds after which the same request will do.
    """

    def __init__(self, status: int, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class Caller:
    """A subject as its issuer names it, its scopes, and the buyers it speaks for (`*`: all).

    `organisation` is that of a provider's token, by org-id, which is held to it: it speaks for no
    buyer and holds no other scope.
    """

    subject: str = "anyone"
    scopes: frozenset[str] = field(default_factory=frozenset)
    buyers: frozenset[str] = field(default_factory=frozenset)
    issuer: str = ""
    organisation: str | None = None

    def may_see_personal(self, buyer: str | None = None) -> bool:
        """Whether names that match no organisation are shown: to the buyer's own officers only.

        Where the buyers concerned are not known (None), only to who speaks for all. That it was
        so is noted, for the audit of the request.
        """
        may = "personal:read" in self.scopes and (self.only is None or buyer in self.only)
        if may:
            note_personal()
        return may

    def may_see_some_personal(self) -> bool:
        """Whether such names are shown of the buyers that the caller speaks for; noted likewise."""
        may = "personal:read" in self.scopes
        if may:
            note_personal()
        return may

    def speaks_for(self, buyer: str) -> bool:
        """Whether the caller may write for this buyer."""
        return self.only is None or buyer in self.only

    @property
    def only(self) -> frozenset[str] | None:
        """The buyers to which what the caller sees is held; None where it speaks for all."""
        return None if EVERY_BUYER in self.buyers else self.buyers

    @property
    def parties(self) -> frozenset[str] | None:
        """Whose messages and subscriptions are the caller's own: its organisation's or its buyers'.

        None where it speaks for all.
        """
        return self.only if self.organisation is None else frozenset({self.organisation})


ANYONE = Caller(buyers=frozenset({EVERY_BUYER}))
"""Who calls at a door without a key: no officer, held to no buyer."""
