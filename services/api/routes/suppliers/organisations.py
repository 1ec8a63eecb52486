"""GET /v1/organisations: who gets the money."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.api.organisation_name import search_words
from services.api.own import is_own
from services.api.queries.largest import Ranked, read_largest
from services.api.queries.payments import known_buyers
from services.api.queries.spend import known_definitions, read_spend
from services.api.queries.suppliers import (
    buyers_of,
    check_place,
    suppliers_named,
    suppliers_that_are,
)
from services.api.question import Question, choose, days, split
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import (
    EXAMPLE,
    Figures,
    OrganisationFigures,
    add_up,
    figures,
    grouped,
)
from services.api.routes.suppliers.profile import PROFILE_EXAMPLE, BuyerPlace, Profile, profile
from services.api.routes.suppliers.suppliers import withhold
from shared.access import Caller
from shared.errors import NotKnown, Rejected
from shared.parameters import check_parameters


class LargestAnswer(Figures):
    """The largest organisations, and the figures of all spend that they are part of."""

    largest_under: str | None = Field(
        description="The definition that an organisation must count under, and is ranked by"
    )
    items: list[OrganisationFigures]
    next: str | None = Field(description="The cursor of the page after it, null on the last")


class OrganisationSupplier(Answer):
    """A supplier that was matched with the organisation."""

    supplier_id: UUID
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


_IS = {
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "legal_form": "charity",
}
_LARGEST = EXAMPLE | {
    "largest_under": "registered-charity",
    "items": [_IS | EXAMPLE],
    "next": "AxT3",
}
_ORGANISATION = (
    _IS
    | EXAMPLE
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
    """Organisations."""
    router = APIRouter(tags=["organisations"], dependencies=[Depends(check_parameters)])
    reader = door.allow("spend:read")

    @router.get(
        "/v1/organisations",
        summary="The organisations that are paid, the largest first, and search by name",
        response_model=LargestAnswer,
        responses=problems(422) | {200: {"content": {"application/json": {"example": _LARGEST}}}},
        dependencies=[Depends(reader)],
    )
    async def organisations(
        name: Annotated[
            str | None,
            Query(
                max_length=200,
                description="Only those of which the register's name or the ledger's bears words"
                " that begin with all of these; the figures of the answer are of those alone",
                examples=["st gemma"],
            ),
        ] = None,
        definition: Annotated[
            str | None,
            Query(description="Only what counts under it, largest first; else by all that is paid"),
        ] = None,
        buyer: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
        financial_year: Annotated[list[str], Query(examples=["2024-25"])] = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=500)] = 20,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """Suppliers that are one organisation are added up. Those that match none are not listed:
        the figures of the whole answer, with their coverage, say how much that leaves out. Names
        that may be persons' are neither listed nor searched.

        One that gets another payment while pages are read may be met twice or not.
        """
        question = ["organisations", name, definition, *buyer, "in", *financial_year]
        after = None if cursor is None else Ranked(*door.cursors.read(question, cursor))
        words = None if name is None else search_words(name)
        async with door.engine.connect() as connection:
            known = await known_definitions(connection)
            if definition is not None:
                choose([definition], known, "definition")
            asked = Question(
                definitions=tuple(known),
                buyers=choose(split(buyer), await known_buyers(connection), "buyer"),
                suppliers=None if words is None else await suppliers_named(connection, words),
                spans=days(None, None, split(financial_year)),
            )
            whole = await read_spend(connection, asked)
            listed = replace(asked, group_by=("organisation",))
            rows = await read_largest(
                connection, listed, under=definition, after=after, limit=limit + 1
            )
        total = figures(add_up(whole, known), asked)
        items = [grouped(row, listed) for _, row in rows[:limit]]
        last = list(rows[limit - 1][0]) if len(rows) > limit else None
        place = last and door.cursors.write(question, last)
        return answer(total | {"largest_under": definition, "items": items, "next": place})

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
        seen = [withhold(row, caller, buyers[row["supplier_id"]]) for row in found]
        content["suppliers"] = [
            {name: row[name] for name in OrganisationSupplier.model_fields} for row in seen
        ]
        content |= profile(dict(named), buyer_place) | {"links": _links(organisation)}
        content["rows"] = [grouped(row, question) for row in rows]
        return answer(content | figures(add_up(rows, question.definitions), question))

    return router
