"""Cross-origin access to one part of a door: what the Reconciliation Service API 0.2 asks for."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_A_DAY = 86_400


class CrossOrigin:
    """Lets pages of any origin read what lies under `path`, and no more of the door than that.

    No cookie is used anywhere, so a page can do nothing with it that its reader could not.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            max_age=_A_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: with the headers that the browser asks for where it lies under the path."""
        path = scope.get("path", "")
        within = path == self._path or path.startswith(f"{self._path}/")
        app = self._open if scope["type"] == "http" and within else self._app
        await app(scope, receive, send)
