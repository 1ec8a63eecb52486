"""HTTP: suggestions and property proposals of the Reconciliation Service API 0.2."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.params import Depends

from services.classify.queries.organisations import begin_with
from services.classify.reconciliation import page
from services.classify.reconciliation.describe_organisations import describe_organisations
from services.classify.reconciliation.reconciling import Id, Reconciling, about, as_json, find_term
from services.classify.reconciliation.vocabulary import ASKED, TOLD, TYPES, begins, show_types
from shared.database import raw_connection
from shared.errors import NotKnown

_SUGGESTIONS = 20
_LAST_SUGGESTION = 500

Prefix = Annotated[str, Query(max_length=400)]
Cursor = Annotated[int, Query(ge=0, le=_LAST_SUGGESTION)]


def suggest_routes(given: Reconciling, reader: Sequence[Depends]) -> APIRouter:
    """What a person who types is offered."""
    router = APIRouter(dependencies=list(reader))

    @router.get("/suggest/entity", summary="Organisations whose name begins so")
    async def suggest_entity(prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """By any of their names, in alphabetical order; an identifier finds what bears it."""
        async with given.engine.connect() as connection:
            driver = await raw_connection(connection)
            ids = await begin_with(driver, prefix, cursor, _SUGGESTIONS)
        itself = [prefix.strip()] if cursor == 0 else []
        return as_json({"result": await _suggested(given, [*itself, *ids])})

    @router.get("/suggest/type", summary="Types whose name begins so")
    async def suggest_type(prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """Of organisations: by their legal form, or all charities."""
        return as_json({"result": [t._asdict() for t in begins(TYPES, prefix)[cursor:]]})

    @router.get("/suggest/property", summary="Properties whose name begins so")
    async def suggest_property(prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """Those that refine a query."""
        return as_json({"result": [t._asdict() for t in begins(ASKED, prefix)[cursor:]]})

    @router.get("/flyout/{kind}", summary="A small preview of a suggestion")
    async def flyout(kind: str, id: Id) -> Response:  # noqa: A002 - the protocol's name
        """Of an entity, a type or a property."""
        terms = {"type": TYPES, "property": (*ASKED, *TOLD)}
        if kind == "entity":
            _, fragment = await about(given, id)
        elif kind in terms:
            fragment = page.about_term(find_term(terms[kind], id))
        else:
            raise NotKnown(f"there is no preview of a {kind[:40]}")
        return as_json({"id": id, "html": fragment})

    @router.get("/properties", summary="Properties that can be fetched")
    async def properties(
        type: Annotated[str | None, Query(max_length=400)] = None,  # noqa: A002 - the protocol's
        limit: Annotated[int | None, Query(ge=1, le=_LAST_SUGGESTION)] = None,
    ) -> Response:
        """All of them, whatever the type."""
        asked: dict[str, Any] = {"type": type, "limit": limit}
        return as_json(
            {"properties": [{"id": t.id, "name": t.name} for t in TOLD[:limit]]}
            | {name: value for name, value in asked.items() if value is not None}
        )

    return router


async def _suggested(given: Reconciling, org_ids: Sequence[str]) -> list[dict[str, Any]]:
    found = await describe_organisations(given.engine, given.definitions, org_ids, given.today())
    return [
        {
            "id": org_id,
            "name": organisation.name,
            "description": f"{organisation.legal_form}, {org_id}"
            + (", removed" if organisation.removed else ""),
            "notable": show_types(organisation),
        }
        for org_id, (organisation, _) in found.items()
    ]
