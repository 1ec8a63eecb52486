"""What a measure says: a status with its reason, figures, and the agreements it rests on."""

from typing import Literal, NamedTuple

from services.api.commitments.known import Agreement

Status = Literal["met", "at risk", "not met", "cannot be told"]
STATUSES: tuple[Status, ...] = ("met", "at risk", "not met", "cannot be told")
Figure = int | float | str | None


class Found(NamedTuple):
    """An agreement that decided, and what was found of it."""

    agreement_id: str
    reference: str
    says: str


class Measured(NamedTuple):
    """The verdict on one promise. `rests_on_payments`: the rows behind it are payments."""

    status: Status
    reason: str
    figures: dict[str, Figure]
    evidence: tuple[Found, ...] = ()
    rests_on_payments: bool = False


def cannot_be_told(
    reason: str, figures: dict[str, Figure] | None = None, *, rests_on_payments: bool = False
) -> Measured:
    """No data tells, and why."""
    return Measured("cannot be told", reason, figures or {}, (), rests_on_payments)


def found(agreement: Agreement, says: str) -> Found:
    """Evidence: an agreement and what was found of it."""
    return Found(agreement.agreement_id, agreement.reference, says)


def part(some: int, of: int) -> float | None:
    """A share from 0 to 1; None of nothing."""
    return round(some / of, 6) if of > 0 else None


def percent(share: float) -> str:
    """A share as it is read: 0.0347 is `3.5%`."""
    return f"{100 * share:.1f}%"
