"""`/v1/payments/{payment_id}/corrections`: what a payment was, and what it should have been."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest import metrics
from services.ingest.payments.correct_payment import correct_payment
from services.ingest.payments.correction import OFFICER, Cause, Revision
from services.ingest.queries.revisions import read_revisions
from services.ingest.routes.who import who_acts
from shared.access import Allow, Caller, Refused
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.fields import LARGEST, Line
from shared.money import format_pounds

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token lacks payments:write, or does not speak for the buyer"},
    404: {"description": "The ledger holds no such payment"},
    409: {"description": "It was corrected meanwhile: look at it again"},
    422: {"description": "It can't be corrected so; the field and what would be right"},
}
_PERSONAL = ("payee", "reference", "transaction", "purpose", "charity_number", "postcode")
"""What is written of or by the payee, who may be a person."""


class Changes(BaseModel):
    """The fields that say something else: text as in a posted payment, null takes one away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payee: str | None = None
    payment_date: str | None = Field(default=None, examples=["2024-04-30"])
    amount: str | None = Field(
        default=None, description="Pounds, negative for a credit", examples=["1,205.00"]
    )
    reference: str | None = None
    transaction: str | None = None
    unit: str | None = None
    expense_type: str | None = None
    purpose: str | None = None
    programme: str | None = None
    place: str | None = Field(default=None, description="null: the buyer's own")
    charity_number: str | None = None
    company_number: str | None = None
    postcode: str | None = None


class CorrectionGiven(BaseModel):
    """What was wrong with a payment, why, by whom, and as which revision it was looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: int = Field(ge=0, le=LARGEST, description="0: as it was accepted", examples=[0])
    reason: Line = Field(examples=["Keyed 1,250.00; the invoice says 1,205.00"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )
    withdrawn: bool | None = Field(
        default=None,
        description="true: it was never paid, or paid by nobody here; false: it was after all",
    )
    changes: Changes = Changes()

    @model_validator(mode="before")
    @classmethod
    def _fields_stand_under_changes(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        beside = [name for name in given if name in Changes.model_fields]
        if beside:
            named = ", ".join(f'"{name}": ...' for name in beside)
            raise ValueError(f'what is corrected stands under changes: "changes": {{{named}}}')
        return given


class RevisionShown(BaseModel):
    """A payment as it stood from `recorded_at` on."""

    model_config = ConfigDict(frozen=True)

    revision: int
    recorded_at: datetime
    why: str = Field(examples=["accepted", "officer", "republication", "taken-back", "restated"])
    reason: str | None
    who: str | None
    withdrawn: bool = Field(description="It counts nowhere; the fields say what it last was")
    payee: str | None
    payment_date: date
    amount: str
    reference: str | None
    transaction: str | None
    unit: str | None
    expense_type: str | None
    purpose: str | None
    programme: str | None
    place: str | None
    charity_number: str | None
    company_number: str | None
    postcode: str | None


class PaymentHistory(BaseModel):
    """Every revision of a payment, oldest first; the last one counts."""

    model_config = ConfigDict(frozen=True)

    payment_id: UUID
    buyer: str
    source: str = Field(description="Whence it was first sent", examples=["/finance/ledger"])
    source_id: str
    withheld: bool = Field(
        description="What may be a person's is withheld: personal:read for the buyer shows it"
    )
    revisions: list[RevisionShown]


def corrections_routes(
    engine: AsyncEngine, may_correct: Allow, clock: Callable[[], datetime], *, locked: bool
) -> APIRouter:
    """The door for corrections; at a `locked` one, with a token key, the token says who it is."""
    router = APIRouter(
        prefix="/v1/payments/{payment_id}/corrections",
        tags=["payments"],
        dependencies=[Depends(check_parameters)],
    )

    def show(revisions: Sequence[Revision], caller: Caller) -> PaymentHistory:
        buyer = revisions[0].payment.buyer
        return _history(revisions, withheld=locked and not caller.may_see_personal(buyer))

    @router.post("", summary="Correct a payment", responses=_PROBLEMS)
    async def post_correction(
        payment_id: UUID, given: CorrectionGiven, caller: Annotated[Caller, Depends(may_correct)]
    ) -> PaymentHistory:
        """The ledger keeps every revision, and the last one counts. Sent again it is done once."""
        who = who_acts(caller, given.who, locked=locked)
        revisions = await correct_payment(
            engine,
            str(payment_id),
            given.revision,
            given.changes.model_dump(exclude_unset=True),
            given.withdrawn,
            Cause(OFFICER, given.reason, who),
            lambda buyer: _check(caller, buyer),
            clock(),
        )
        metrics.CORRECTIONS.labels(OFFICER).inc()
        return show(revisions, caller)

    @router.get(
        "",
        summary="Every revision of a payment",
        responses={status: _PROBLEMS[status] for status in (403, 404)},
    )
    async def get_corrections(
        payment_id: UUID, caller: Annotated[Caller, Depends(may_correct)]
    ) -> PaymentHistory:
        """Oldest first; revision 0 is how it was accepted."""
        async with engine.connect() as connection:
            found = await read_revisions(connection, [str(payment_id)])
        revisions = found.get(str(payment_id))
        if revisions is None:
            raise NotKnown(f"the ledger holds no payment {payment_id}")
        _check(caller, revisions[0].payment.buyer)
        return show(revisions, caller)

    return router


def _check(caller: Caller, buyer: str) -> None:
    if not caller.speaks_for(buyer):
        raise Refused(403, f"the token does not speak for {buyer}")


def _history(revisions: Sequence[Revision], *, withheld: bool) -> PaymentHistory:
    first = revisions[0].payment
    return PaymentHistory(
        payment_id=UUID(first.payment_id),
        buyer=first.buyer,
        source=first.source,
        source_id=first.source_id,
        withheld=withheld,
        revisions=[_shown(each, withheld=withheld) for each in revisions],
    )


def _shown(revision: Revision, *, withheld: bool) -> RevisionShown:
    payment = revision.payment
    fields = payment._asdict() | {
        **revision.cause._asdict(),
        "revision": revision.number,
        "withdrawn": revision.withdrawn,
        "amount": format_pounds(payment.amount_pence),
    }
    if withheld:
        fields |= dict.fromkeys((*_PERSONAL, "reason"))
    return RevisionShown.model_validate({name: fields[name] for name in RevisionShown.model_fields})
