"""The pages that links in messages lead to: they run nothing and hand on no address."""

from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from services.notify.wording.message import Wordings

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}

REFUSED_AS_PAGE: dict[int | str, dict[str, Any]] = {
    403: {"description": "The link is none of ours, or has expired", "content": {"text/html": {}}},
    404: {"description": "What it was about is not known", "content": {"text/html": {}}},
}
"""For the OpenAPI of such a page."""
CONFLICT_AS_PAGE: dict[int | str, dict[str, Any]] = {
    409: {"description": "It is off for another reason", "content": {"text/html": {}}},
}


def say(wordings: Wordings, status: int, title: str, said: str, form: str = "") -> HTMLResponse:
    """A page that says one thing, with a form that is HTML already where one is given."""
    said = said[:1].upper() + said[1:]
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(said)}</p>{form}"
    return HTMLResponse(wordings.page(title, body), status_code=status, headers=PAGE_HEADERS)
