"""What became of a reject that somebody acted on, as its doors say it, and who may act."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.rejects.open_rejects import ALREADY_SETTLED, NOT_KNOWN, Corrected, May
from shared.access import Caller, Refused
from shared.errors import Conflict, NotKnown, Rejected


class CorrectedShown(BaseModel):
    """What became of a corrected reject."""

    model_config = ConfigDict(frozen=True)

    reject_id: str
    outcome: Literal[
        "accepted",
        "already_known",
        "rejected",
        "dismissed",
        "reopened",
        "already_settled",
        "not_known",
    ]
    reason: str = Field(description="Why it is rejected again, or was dismissed or reopened")
    field: str
    payment_id: str | None


def may_act(caller: Caller, *, locked: bool) -> May:
    """What an officer may act on. Refused: rejects may hold names, and the token shows none."""
    if locked and not caller.may_see_some_personal():
        raise Refused(403, "rejects may hold names: the token lacks the scope personal:read")

    def may(buyer: str | None) -> bool:
        return caller.only is None or buyer in caller.only

    return may


def show_settled(done: Corrected, otherwise: str) -> CorrectedShown:
    """One reject that is settled. NotKnown, Rejected; Conflict: it stands `otherwise` already."""
    if done.outcome == NOT_KNOWN:
        raise NotKnown(f"no reject {done.reject_id} is kept")
    if done.outcome == ALREADY_SETTLED:
        raise Conflict(otherwise)
    if done.outcome == REJECTED_AGAIN:
        raise Rejected(done.reason, done.field)
    return show_corrected(done)


def show_corrected(done: Corrected) -> CorrectedShown:
    """What became of a reject."""
    return CorrectedShown.model_validate(done._asdict())
