"""The kinds of problem that a door answers (RFC 9457): one table for answers, documents and page.

`type` of an answer leads to the kind's section of `/problems`, which every door serves;
docs/problems.md is the same, for who has no door at hand.
"""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

PAGE = "/problems"


class Kind(NamedTuple):
    """One kind: its name in the address, HTTP's status, what it means, and what to do."""

    name: str
    status: int
    title: str
    means: str
    what_to_do: str

    @property
    def type(self) -> str:
        """The URI reference that answers give."""
        return f"{PAGE}#{self.name}"


BAD_REQUEST = Kind(
    *("bad-request", 400, "Not a request that can be read"),
    "The request can't be read: a header that is needed is missing, the body is not of its "
    "content type or was cut short.",
    "`detail` names the header or the place in the body. Mend it and send the request again.",
)
NO_TOKEN = Kind(
    *("no-token", 401, "Refused"),
    "No bearer token came with the request, or it is not valid: expired, of an issuer that is "
    "not known here, or signed with another key.",
    "Send `Authorization: Bearer <token>` with a token that is valid now; `detail` says what is "
    "wrong with the one that came.",
)
FORBIDDEN = Kind(
    *("forbidden", 403, "Refused"),
    "The token is valid and may not do this: it lacks a scope, speaks for other buyers, or is a "
    "provider's, which opens what is its organisation's own.",
    "`detail` names the scope or the buyer. Ask whoever issues tokens for one that has it.",
)
NOT_KNOWN = Kind(
    *("not-known", 404, "Not known"),
    "Nothing is known under the id or name in the address, or the address is none of this door.",
    "Take ids from the lists. What was sent a moment ago may take a few seconds to appear.",
)
NO_METHOD = Kind(
    *("method-not-allowed", 405, "Not a method of this address"),
    "The address is known, and not with this method.",
    "The header `Allow` names the methods of this address; `/openapi.json` says what each does.",
)
NOT_MADE = Kind(
    *("not-made", 406, "Not a form that is made here"),
    "The header `Accept` asks only for content types in which this answer is not made.",
    "`detail` names those in which it is. Ask for one of them, or leave the header out.",
)
TOO_SLOW = Kind(
    *("too-slow", 408, "The body took too long"),
    "The body did not arrive in time.",
    "Send it again, over a better connection or in smaller parts.",
)
CONFLICT = Kind(
    *("conflict", 409, "Conflict"),
    "What was asked does not fit what is kept by now: it was changed meanwhile, is being worked "
    "on at this moment, or the service is not set up for it.",
    "Read the thing again and decide anew; where `detail` says that it is being worked on, send "
    "the same request again.",
)
TOO_LATE = Kind(
    *("too-late", 409, "Too late without an exception"),
    "A notice would take effect after the day by which it had to be served.",
    "The answer has the dates and, in `exceptions`, what each of the three exceptions asks for.",
)
TOO_LARGE = Kind(
    *("too-large", 413, "Too large"),
    "The body, the file or the number of rows is more than the door takes at once.",
    "`detail` names the most that it takes. Send the rest in further requests.",
)
MEDIA_TYPE = Kind(
    *("media-type", 415, "Not a content type that is taken here"),
    "The body is of a content type that this address does not take.",
    "`detail` and `/openapi.json` name those that it takes.",
)
UNUSABLE = Kind(
    *("unusable", 422, "Can't be used as it is"),
    "A field, a filter or a row can't be used: not known, out of range, in the wrong order, or "
    "contradicting another.",
    "`errors` has one entry for each fault: `field` is where it is, `reason` what is wrong and "
    "what would be right (names that are known are listed), `row` its number where rows were sent.",
)
TOO_MANY = Kind(
    *("too-many-requests", 429, "Refused"),
    "More requests came with this token than the door answers in the time.",
    "Wait as many seconds as `Retry-After` says.",
)
HEAD_TOO_LARGE = Kind(
    *("head-too-large", 431, "The head of the request is too large"),
    "The request line and the headers together are more than the door takes.",
    "`detail` names the most that it takes. Send fewer or shorter headers, a shorter address.",
)
FAILED = Kind(
    *("failed", 500, "An error of ours"),
    "Something is wrong with the service, not with the request. It was logged.",
    "Try again later; if it stays, tell the operator the `reference`, under which it was logged.",
)
NOT_NOW = Kind(
    *("not-now", 503, "Not now"),
    "The database, the broker or an issuer of tokens is away or busy, or as many of such requests "
    "are being answered as the door takes at a time; nothing was done.",
    "Send the same request again after as many seconds as `Retry-After` says.",
)
NOT_READY = Kind(
    *("not-ready", 503, "Not ready"),
    "The service starts, or makes no progress at the moment (asked of `/health/ready` only).",
    "`detail` says what it waits for.",
)

KINDS = (
    *(BAD_REQUEST, NO_TOKEN, FORBIDDEN, NOT_KNOWN, NO_METHOD, NOT_MADE, TOO_SLOW, CONFLICT),
    *(TOO_LATE, TOO_LARGE, MEDIA_TYPE, UNUSABLE, TOO_MANY, HEAD_TOO_LARGE, FAILED, NOT_NOW),
    NOT_READY,
)

_HEAD = "Problems"
_INTRODUCTION = (
    "Every error of every door is application/problem+json (RFC 9457): `type` leads to one of "
    "these sections, `title` and `status` are the same for a kind, `detail` is about this request."
)


def of_status(status: int) -> Kind | None:
    """The kind that HTTP's own errors of this status are; None where there is none."""
    return next((kind for kind in KINDS if kind.status == status), None)


def in_our_words(detail: str) -> str:
    """What the framework says of an address or a method repeats the status: what helps instead."""
    return _OF_THE_FRAMEWORK.get(detail, detail)


_OF_THE_FRAMEWORK = {
    "Not Found": "no such address at this door: /docs lists those that there are",
    "Method Not Allowed": "not by this method: `Allow` names those of this address",
}


def _sections() -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind in KINDS:
        yield kind.name, (f"{kind.status}, “{kind.title}”.", kind.means, kind.what_to_do)


def as_markdown() -> str:
    """The page as docs/problems.md."""
    parts = [f"# {_HEAD}", _INTRODUCTION]
    for name, texts in _sections():
        parts += [f"## {name}", *texts]
    return "\n\n".join(parts) + "\n"


def as_html() -> str:
    """The page as a door serves it, each kind under its name."""
    said = [f"<h1>{_HEAD}</h1><p>{escape(_INTRODUCTION)}</p>"]
    for name, texts in _sections():
        told = "".join(f"<p>{escape(text)}</p>" for text in texts)
        said.append(f'<section id="{name}"><h2>{name}</h2>{told}</section>')
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{_HEAD}</title></head><body><main>{''.join(said)}</main></body></html>"
    )
