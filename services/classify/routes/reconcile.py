"""HTTP: the Reconciliation Service API 0.2, so that OpenRefine and its like can ask for names.

https://reconciliation-api.github.io/specs/0.2/
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.classify.reconciliation import page
from services.classify.reconciliation.describe_organisations import Value, describe_organisations
from services.classify.reconciliation.manifest import PATH, TOKEN, manifest
from services.classify.reconciliation.query import TooMany, read_batch, read_extension
from services.classify.reconciliation.reconcile_names import reconcile_names
from services.classify.reconciliation.reconciling import Id, Reconciling, about, as_json, find_term
from services.classify.reconciliation.vocabulary import FEATURES, TOLD
from services.classify.routes.examples import EXAMPLES
from services.classify.routes.suggest import suggest_routes
from shared.door.parameters import check_texts
from shared.door.problems import TOO_LARGE
from shared.door.web import problem
from shared.errors import Rejected

_LARGEST_BODY = 1_000_000
_FORM = "application/x-www-form-urlencoded"

_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Queries without a bearer token that is valid"},
    403: {"description": "The token lacks reconcile:read, or holds more and came in the address"},
    413: {"description": "More queries than are answered at once"},
    429: {"description": "Too many requests; Retry-After says how many seconds to wait"},
    503: {"description": "The index of the registers is being made"},
}
_NOT_KNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "No register has this id"}}


def reconcile_routes(given: Reconciling) -> APIRouter:
    """The reconciliation service."""
    router = APIRouter(prefix=PATH, tags=["reconciliation"])
    may_read = given.guard.require("spend:read", narrower="reconcile:read", parameter=TOKEN)
    reader = [Depends(may_read), Depends(check_texts)]

    @router.get(
        "",
        summary="The service manifest, or the answer to `queries` or `extend`",
        dependencies=[Depends(check_texts)],
        responses=_REFUSED,
    )
    async def ask(
        request: Request,
        queries: Annotated[str | None, Query(description="A query batch as JSON")] = None,
        extend: Annotated[str | None, Query(description="A data extension query as JSON")] = None,
        token: Annotated[str | None, Query(description="With the scope reconcile:read")] = None,
    ) -> Response:
        """Without a question, what the service offers; that needs no token."""
        if queries is None and extend is None:
            url = given.public_url.rstrip("/") or str(request.base_url).rstrip("/")
            return as_json(manifest(url, locked=given.guard.locked, token=token))
        await may_read(request)
        return await _answer(given, queries, extend)

    @router.post(
        "",
        summary="The answer to `queries` or `extend`, given as a form",
        dependencies=reader,
        openapi_extra={"requestBody": _FORM_BODY},
    )
    async def ask_by_form(request: Request) -> Response:
        """Candidates for each query, with the score and what it goes by; or values."""
        try:
            form = await _form(request)
        except TooMany as error:
            return _too_much(error)
        return await _answer(given, form.get("queries"), form.get("extend"))

    @router.get(
        "/preview",
        summary="A page about an organisation",
        response_class=HTMLResponse,
        dependencies=reader,
        responses=_NOT_KNOWN,
    )
    async def preview(id: Id) -> Response:  # noqa: A002 - the protocol's name
        """For a small frame; it holds no script."""
        name, fragment = await about(given, id)
        return HTMLResponse(page.page(name, fragment), headers=page.HEADERS)

    @router.get(
        "/feature",
        summary="A page about a feature of a candidate",
        response_class=HTMLResponse,
        dependencies=reader,
        responses=_NOT_KNOWN,
    )
    async def feature(
        id: Annotated[Id, Query(examples=["name_similarity"])],  # noqa: A002 - the protocol's name
    ) -> Response:
        """What the feature means."""
        meant = find_term(FEATURES, id)
        html = page.page(meant.name, page.about_term(meant))
        return HTMLResponse(html, headers=page.HEADERS)

    router.include_router(suggest_routes(given, reader))
    return router


_FORM_BODY = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "queries": {
                        "type": "string",
                        "description": "A query batch as JSON",
                        "examples": [EXAMPLES["queries"]],
                    },
                    "extend": {"type": "string", "description": "A data extension query as JSON"},
                },
            }
        }
    },
}


async def _form(request: Request) -> dict[str, str]:
    """The fields of an URL-encoded form, the last of each name."""
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        raise Rejected(f"the body must be a form, sent as {_FORM}", "content-type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_BODY:
            raise TooMany(f"the form is larger than {_LARGEST_BODY:,} bytes", "body")
    try:
        fields = parse_qs(bytes(body).decode("ascii"), errors="strict", max_num_fields=10)
    except ValueError as error:
        raise Rejected(f"the form can't be read: {error}", "body") from error
    return {name: values[-1] for name, values in fields.items()}


async def _answer(given: Reconciling, queries: str | None, extend: str | None) -> Response:
    try:
        if queries is not None:
            batch = read_batch(queries)
            return as_json(await reconcile_names(given.engine, given.rank, batch))
        if extend is not None:
            return as_json(await _extended(given, extend))
    except TooMany as error:
        return _too_much(error)
    raise Rejected("one of queries and extend is needed", "queries")


def _too_much(error: TooMany) -> Response:
    return problem(TOO_LARGE, error.reason)


async def _extended(given: Reconciling, text: str) -> dict[str, Any]:
    extension = read_extension(text)
    known = {one.id: one for one in TOLD}
    for each in extension.properties:
        if each.id not in known:
            raise Rejected(
                f"{each.id[:80]!r} is no property; known are: {', '.join(known)}",
                "extend.properties",
            )
    terms = [known[each.id] for each in extension.properties]
    found = await describe_organisations(
        given.engine, given.definitions, extension.ids, given.today()
    )
    rows = {
        org_id: {
            one.id: [_value(v) for v in found[org_id][1][one.id]] if org_id in found else []
            for one in terms
        }
        for org_id in extension.ids
    }
    return {"meta": [{"id": one.id, "name": one.name} for one in terms], "rows": rows}


def _value(value: Value) -> dict[str, str | int]:
    if isinstance(value, date):
        return {"date": f"{value.isoformat()}T00:00:00Z"}
    return {"int": value} if isinstance(value, int) else {"str": value}
