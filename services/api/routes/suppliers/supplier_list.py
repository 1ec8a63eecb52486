"""GET /v1/suppliers: payees as the system knows them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose, split
from services.api.lists.order import Place
from services.api.lists.organisation_name import search_words
from services.api.queries.every_supplier import ORDERS, read_every_supplier
from services.api.queries.listed_suppliers import Sought
from services.api.queries.spend import known_definitions
from services.api.queries.supplier_page import few_named, read_suppliers, start
from services.api.queries.suppliers import check_place, suppliers_of
from services.api.routes.door import Answer, Door
from services.api.routes.figures import AMOUNT
from services.api.routes.list_asked import Limit, list_answers
from services.api.routes.predecessors import PredecessorAnswer, WithPredecessors, ask_of
from services.api.routes.suppliers.profile import (
    NO_PROFILE,
    PROFILE_EXAMPLE,
    BuyerPlace,
    Profile,
    profile,
)
from services.api.routes.suppliers.suppliers import WITHHELD
from services.api.routes.withheld import ShownSupplier, WithheldAnswer, tell_withheld
from services.api.spend.coverage import CLASSES
from services.api.withheld import personal
from services.api.withheld.own import held_to
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.lists.columns import Columns, by_column
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.wish import answer_page, read_wish
from shared.money import format_pounds


class SupplierItem(Profile):
    """A supplier of a list; /v1/suppliers/{supplier_id} tells the evidence."""

    supplier_id: ShownSupplier
    payee: str | None = Field(description="null where withheld")
    withheld: bool = Field(
        description="The payee may be a person: its name, and all that matching and decisions say"
        " of it, are withheld"
    )
    tier: str | None = Field(
        description="auto, review or none; null while not classified, or withheld"
    )
    score: float | None
    charity_probability: float | None
    rule: str | None
    organisation: str | None
    organisation_name: str | None
    legal_form: str | None
    redacted: bool
    definitions: list[str] = Field(description="Under which it counts, on any day")
    revision: int | None
    recorded_at: datetime | None = Field(description="When it was classified as it stands")
    buyers: list[str] = Field(
        description="All that paid it; of what may be a person, the caller's own, else the one"
    )
    lines: int = Field(description="Of the buyers that are asked for, all where none is")
    amount: str = Field(pattern=AMOUNT, description="Likewise, net pounds of all years")


class SupplierPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[SupplierItem]
    predecessors: list[PredecessorAnswer]
    withheld: WithheldAnswer | None
    next: str | None


_ITEM = PROFILE_EXAMPLE | {
    "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
    "payee": "EXAMPLE HOSPICE",
    "withheld": False,
    "tier": "auto",
    "score": 0.97,
    "charity_probability": 0.99,
    "rule": "exact-name",
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "legal_form": "charity",
    "redacted": False,
    "definitions": ["registered-charity"],
    "revision": 1,
    "recorded_at": "2024-05-01T09:00:01+00:00",
    "buyers": ["GB-NHS-QWO"],
    "lines": 120,
    "amount": "7500000.00",
}
_EXAMPLE = {"items": [_ITEM], "predecessors": [], "withheld": None, "next": "AxT3"}


def supplier_list_routes(door: Door) -> APIRouter:
    """Lists of suppliers."""
    router = APIRouter(tags=["suppliers"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/suppliers",
        summary="Suppliers by who pays them and what is known of them",
        response_model=SupplierPage,
        responses=list_answers(_EXAMPLE),
    )
    async def suppliers(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
        buyer: Annotated[str | None, Query(description="Paid by this buyer")] = None,
        organisation: Annotated[
            str | None, Query(description="By org-id: those that were matched with it")
        ] = None,
        coverage: Annotated[
            list[str],
            Query(
                description=f"Of any of these classes: {', '.join(CLASSES)}. What is withheld is"
                " `unmatched`, or `redacted`, whatever is known of it"
            ),
        ] = [],  # noqa: B006 - FastAPI copies it
        definition: Annotated[
            str | None,
            Query(description="That count under it, on any day; none that is withheld"),
        ] = None,
        legal_form: Annotated[str | None, Query(description="None that is withheld")] = None,
        name: Annotated[
            str | None,
            Query(
                max_length=200,
                description="Those that are organisations and of which the register's name or the"
                " ledger's bears words that begin with all of these",
                examples=["st gemma"],
            ),
        ] = None,
        buyer_place: BuyerPlace = None,
        sort: Annotated[
            str,
            Query(
                description=f"`-` falling: {', '.join(ORDERS)}. Whole lists only are by amount",
                examples=["supplier_id"],
            ),
        ] = "supplier_id",
        fields: Fields = [],  # noqa: B006
        limit: Limit = 50,
        cursor: Cursor = None,
        *,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """What may be a person is listed as the payee of each buyer by itself, under an id of that
        alone; the caller's own buyers' payees once, by the supplier's own id. Of a rare
        filter a page may be short, even empty, while `next` is not null: go on until it is.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, SupplierItem, fields)
        choose([sort], ORDERS, "sort")
        if not wish.whole and sort != ORDERS[0]:
            raise Rejected(
                "pages are by supplier_id; a whole list (Accept: text/csv, application/x-ndjson or "
                "Parquet) is had by amount too",
                "sort",
            )
        classes = choose(split(coverage), CLASSES, "coverage")
        words = None if name is None else search_words(name)
        organisation = held_to(caller, organisation)
        asked: list[Any] = ["suppliers", sort, buyer, organisation, *classes, "of", definition]
        asked += [legal_form, words, with_predecessors, buyer_place]
        place = start() if cursor is None else door.cursors.read(asked, cursor, _place)

        async def sought(connection: AsyncConnection) -> tuple[Sought, list[dict[str, object]]]:
            of = await ask_of(
                connection, [buyer] if buyer else [], with_predecessors=with_predecessors
            )
            await check_place(connection, buyer_place)
            if definition is not None:
                choose([definition], await known_definitions(connection), "definition")
            few = await suppliers_of(connection, [organisation] if organisation else [])
            named = None if words is None else await few_named(connection, words)
            if named is not None:
                few = named if few is None else tuple({*few} & {*named})
            which = Sought(
                *(of.buyers, few, classes, definition, legal_form),
                words=words if named is None else None,
                own=personal.officer_of(caller),
            )
            return which, of.predecessors

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            which, _ = await sought(connection)
            async for rows in read_every_supplier(connection, which, sort):
                yield by_column([_show(row, caller, buyer_place) for row in rows], wish.names)

        if wish.whole:
            return await door.whole_lists.send(wish, "suppliers", asked, caller, every)
        async with door.engine.connect() as connection:
            which, predecessors = await sought(connection)
            page, last = await read_suppliers(connection, which, place, limit)
        items = [_show(row, caller, buyer_place) for row in page]
        return answer_page(
            wish,
            {
                "items": items,
                "predecessors": predecessors,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, [last.row_id]),
            },
        )

    return router


def _place(supplier_id: str) -> Place:
    return Place(0, str(UUID(supplier_id)))


def _show(row: Any, caller: Caller, buyer_place: str | None) -> dict[str, Any]:
    shown = dict(row) if row["tier"] is not None else dict(row) | NO_PROFILE
    shown["supplier_id"] = row["shown_id"]
    shown["withheld"] = row["of_buyer"] is not None
    if shown["withheld"]:
        shown |= WITHHELD | {"definitions": []}
    elif personal.may_be_person(
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        redacted=row["redacted"],
    ):
        caller.may_see_some_personal()
    shown |= profile(shown, buyer_place) | {"amount": format_pounds(row["pence"])}
    return {name: shown[name] for name in SupplierItem.model_fields}
