"""Query parameters that a route does not have are refused, with the names of those it has."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant

from shared.errors import Rejected


async def check_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not have: a filter misspelt filters nothing.

    Refused too is one that is sent several times and takes one value, of which all but the last
    would be passed over, and what `check_texts` refuses.
    """
    fields = {field.alias: field for field in _parameters(request.scope["route"].dependant)}
    sent = request.query_params.multi_items()
    for name, _ in sent:
        if name not in fields:
            names = ", ".join(sorted(fields)) or "none"
            raise Rejected(f"{name[:80]!r} is not a parameter; known are: {names}", name[:80])
    if len(sent) > len(request.query_params):
        for name in {name for name, _ in sent}:
            values = request.query_params.getlist(name)
            if len(values) > 1 and not _is_list(fields[name].field_info.annotation):
                raise Rejected(f"{name} was sent {len(values)} times: it takes one value", name)
    await check_texts(request)


async def check_texts(request: Request) -> None:
    """Refuse a null byte in the address: no text that is kept can hold one."""
    given: Iterable[tuple[str, str]] = (
        *request.path_params.items(),
        *request.query_params.multi_items(),
    )
    for name, value in given:
        if "\x00" in value:
            raise Rejected(f"{name} holds a null byte", name)


def _parameters(dependant: Dependant) -> Iterator[Any]:
    """Those of a route, and of what it depends on."""
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _parameters(each)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(
        get_origin(choice) is list for choice in get_args(annotation)
    )
