"""What the routes of the reconciliation service share: what they are given, how they answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.definitions.definition import Definitions
from services.classify.reconciliation import page
from services.classify.reconciliation.describe_organisations import Values, describe_organisations
from services.classify.reconciliation.reconcile_names import Rank
from services.classify.reconciliation.vocabulary import FEATURES, RULE, TOLD, Term
from shared.access import Guard
from shared.errors import NotKnown

Id = Annotated[str, Query(max_length=400)]


@dataclass(frozen=True)
class Reconciling:
    """What the routes are given; `public_url` is empty where each request says its own."""

    engine: AsyncEngine
    rank: Rank
    definitions: Definitions
    guard: Guard
    public_url: str
    today: Callable[[], date]


def as_json(content: Any) -> Response:
    """JSON as it is."""
    return Response(orjson.dumps(content), media_type="application/json")


async def about(given: Reconciling, org_id: str) -> tuple[str, str]:
    """The name of an organisation, and a fragment of HTML about it."""
    found = await describe_organisations(given.engine, given.definitions, [org_id], given.today())
    if org_id not in found:
        raise NotKnown(f"no register knows an organisation {org_id[:80]}")
    organisation, values = found[org_id]
    title = f"{organisation.name} ({org_id})"
    shown = [term for term in TOLD if term.id != "name"]
    return organisation.name, page.about(title, _printed(values), shown)


def _printed(values: Values) -> dict[str, list[str]]:
    return {
        name: [f"{each:,}" if isinstance(each, int) else str(each) for each in given]
        for name, given in values.items()
    }


def find_term(terms: Sequence[Term], name: str) -> Term:
    """The term of a name. NotKnown where there is none."""
    found = next((term for term in terms if term.id == name), None)
    if found is not None:
        return found
    if terms is FEATURES and name.startswith(RULE):
        rule = name.removeprefix(RULE)[:80]
        return Term(name, f"Rule {rule}", "The rule of matching that decided, by its name")
    raise NotKnown(f"{name[:80]!r} is none of: {', '.join(term.id for term in terms)}")
