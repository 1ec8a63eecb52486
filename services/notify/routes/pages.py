"""The pages that links in messages lead to: they run nothing and hand on no address."""

from html import escape

from fastapi.responses import HTMLResponse

from services.notify.wording.message import Wordings

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}


def say(wordings: Wordings, status: int, title: str, said: str, form: str = "") -> HTMLResponse:
    """A page that says one thing, with a form that is HTML already where one is given."""
    said = said[:1].upper() + said[1:]
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(said)}</p>{form}"
    return HTMLResponse(wordings.page(title, body), status_code=status, headers=PAGE_HEADERS)
