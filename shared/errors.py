"""Errors, named by what a person must do about them."""


class LocalPoundError(Exception):
    """Anything that Local Pound itself says went wrong."""


class Retryable(LocalPoundError):
    """Infrastructure failed; the same work will succeed later. Never quarantined."""


class UpgradeNeeded(Retryable):
    """The service is too old for what it met; it waits until it is upgraded."""


class Misconfigured(LocalPoundError):
    """A setting or the state of a store is wrong; an operator must mend it before the start."""


class Rejected(LocalPoundError):
    """What was sent can't be used as it is; whoever sent it must correct it.

    `field` names the field at fault ("" when it is the whole record); `row` counts from 1 in what
    was sent, None where a single record was sent.
    """

    def __init__(self, reason: str, field: str = "", row: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.row = row

    def bare(self) -> "Rejected":
        """The same words alone, to be kept or raised again.

        An error that was raised holds every frame that it went through, and with them whole
        batches, in a cycle with the row that keeps it.
        """
        return Rejected(self.reason, self.field, self.row)


class Conflict(LocalPoundError):
    """The same thing was said before, differently, or is being said at this moment."""


class NotKnown(LocalPoundError):
    """Nothing is known under the name that was asked for."""
