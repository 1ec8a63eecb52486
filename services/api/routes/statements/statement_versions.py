"""/v1/statements/.../versions: statements kept as they stood on a day."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.api.kept.versions import keep_version, list_versions
from services.api.queries.buyers import check_buyer
from services.api.queries.moment import as_one
from services.api.reports.read_statement import AskedStatement, read_statement, year_named
from services.api.routes.door import Answer, Door, answer, answer_anew, problems
from services.api.routes.officer import Officer, OfficerShown, officer, shows_officers
from services.api.routes.predecessors import WithPredecessors
from services.api.routes.statements.statements import Definition, Unsettled
from services.api.statements.packs import STATEMENT
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.lists.tags import IfNoneMatch
from shared.lists.wish import NOT_MODIFIED


class VersionKept(Answer):
    """A statement as it was kept: the same digest is the same statement to the byte."""

    version: int
    digest: str = Field(description="SHA-256 of its JSON")
    who: OfficerShown
    kept_at: datetime


class VersionsAnswer(Answer):
    """Every version of a statement, by number."""

    versions: list[VersionKept]


_EXAMPLE = {
    "version": 1,
    "digest": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "who": "finance.officer@icb.example",
    "kept_at": "2025-09-12T10:02:11Z",
}


def version_routes(door: Door) -> APIRouter:
    """Versions of statements."""
    router = APIRouter(tags=["statements"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/statements/{buyer}/{financial_year}/versions",
        summary="The versions of a statement that were kept",
        response_model=VersionsAnswer,
        responses=problems(422)
        | NOT_MODIFIED
        | {200: {"content": {"application/json": {"example": {"versions": [_EXAMPLE]}}}}},
    )
    async def versions(
        buyer: str,
        financial_year: str,
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """By number; `?version=` of the statement gives one as it was."""
        year_named(financial_year, 0)
        async with door.engine.connect() as connection:
            found = await list_versions(connection, buyer, financial_year)
            if not found:
                await check_buyer(connection, buyer)
        shows = shows_officers(caller, buyer)
        versions = [
            {name: row[name] for name in VersionKept.model_fields} | {"who": shows(row["who"])}
            for row in found
        ]
        return answer_anew({"versions": versions}, if_none_match)

    @router.post(
        "/v1/statements/{buyer}/{financial_year}/versions",
        summary="Keep the statement as it stands",
        response_model=VersionKept,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
    )
    async def keep(
        buyer: str,
        financial_year: str,
        given: Officer,
        caller: Annotated[Caller, Depends(door.allow("review:write"))],
        definition: Definition = None,
        *,
        unsettled: Unsettled = True,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """The same again, when nothing changed since the last version, is that version."""
        year_named(financial_year, -1)
        who = officer(door, caller, buyer, given.who)
        asked = AskedStatement(
            buyer,
            financial_year,
            definition=definition,
            unsettled=unsettled,
            with_predecessors=with_predecessors,
        )
        async with door.reports, as_one(door.engine) as connection:
            document = await read_statement(connection, asked, door.today(), title=STATEMENT)
        content = document.model_dump_json().encode()
        async with door.engine.begin() as tx:
            kept = await keep_version(tx, buyer, financial_year, content, who, door.now())
        shows = shows_officers(caller, buyer, who)
        said = {name: getattr(kept, name) for name in VersionKept.model_fields}
        return answer(said | {"who": shows(kept.who)})

    return router
