"""POST /v1/reviews/{supplier_id}/decision and /revoke: what a person says a supplier is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.decisions.decide_supplier import decide_supplier
from services.classify.decisions.decision import DecisionKind, Settled
from services.classify.queries.decisions import list_decisions
from services.classify.queries.reviews import read_paid
from services.classify.queries.suppliers import find_supplier
from services.classify.routes.withheld import is_withheld
from shared.access import Allow, Caller, Refused
from shared.database import raw_connection
from shared.errors import NotKnown, Rejected
from shared.fields import Line, OrgId, Paragraph
from shared.parameters import check_parameters

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token lacks review:write, or speaks for no buyer that paid"},
    404: {"description": "No payment and no agreement shows this supplier"},
    409: {"description": "Its revision is another by now: look at it again"},
    422: {"description": "It can't be decided so; the field and what would be right"},
}


class Reason(BaseModel):
    """Why, by whom, and on which state of the supplier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: int = Field(ge=1, description="Of the supplier as it was looked at", examples=[2])
    why: Paragraph = Field(examples=["Its invoice prints charity number 1036460"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


class DecisionGiven(Reason):
    """One of: an organisation that a register knows, another one, several, not VCSE, a person."""

    decision: Literal["organisation", "another", "several", "not-vcse", "person"]
    organisations: list[OrgId] = Field(default=[], examples=[["GB-CHC-1036460"]])
    name: Line | None = Field(
        default=None, description="Of another organisation, where no register knows it"
    )


class DecisionAnswer(BaseModel):
    """A decision as it stands in the history. All but what and when may be withheld."""

    decision: DecisionKind
    organisations: list[str]
    name: str | None
    who: str | None
    why: str | None
    decided_at: datetime


class Decided(BaseModel):
    """The decision, and the supplier as it stands by it."""

    supplier_id: UUID
    revision: int
    tier: str
    rule: str
    decided_at: datetime


class History(BaseModel):
    """Every decision on a supplier, oldest first."""

    decisions: list[DecisionAnswer]


@dataclass(frozen=True)
class Deciding:
    """What a decision needs; at a `locked` door, one with a token key, the token says who it is."""

    engine: AsyncEngine
    at_hand: Callable[[], Awaitable[Basis]]
    clock: Callable[[], datetime]
    locked: bool

    async def settle(
        self,
        supplier_id: str,
        caller: Caller,
        given: Reason,
        kind: DecisionKind,
        organisations: Sequence[str] = (),
        name: str | None = None,
    ) -> Decided:
        """Record the decision; Refused where the caller speaks for no buyer that paid."""
        async with self.engine.connect() as connection:
            paid = await read_paid(await raw_connection(connection), [supplier_id])
        buyers = [each.buyer for each in paid.get(supplier_id, [])]
        if caller.only is not None and not any(map(caller.speaks_for, buyers)):
            raise Refused(403, "the token speaks for no buyer that paid this supplier")
        who = caller.subject if self.locked else given.who
        if who is None:
            raise Rejected("who decides must be said", "who")
        settled = Settled(kind, tuple(organisations), name, given.why, who)
        decision = await decide_supplier(
            self.engine,
            await self.at_hand(),
            supplier_id,
            given.revision,
            settled,
            self.clock(),
        )
        async with self.engine.connect() as connection:
            found = await find_supplier(await raw_connection(connection), supplier_id)
        return Decided.model_validate({**(found or {}), "decided_at": decision.decided_at})


def decision_routes(deciding: Deciding, may_read: Allow, may_decide: Allow) -> APIRouter:
    """Decisions."""
    router = APIRouter(tags=["reviews"], dependencies=[Depends(check_parameters)])

    @router.post(
        "/reviews/{supplier_id}/decision", summary="Say what a supplier is", responses=_PROBLEMS
    )
    async def decide(
        supplier_id: UUID, given: DecisionGiven, caller: Annotated[Caller, Depends(may_decide)]
    ) -> Decided:
        """Remembered for every payee of the same name. 409 where somebody was quicker."""
        return await deciding.settle(
            *(str(supplier_id), caller, given, given.decision, given.organisations, given.name)
        )

    @router.post(
        "/reviews/{supplier_id}/revoke", summary="Take a decision back", responses=_PROBLEMS
    )
    async def revoke(
        supplier_id: UUID, given: Reason, caller: Annotated[Caller, Depends(may_decide)]
    ) -> Decided:
        """The supplier goes back to what the rules say; 409 where nothing is decided of it."""
        return await deciding.settle(str(supplier_id), caller, given, "revoked")

    @router.get("/reviews/{supplier_id}/decisions", summary="Every decision on a supplier")
    async def history(supplier_id: UUID, caller: Annotated[Caller, Depends(may_read)]) -> History:
        """Oldest first, what was revoked too.

        Of what may be a person now, who, why and what was named before are withheld in every row.
        """
        name = str(supplier_id)
        async with deciding.engine.connect() as one:
            connection = await raw_connection(one)
            found = await find_supplier(connection, name)
            paid = await read_paid(connection, [name])
            decisions = await list_decisions(connection, name)
        if found is None:
            raise NotKnown(f"no supplier {name} was seen in a payment or an agreement")
        withheld = is_withheld(found, caller, paid.get(name, []))
        return History(
            decisions=[
                DecisionAnswer(
                    decision=decision.kind,
                    organisations=[] if withheld else list(decision.organisations),
                    name=None if withheld else decision.name,
                    who=None if withheld else decision.who,
                    why=None if withheld else decision.why,
                    decided_at=decision.decided_at,
                )
                for decision in decisions
            ]
        )

    return router
