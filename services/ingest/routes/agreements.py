"""`POST /v1/agreements`: one fact of an agreement or up to 500."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import metrics
from services.ingest.agreements.read_agreement import LARGEST_AGREEMENT, read_agreement
from services.ingest.agreements.register_agreements import record_agreements
from services.ingest.arrivals.batch import read_batch
from services.ingest.arrivals.read_request import Row
from services.ingest.buyers.buyer import Buyers
from services.ingest.routes.documents import PROBLEMS, posting_document
from services.ingest.routes.posting import Done, Posting, Refuse, RejectedRow, post
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.events import (
    AgreementEndPosted,
    AgreementPosted,
    AgreementVariationPosted,
    ContactsPosted,
)

_MOST = 500
_EXAMPLE = {
    "id": "contract-register-42",
    "type": "agreement.registered.v1",
    "buyer": "GB-NHS-QWO",
    "reference": "WY-2024-042",
    "title": "Hospice care at home",
    "kind": "contract",
    "provider": "Example Hospice",
    "start": "2024-04-01",
    "end": "2027-03-31",
    "maximum_end": "2029-03-31",
    "extension_options": [
        {"length": "P1Y", "exercise_by": "2026-09-30"},
        {"length": "P1Y", "exercise_by": "2027-09-30"},
    ],
    "lines": [
        {"programme": "End of life", "annual_amount_pence": 75_000_000},
        {"programme": "Other", "annual_amount": "25000.00", "recurrent": False},
    ],
    "notice_terms": {
        "buyer_period": "P6M",
        "provider_period": "P3M",
        "expires_on": "month-end",
        "deemed_service": [{"channel": "post", "rule": "2WD"}],
        "division": "england-and-wales",
    },
}
_FACTS = (AgreementPosted, AgreementVariationPosted, AgreementEndPosted, ContactsPosted)


class OutdatedContacts(BaseModel):
    """Contacts that were taken and do not count: those confirmed on a later day stay."""

    model_config = ConfigDict(frozen=True)

    agreement_id: str
    counts_since: str = Field(
        description="The day on which those that count were confirmed: send this day or a later",
        examples=["2026-09-01"],
    )


class PostedAgreements(BaseModel):
    """What became of the facts: each row is accepted, already known or rejected."""

    model_config = ConfigDict(frozen=True)

    accepted: int = Field(description="New to the register", examples=[1])
    already_known: int = Field(description="Sent before, saying the same", examples=[0])
    rejected: list[RejectedRow]
    agreement_ids: list[str] = Field(description="That accepted and known facts are about, as sent")
    outdated_contacts: list[OutdatedContacts] = Field(
        description="Of the accepted: contacts older than those that are known, which stay"
    )


def agreements_routes(
    engine: AsyncEngine, may_write: Allow, clock: Callable[[], datetime]
) -> APIRouter:
    """The door for agreements."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])
    posting = Posting("/v1/agreements", _MOST, AgreementPosted.TYPE, _record)

    @router.post(
        posting.route,
        summary="Register, vary or end one agreement or up to 500, and name whom to ask",
        responses={200: {"model": PostedAgreements}, **PROBLEMS},
        openapi_extra=posting_document(_FACTS, _EXAMPLE, _MOST),
        response_class=Response,
    )
    async def post_agreements(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """Each row is one fact: a registration, the whole terms after a variation, an end, or the
        contacts as confirmed on a day.

        As CloudEvents (structured, batch, or binary by `ce-` headers) or as plain JSON with an `id`
        of the sender's own and a `type`, a registration where none is given.
        """
        return await post(posting, engine, request, caller, clock())

    return router


async def _record(
    tx: AsyncConnection, rows: Sequence[Row], refuse: Refuse, buyers: Buyers, now: datetime
) -> Done:
    batch = read_batch(
        rows,
        lambda row: read_agreement(row.opened(LARGEST_AGREEMENT, "an agreement"), buyers, now),
        refuse,
    )
    done = await record_agreements(tx, batch, now)
    usable = {said.agreement_id for said in (*done.accepted, *done.already_known)}
    ids = dict.fromkeys(s.agreement_id for s in batch.facts if s.agreement_id in usable)
    of_rows = [each for each in done.rejects if each.origin.startswith("http:")]

    def body(rejected: list[RejectedRow]) -> PostedAgreements:
        return PostedAgreements(
            accepted=len(done.accepted),
            already_known=len(done.already_known),
            rejected=rejected,
            agreement_ids=list(ids),
            outdated_contacts=[
                OutdatedContacts(agreement_id=each, counts_since=day)
                for each, day in done.outdated_contacts
            ],
        )

    count = partial(metrics.count, metrics.AGREEMENTS, "http", done)
    return Done(bool(usable), of_rows, body, count)
