"""POST /v1/reviews/{supplier_id}/decision and /revoke: what a person says a supplier is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from aiokafka.errors import KafkaError
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.decisions.decide_supplier import decide_supplier
from services.classify.decisions.decision import DecisionKind, Settled
from services.classify.definitions.vocabulary import LEGAL_FORMS
from services.classify.pounds.read_payments import PaymentsOf
from services.classify.queries.decisions import list_decisions
from services.classify.queries.reviews import read_paid
from services.classify.queries.suppliers import find_supplier
from services.classify.restate_suppliers import Change
from services.classify.routes.runs import MoveAnswer
from services.classify.routes.withheld import is_withheld
from services.classify.runs.count_moves import count_definition_moves
from shared.access import Allow, Caller, Refused
from shared.database import raw_connection
from shared.door.parameters import check_parameters
from shared.errors import NotKnown, Rejected
from shared.fields import LARGEST, Line, OrgId, Paragraph
from shared.logs import logger

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token lacks review:write, or speaks for no buyer that paid"},
    404: {"description": "No payment and no agreement shows this supplier"},
    409: {"description": "Its revision is another by now: look at it again"},
    422: {"description": "It can't be decided so; the field and what would be right"},
}
DryRun = Annotated[bool, Query(description="Change nothing, answer what would stand and move")]


class Reason(BaseModel):
    """Why, by whom, and on which state of the supplier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: int = Field(
        ge=1, le=LARGEST, description="Of the supplier as it was looked at", examples=[2]
    )
    why: Paragraph = Field(examples=["Its invoice prints charity number 1036460"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


_DECISION: dict[str, JsonValue] = {
    "revision": 2,
    "why": "Its invoice prints charity number 1036460",
    "decision": "organisation",
    "organisations": ["GB-CHC-1036460"],
}


class DecisionGiven(Reason):
    """One of: an organisation that a register knows, another one, several, not VCSE, a person.

    A candidate without an org-id is an `organisation` by its `name` as it is shown, and no
    `organisations`: it goes on to count as its register says.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_DECISION]})

    decision: Literal["organisation", "another", "several", "not-vcse", "person"]
    organisations: list[OrgId] = Field(default=[], examples=[["GB-CHC-1036460"]])
    name: Line | None = Field(
        default=None,
        description="Of another organisation, where no register knows it; or of a candidate that "
        "its register prints without a number",
    )
    legal_form: str | None = Field(
        default=None,
        json_schema_extra={"enum": [*sorted(LEGAL_FORMS), None]},
        examples=["community interest company"],
        description="What another organisation is, that no register knows: it counts by it. Or "
        "which of several forms is meant under which registers print a name without a number",
    )


class DecisionAnswer(BaseModel):
    """A decision as it stands in the history. All but what and when may be withheld."""

    decision: DecisionKind
    organisations: list[str]
    name: str | None
    legal_form: str | None
    who: str | None
    why: str | None
    decided_at: datetime


class Decided(BaseModel):
    """The decision, the supplier as it stands by it, and what that moves.

    Of a dry run: as it would stand.
    """

    supplier_id: UUID
    revision: int
    tier: str
    rule: str
    counts_under: list[str] = Field(
        description="The definitions under which it counts, on some days at least",
        examples=[["community-interest"]],
    )
    decided_at: datetime
    dry_run: bool
    suppliers: int = Field(description="Payees of the name that it changes, this one with them")
    moves: list[MoveAnswer] | None = Field(
        description="Pounds that begin or cease to count under a definition, of all these payees, "
        "by buyer for which the token speaks; empty: none. null: the decision stands, and the "
        "broker, which has the days of payment, could not be asked"
    )


class History(BaseModel):
    """Every decision on a supplier, oldest first."""

    decisions: list[DecisionAnswer]


@dataclass(frozen=True)
class Deciding:
    """What a decision needs; at a `locked` door, one with a token key, the token says who it is."""

    engine: AsyncEngine
    at_hand: Callable[[], Awaitable[Basis]]
    payments_of: PaymentsOf
    clock: Callable[[], datetime]
    locked: bool

    async def settle(
        self,
        supplier_id: str,
        caller: Caller,
        given: DecisionGiven | Reason,
        *,
        dry_run: bool,
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
        effect = await decide_supplier(
            self.engine,
            await self.at_hand(),
            supplier_id,
            given.revision,
            _settled(given, who),
            self.clock(),
            dry_run=dry_run,
        )
        [itself] = [c for c in effect.changes if c.before.supplier.supplier_id == supplier_id]
        return Decided(
            supplier_id=UUID(supplier_id),
            revision=itself.before.revision + 1,
            tier=itself.now.tier,
            rule=itself.now.rule,
            counts_under=list(dict.fromkeys(m.definition for m in itself.now.memberships)),
            decided_at=effect.decision.decided_at,
            dry_run=dry_run,
            suppliers=len(effect.changes),
            moves=await self._moves(effect.changes, caller),
        )

    async def _moves(self, changes: Sequence[Change], caller: Caller) -> list[MoveAnswer] | None:
        """Those of the caller's buyers: what others paid a person is not to be found out so."""
        try:
            moves = await count_definition_moves(changes, self.payments_of)
        except KafkaError as error:
            logger.warning("decision.moves_not_counted", reason=repr(error))
            return None
        return [MoveAnswer.of(move) for move in moves if caller.speaks_for(move.buyer)]


def _settled(given: DecisionGiven | Reason, who: str) -> Settled:
    if not isinstance(given, DecisionGiven):
        return Settled("revoked", (), None, None, given.why, who)
    organisations = tuple(given.organisations)
    return Settled(given.decision, organisations, given.name, given.legal_form, given.why, who)


def decision_routes(deciding: Deciding, may_read: Allow, may_decide: Allow) -> APIRouter:
    """Decisions."""
    router = APIRouter(tags=["reviews"], dependencies=[Depends(check_parameters)])

    @router.post(
        "/reviews/{supplier_id}/decision", summary="Say what a supplier is", responses=_PROBLEMS
    )
    async def decide(
        supplier_id: UUID,
        given: DecisionGiven,
        caller: Annotated[Caller, Depends(may_decide)],
        *,
        dry_run: DryRun = False,
    ) -> Decided:
        """Remembered for every payee of the same name. 409 where somebody was quicker.

        The answer says which pounds begin or cease to count by it, under which definition.
        """
        return await deciding.settle(str(supplier_id), caller, given, dry_run=dry_run)

    @router.post(
        "/reviews/{supplier_id}/revoke", summary="Take a decision back", responses=_PROBLEMS
    )
    async def revoke(
        supplier_id: UUID,
        given: Reason,
        caller: Annotated[Caller, Depends(may_decide)],
        *,
        dry_run: DryRun = False,
    ) -> Decided:
        """The supplier goes back to what the rules say; 409 where nothing is decided of it."""
        return await deciding.settle(str(supplier_id), caller, given, dry_run=dry_run)

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
                    legal_form=None if withheld else decision.legal_form,
                    who=None if withheld else decision.who,
                    why=None if withheld else decision.why,
                    decided_at=decision.decided_at,
                )
                for decision in decisions
            ]
        )

    return router
