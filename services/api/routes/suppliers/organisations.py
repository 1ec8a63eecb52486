"""GET /v1/organisations/{organisation}: who it is, and what it was paid."""

from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response

from services.api.asked.question import Question
from services.api.queries.spend import known_definitions, read_spend
from services.api.queries.suppliers import (
    Row,
    buyers_of,
    check_place,
    suppliers_that_are,
)
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import EXAMPLE, ORGANISATION_EXAMPLE, Figures, OrganisationFigures
from services.api.routes.suppliers.profile import PROFILE_EXAMPLE, BuyerPlace, Profile, profile
from services.api.routes.withheld import ShownSupplier
from services.api.spend.show_figures import add_up, figures, grouped
from services.api.withheld.own import is_own
from services.api.withheld.personal import may_be_person, may_see
from services.api.withheld.withheld_ids import withheld_id
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown, Rejected


class OrganisationSupplier(Answer):
    """A supplier that was matched with the organisation."""

    supplier_id: ShownSupplier
    payee: str | None
    withheld: bool
    tier: str
    rule: str


class BuyerYearFigures(Figures):
    """What one buyer paid in one financial year."""

    buyer: str
    financial_year: str


class OrganisationLinks(Answer):
    """Where more is told of it, by any cut."""

    spend: str
    payments: str
    transactions: str
    agreements: str


class OrganisationAnswer(OrganisationFigures, Profile):
    """An organisation, the suppliers that it is, and what it was paid."""

    suppliers: list[OrganisationSupplier]
    rows: list[BuyerYearFigures]
    links: OrganisationLinks


def _links(organisation: str) -> dict[str, str]:
    key = quote(organisation, safe="")
    found = {
        kind: f"/v1/{kind}?organisation={key}" for kind in ("spend", "payments", "transactions")
    }
    return found | {"agreements": f"/v1/agreements?provider={key}"}


_ORGANISATION = (
    ORGANISATION_EXAMPLE
    | PROFILE_EXAMPLE
    | {
        "suppliers": [
            {
                "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
                "payee": "EXAMPLE HOSPICE",
                "withheld": False,
                "tier": "auto",
                "rule": "exact-name",
            }
        ],
        "rows": [{"buyer": "GB-NHS-QWO", "financial_year": "2024-25"} | EXAMPLE],
        "links": _links("GB-CHC-1234567"),
    }
)


def organisation_routes(door: Door) -> APIRouter:
    """Single organisations."""
    router = APIRouter(tags=["organisations"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/organisations/{organisation:path}",
        summary="One organisation, the suppliers that it is, and what it was paid",
        response_model=OrganisationAnswer,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": _ORGANISATION}}}},
    )
    async def one_organisation(
        organisation: str,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
        buyer_place: BuyerPlace = None,
    ) -> Response:
        """Totals by buyer and financial year."""
        if "\x00" in organisation:
            raise Rejected("holds a null byte", "organisation")
        async with door.engine.connect() as connection:
            await check_place(connection, buyer_place)
            found = await suppliers_that_are(connection, organisation)
            if not found or not is_own(caller, organisation):
                raise NotKnown(
                    f"no supplier is the organisation {organisation[:80]}: /v1/organisations?name="
                    " finds those that are known"
                )
            ids = [row["supplier_id"] for row in found]
            buyers = await buyers_of(connection, ids)
            question = Question(
                group_by=("buyer", "financial_year"),
                definitions=tuple(await known_definitions(connection)),
                suppliers=tuple(ids),
            )
            rows = await read_spend(connection, question)
        named = max(found, key=lambda row: row["recorded_at"])
        content = {
            "organisation": organisation,
            "organisation_name": named["organisation_name"],
            "legal_form": named["legal_form"],
        }
        content["suppliers"] = [
            {name: one[name] for name in OrganisationSupplier.model_fields}
            for row in found
            for one in _shown(row, buyers[row["supplier_id"]], caller)
        ]
        content |= profile(dict(named), buyer_place) | {"links": _links(organisation)}
        content["rows"] = [grouped(row, question) for row in rows]
        return answer(content | figures(add_up(rows, question.definitions), question))

    return router


def _shown(supplier: Row, buyers: Collection[str], caller: Caller) -> list[dict[str, Any]]:
    """A supplier of an organisation; redacted in the ledger, as the payee of each of its buyers."""
    shown = dict(supplier) | {"withheld": False}
    personal = may_be_person(
        organisation=shown["organisation"],
        organisation_name=shown["organisation_name"],
        redacted=shown["redacted"],
    )
    if not personal or may_see(caller, buyers):
        return [shown]
    ids = sorted(withheld_id(shown["supplier_id"], buyer) for buyer in buyers)
    return [shown | {"withheld": True, "payee": None, "supplier_id": each} for each in ids]
