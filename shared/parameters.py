"""Query parameters that a route does not have are refused, with the names of those it has."""

from fastapi import Request

from shared.errors import Rejected


async def check_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not have: a filter misspelt filters nothing."""
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    for name, value in request.query_params.multi_items():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise Rejected(f"{name[:80]!r} is not a parameter; known are: {names}", name[:80])
        if "\x00" in value:
            raise Rejected(f"{name} holds a null byte", name)
