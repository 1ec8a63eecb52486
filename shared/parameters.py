"""Query parameters that a route does not have are refused, with the names of those it has."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from shared.errors import Rejected


async def check_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not have: a filter misspelt filters nothing."""
    known = set(_parameters(request.scope["route"].dependant))
    for name, value in request.query_params.multi_items():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise Rejected(f"{name[:80]!r} is not a parameter; known are: {names}", name[:80])
        if "\x00" in value:
            raise Rejected(f"{name} holds a null byte", name)


def _parameters(dependant: Dependant) -> Iterator[str]:
    """Those of a route, and of what it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for each in dependant.dependencies:
        yield from _parameters(each)
