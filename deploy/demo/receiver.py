"""A webhook receiver as a provider or a buyer would run it: believes only what is signed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

_LARGEST = 1024 * 1024


class Message(NamedTuple):
    """A webhook whose signature was verified: for whom, its stable id, its CloudEvent."""

    recipient: str
    id: str
    event: dict[str, Any]


class Receiver:
    """Messages by recipient, each once however often it was delivered."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._trusted: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()
        self._messages: dict[tuple[str, str], Message] = {}
        self.refused = 0

    def address(self, path: str) -> str:
        """Where webhooks to this path go."""
        return f"http://127.0.0.1:{self._port}/{path}"

    def trust(self, path: str, recipient: str, secret: str) -> None:
        """Believe messages to this path that are signed with the recipient's secret."""
        self._trusted[path] = recipient, secret

    @property
    def recipients(self) -> set[str]:
        """Who is trusted."""
        return {recipient for recipient, _ in self._trusted.values()}

    @property
    def messages(self) -> list[Message]:
        """What was received, in the order of its arrival."""
        with self._lock:
            return list(self._messages.values())

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """The HTTP status for a delivery: 204 when its signature is right, else 401."""
        if path not in self._trusted:
            return 404
        recipient, secret = self._trusted[path]
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return 401
        message = Message(recipient, headers["webhook-id"], json.loads(body))
        with self._lock:
            self._messages.setdefault((recipient, message.id), message)
        return 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback for the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    @cached_property
    def receiver(self) -> Receiver:
        return Receiver(self.server_port)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Take one delivery."""
        length = int(self.headers.get("content-length", "0"))
        if length > _LARGEST:
            self.send_error(413)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        self.send_response(self.server.receiver.take(self.path.strip("/"), headers, body))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Leave the terminal to the demo."""
