"""What a door answers to bytes that never become a request: problem+json, as to everything else.

uvicorn refuses them itself, in plain text, before any route is asked. Its parser has no end to the
head of a request either, nor to the trailers after a chunked body: each of their pieces is kept
until the last has come.
"""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.door.problems import BAD_REQUEST, HEAD_TOO_LARGE, Kind
from shared.door.web import problem

MOST_HEAD_BYTES = 64 * 1024
"""Of a request line and its headers, and of trailers, beyond what came with their last piece."""


class DoorProtocol(HttpToolsProtocol):
    """uvicorn's own, but for its refusals and the length of a head."""

    _of_head = 0
    _in_head = True
    _in_trailers = False
    _is_whole = False

    def on_message_begin(self) -> None:
        """Another head begins."""
        super().on_message_begin()
        self._of_head, self._in_head, self._is_whole = 0, True, False

    def on_headers_complete(self) -> None:
        """What follows is the body, of which shared/door/bodies.py knows the most."""
        self._in_head = False
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """A chunk begins: the last one is empty, and what follows it are trailers."""
        self._of_head, self._in_trailers = 0, True

    def on_body(self, body: bytes) -> None:
        """Some of the body, and so no trailer."""
        self._in_trailers = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come whole."""
        self._in_trailers, self._is_whole = False, True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Some bytes of the connection."""
        super().data_received(data)
        if self._in_head or self._in_trailers:
            self._of_head += len(data)
            if self._of_head > MOST_HEAD_BYTES and not self.transport.is_closing():
                self._refuse(
                    HEAD_TOO_LARGE,
                    f"the request line and the headers may have {MOST_HEAD_BYTES:,} bytes, and so "
                    "may trailers",
                )

    def send_400_response(self, msg: str) -> None:
        """As uvicorn calls it, with words of its own that say less."""
        del msg
        self._refuse(BAD_REQUEST, "these bytes are no request of HTTP/1.1")

    def _refuse(self, kind: Kind, detail: str) -> None:
        if self._is_answered():  # a second answer would be read as part of the first
            self.transport.close()
            return
        answer = problem(kind, detail)
        headers = [*answer.raw_headers, (b"connection", b"close")]
        lines = [f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}".encode()]
        lines += [name + b": " + value for name, value in headers]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()

    def _is_answered(self) -> bool:
        """Whether an answer to what is refused, or to what came before it, has begun."""
        cycle = self.cycle
        if cycle is None or (cycle.response_complete and (self._in_head or self._is_whole)):
            return False  # another request would begin
        return cycle.response_started
