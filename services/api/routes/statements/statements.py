"""GET /v1/statements: a buyer's year as P1 states it, computed, with every figure checked."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import ValidationError

from services.api.kept.versions import read_version
from services.api.queries.moment import as_one
from services.api.reports.read_statement import AskedStatement, read_statement, year_named
from services.api.routes.as_known_at import AsKnownAt
from services.api.routes.door import Door, problems
from services.api.routes.predecessors import WithPredecessors
from services.api.statements.document import Document
from services.api.statements.example import example
from services.api.statements.packs import STATEMENT
from services.api.statements.render import render_html, render_markdown
from shared.door.accepted import JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.errors import Conflict, NotKnown, Rejected
from shared.fields import LARGEST
from shared.lists.tags import IfNoneMatch, answer_unless_had
from shared.lists.wish import NOT_MODIFIED

HTML_TYPE, MARKDOWN_TYPE = "text/html", "text/markdown"
_TYPES = {"json": JSON_TYPE, "html": HTML_TYPE, "markdown": MARKDOWN_TYPE}
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation"
"""The page holds all that it needs, and no script."""
_HEADERS = {HTML_TYPE: {"content-security-policy": PAGE_POLICY}}

Form = Annotated[str, Header(alias="accept", include_in_schema=False)]
Definition = Annotated[
    str | None,
    Query(description="Who counts; community-interest by default, where it is known"),
]
Unsettled = Annotated[bool, Query(description="With agreements whose provider nothing settles yet")]


def statement_routes(door: Door) -> APIRouter:
    """Statements."""
    router = APIRouter(
        tags=["statements"],
        dependencies=[Depends(door.allow("spend:read")), Depends(check_parameters)],
    )

    @router.get(
        "/v1/statements/{buyer}/{financial_year}",
        summary="The annual statement of a buyer",
        response_model=Document,
        responses=problems(404, 422)
        | NOT_MODIFIED
        | {
            409: {"description": "A version that an older release kept: ask for it as JSON"},
            200: {
                "content": {
                    JSON_TYPE: {"example": example()},
                    HTML_TYPE: {"schema": {"type": "string"}},
                    MARKDOWN_TYPE: {"schema": {"type": "string"}},
                }
            },
        },
    )
    async def statement(
        buyer: str,
        financial_year: str,
        definition: Definition = None,
        as_known_at: AsKnownAt = None,
        version: Annotated[
            int | None,
            Query(ge=1, le=LARGEST, description="As it was kept, by its number in /versions"),
        ] = None,
        form: Annotated[
            Literal["json", "html", "markdown"] | None,
            Query(alias="format", description="Instead of the Accept header"),
        ] = None,
        accept: Form = JSON_TYPE,
        if_none_match: IfNoneMatch = None,
        *,
        unsettled: Unsettled = True,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """Totals, lines, programmes, routes, lengths, uplift, notices: each figure with what it
        measures, how much of it is known and the rows behind it. Sums, shares and differences are
        recomputed, as are the figures that officers claim; `warnings` name both numbers where two
        differ.

        By what is known now, or with `as_known_at` by the payments, terms, classifications, maps
        and claims that had been recorded by the end of that day (of a notice its last step is
        known). A version that was kept answers as it was on its day, to the byte.
        """
        year_named(financial_year, -1)
        media = _TYPES[form] if form else accepted(accept, tuple(_TYPES.values()))
        asked = AskedStatement(
            buyer,
            financial_year,
            definition=definition,
            unsettled=unsettled,
            with_predecessors=with_predecessors,
            as_known_at=as_known_at,
        )
        if version is not None:
            content = await _kept(door, asked, version)
            if media != JSON_TYPE:
                content = await _rendered(_read(content, version), media)
        else:
            async with door.reports, as_one(door.engine) as connection:
                document = await read_statement(connection, asked, door.today(), title=STATEMENT)
            content = await _rendered(document, media)
        return answer_unless_had(if_none_match, content, media, _HEADERS.get(media))

    return router


async def _kept(door: Door, asked: AskedStatement, version: int) -> bytes:
    if asked != AskedStatement(asked.buyer, asked.financial_year):
        raise Rejected("a version stands as it was kept: ask for it by its number alone", "version")
    async with door.engine.connect() as connection:
        content = await read_version(connection, asked.buyer, asked.financial_year, version)
    if content is None:
        raise NotKnown(
            f"no version {version} of the statement of {asked.buyer[:80]} for"
            f" {asked.financial_year} is kept"
        )
    return content


def _read(content: bytes, version: int) -> Document:
    try:
        return Document.model_validate_json(content)
    except ValidationError as error:
        raise Conflict(
            f"version {version} was kept by an older release, whose pages this one can't make: ask "
            "for it as JSON, which is as it was kept"
        ) from error


async def _rendered(document: Document, media: str) -> bytes:
    """The statement in the form that is asked for."""
    if media == JSON_TYPE:
        return document.model_dump_json().encode()
    render = render_markdown if media == MARKDOWN_TYPE else render_html
    return (await asyncio.to_thread(render, document)).encode()
