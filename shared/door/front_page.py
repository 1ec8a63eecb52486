"""What stands at a door's bare address: where its documents are, for people and for programs.

It tells nothing of what the service keeps, and so needs no token. Links are relative: a proxy may
give the door a prefix, of which the door knows nothing. Relations are those of RFC 8631.
"""

from html import escape
from typing import Any, NamedTuple

from fastapi import Response
from fastapi.responses import HTMLResponse, JSONResponse

from shared.door.accepted import JSON_TYPE, accepted

_HTML_TYPE = "text/html"


class _Link(NamedTuple):
    rel: str
    href: str
    title: str


_LINKS = (
    _Link("service-doc", "docs", "Every route, with examples to try"),
    _Link("service-desc", "openapi.json", "The same as OpenAPI 3.1, of which clients are made"),
    _Link("help", "problems", "What each error means, and what to do about it"),
    _Link("status", "health/ready", "Whether the service makes progress"),
)
_GUIDES = (
    "Beside the code: docs/integrators.md leads from a token to the first figure, "
    "docs/operations.md tells of tokens, scopes and settings, docs/asyncapi.yaml of the topics."
)


def front_page(title: str, description: str, accept: str) -> Response:
    """The page as the Accept header asks for it: HTML where it names it, else JSON."""
    if accepted(accept, (JSON_TYPE, _HTML_TYPE)) == _HTML_TYPE:
        return HTMLResponse(_as_html(title, description))
    return JSONResponse(_as_json(title, description))


def _as_json(title: str, description: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "guides": _GUIDES,
        "links": [link._asdict() for link in _LINKS],
    }


def _as_html(title: str, description: str) -> str:
    links = "".join(
        f'<li><a rel="{link.rel}" href="{link.href}">{link.href}</a>: {escape(link.title)}</li>'
        for link in _LINKS
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>"
        f"<p>{escape(description)}</p><ul>{links}</ul><p>{escape(_GUIDES)}</p>"
        "</main></body></html>"
    )
